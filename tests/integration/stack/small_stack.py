"""A program like ``fermata dev``, only smaller: Postgres, Temporal and an SMTP server, until a signal comes.

It prints the process ids of its children as JSON when all are up.
"""

import asyncio
import json
import sys
from pathlib import Path

from cli.stack.child import ChildCommand
from cli.stack.children import Children
from cli.stack.postgres import Postgres
from cli.stack.signals import unless_signalled
from cli.stack.temporal_server import TemporalServer


async def _serve(folder: Path) -> None:
    children = Children()
    async with (
        Postgres(folder / "postgres") as postgres,
        TemporalServer(database=folder / "temporal.db", log=folder / "temporal.log") as temporal,
    ):
        children.watch(postgres.child)
        children.watch(temporal.child)
        try:
            await children.start(
                ChildCommand(
                    name="smtp",
                    arguments=(sys.executable, "-m", "cli.stack.smtp_server", "--mailbox", str(folder / "mail")),
                    log=folder / "smtp.log",
                )
            )
            sys.stdout.write(json.dumps(children.pids) + "\n")
            sys.stdout.flush()
            raise await children.wait_for_failure()
        finally:
            await children.stop()


if __name__ == "__main__":
    asyncio.run(unless_signalled(_serve(Path(sys.argv[1]))))
