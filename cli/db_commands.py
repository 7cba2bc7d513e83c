"""``fermata db``: the roles that the processes of a deployment have in Postgres."""

import asyncio
import os

import asyncpg
import typer

from fermata.database import AWAY
from fermata.database.roles import APP_ROLE, make_app_role
from fermata.errors import ConfigurationError, Unavailable
from fermata.settings import read_settings

app = typer.Typer(help="Make the role in Postgres that API and workers connect as.", no_args_is_help=True)

_PASSWORD = "FERMATA_APP_PASSWORD"  # noqa: S105 - the name of a variable


@app.callback()
def _group() -> None:
    """One command now, and a group all the same: it may get company."""


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
