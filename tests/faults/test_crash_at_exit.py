"""Commands that used the Temporal SDK end in their own way: its threads once crashed the interpreter on its way out."""

import asyncio
import os
import sys
from itertools import cycle, islice

_COMMANDS = (("setup", "--json"), ("migrate",), ("policy", "schema"), ("--version",))
_AT_ONCE = 4


async def test_eight_commands_in_a_row_never_end_in_a_crash(database_url: str, temporal_address: str) -> None:
    environment = {**os.environ, "FERMATA_DATABASE_URL": database_url, "TEMPORAL_ADDRESS": temporal_address}
    turns = asyncio.Semaphore(_AT_ONCE)

    async def run(arguments: tuple[str, ...]) -> int:
        async with turns:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "cli", *arguments),
                env=environment,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
            return await process.wait()

    assert set(await asyncio.gather(*(run(arguments) for arguments in islice(cycle(_COMMANDS), 8)))) == {0}
