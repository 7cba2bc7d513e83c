"""``fermata db``: the roles that the processes of a deployment have in Postgres, and how long rows are kept."""

import asyncio
import os
from datetime import UTC, datetime
from typing import Annotated

import asyncpg
import typer

from cli.database import on_database
from cli.json_output import print_json
from fermata.audit import Act, announced, os_user
from fermata.database import AWAY, Pool
from fermata.database.roles import APP_ROLE, make_app_role
from fermata.errors import ConfigurationError, Unavailable
from fermata.retention import Removed, remove_old
from fermata.settings import read_settings
from worker.retaining import kept_by

app = typer.Typer(help="Make the role that API and workers have in Postgres; remove old rows.", no_args_is_help=True)

_PASSWORD = "FERMATA_APP_PASSWORD"  # noqa: S105 - the name of a variable


@app.command()
def roles() -> None:
    """Make the role fermata_app, which reads and writes rows, and can neither change the schema nor edit the audit log.

    FERMATA_DATABASE_URL is that of the schema's owner, as for `fermata migrate`, which must have run. The password is
    taken from FERMATA_APP_PASSWORD; without it a new role gets one that is shown, once, alone on stdout.

    Example: fermata db roles
    """
    made_up = asyncio.run(_make(os.environ.get(_PASSWORD) or None))
    typer.echo(f"{APP_ROLE} may read and write rows, and nothing else; let API and workers connect as it.", err=True)
    if made_up is not None:
        typer.echo("Keep its password now, it is never shown again:", err=True)
        typer.echo(made_up)


@app.command()
def retain(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Remove what has had its time, as FERMATA_KEEP_… say; workers do the same once an hour. Said again, it goes on.

    Events go by whole months. What an active run may look at, and what a cap counts, is kept whatever they say.

    Example: FERMATA_KEEP_DECISIONS=P400D fermata db retain
    """
    keep = kept_by(read_settings())
    if keep.everything:
        raise ConfigurationError(
            "everything is kept for ever: set FERMATA_KEEP_EVENTS, FERMATA_KEEP_DECISIONS, FERMATA_KEEP_DISPATCHES or "
            "FERMATA_KEEP_REJECTED, for example to P400D"
        )

    async def removed_from(pool: Pool) -> Removed | None:
        async with announced(pool, Act(os_user(), "db.retain")):
            return await remove_old(pool, keep, datetime.now(UTC))

    removed = on_database(removed_from)
    if removed is None:
        raise ConfigurationError("a worker, or somebody else, is at it in this moment; there is nothing to do")
    if as_json:
        print_json(removed)
        return
    for kind, count in removed.model_dump().items():
        typer.echo(f"{kind:<12} {count:>12,} removed")


async def _make(password: str | None) -> str | None:
    try:
        connection = await asyncpg.connect(read_settings().database_url)
    except AWAY as error:
        raise Unavailable(f"Postgres does not answer: {error}; see FERMATA_DATABASE_URL") from error
    try:
        return await make_app_role(connection, password)
    except asyncpg.UndefinedTableError:
        raise ConfigurationError("the database lacks the schema of this version: run `fermata migrate`") from None
    finally:
        await connection.close()
