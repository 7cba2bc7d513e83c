"""Commands that used the Temporal SDK end in their own way: its threads once crashed the interpreter on its way out."""

import asyncio
import os
import sys

_COMMANDS = (("setup", "--json"), ("migrate",), ("policy", "schema"), ("--version",))


async def test_no_command_ends_in_a_crash(database_url: str, temporal_address: str) -> None:
    environment = {**os.environ, "FERMATA_DATABASE_URL": database_url, "TEMPORAL_ADDRESS": temporal_address}

    async def run(arguments: tuple[str, ...]) -> int:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cli", *arguments),
            env=environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        return await process.wait()

    assert set(await asyncio.gather(*map(run, _COMMANDS))) == {0}
