"""The production processes: ``fermata api``, ``worker``, ``migrate`` and ``setup``."""

import asyncio
import sys
from functools import partial
from typing import Annotated

import orjson
import typer

from fermata.settings import read_settings

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


def migrate() -> None:
    """Bring the database to the newest schema. Safe to run again, and from several machines at once.

    Example: FERMATA_DATABASE_URL=postgresql://… fermata migrate
    """
    from fermata.database.migrate import migrate as bring_up_to_date

    asyncio.run(bring_up_to_date(read_settings().database_url))


def setup(as_json: JsonOption = False) -> None:
    """Register what Temporal and the database need: search attributes, the first keys and the default policy.

    Run again, it changes nothing and shows no key twice.

    Example: fermata setup --json
    """
    from worker.setup import set_up

    made = asyncio.run(set_up(read_settings()))
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(made.model_dump()) + b"\n")
        return
    if made.write_key is None:
        typer.echo("Everything was there already; keys are shown once, when they are made.")
        return
    typer.echo(f"Write key (SDKs):      {made.write_key}")
    typer.echo(f"Admin key (operators): {made.admin_key}")
    typer.echo("Keep both now: only their hashes are stored.")


def api() -> None:
    """Serve the HTTP surface until it is stopped.

    Example: FERMATA_API_PORT=8000 fermata api
    """
    import uvloop

    from api.process import serve
    from cli.logs import configure_logs
    from fermata.tracing import recording
    from worker.temporal import connect

    async def serve_recorded() -> None:
        async with recording("fermata-api") as tracer:
            await serve(read_settings(), partial(connect, tracer=tracer), tracer)

    configure_logs()
    uvloop.run(serve_recorded())


def worker() -> None:
    """Run journeys, send messages and dispatch events until it is stopped; what is being sent is finished first.

    Example: TEMPORAL_ADDRESS=temporal:7233 fermata worker
    """
    import uvloop

    from cli.logs import configure_logs
    from fermata.tracing import recording
    from worker.process import work

    async def work_recorded() -> None:
        async with recording("fermata-worker") as tracer:
            await work(read_settings(), tracer)

    configure_logs()
    uvloop.run(work_recorded())
