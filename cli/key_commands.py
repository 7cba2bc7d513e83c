"""``fermata keys``: make keys to the HTTP surface, see which there are, and take them back."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.database import on_database
from cli.instants import utc_text
from cli.json_output import print_json
from fermata.access import KeyRecord, Scope, create_key, list_keys, revoke_key
from fermata.access.scopes import MEANINGS
from fermata.database import Pool

app = typer.Typer(help="Make keys to the HTTP surface, list them, revoke them.", no_args_is_help=True)

_SCOPES = " ".join(f"{scope.value}: {meaning}." for scope, meaning in MEANINGS.items())

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Name = Annotated[str, typer.Argument(help="What you call the key; it stands in the history of what was done with it.")]


@app.command()
def create(
    name: Name,
    scope: Annotated[
        list[Scope],
        typer.Option(metavar="SCOPE", help=f"{_SCOPES} Give the option again for more.", show_default=False),
    ],
    as_json: JsonOption = False,
) -> None:
    """Make a key and show it, once: only its hash is stored. On stdout stands the key alone.

    Example: fermata keys create website --scope ingest

    Example: fermata keys create support --scope read --scope operate
    """
    scopes = sorted(set(scope), key=list(Scope).index)

    async def make(pool: Pool) -> str:
        async with pool.acquire() as connection:
            return await create_key(connection, name, scopes)

    secret = on_database(make)
    if as_json:
        print_json({"name": name, "scopes": scopes, "key": secret})
        return
    allowed = ", ".join(each.value for each in scopes)
    typer.echo(f"{name!r} may: {allowed}. Keep the key now, it is never shown again:", err=True)
    typer.echo(secret)


@app.command("list")
def show(as_json: JsonOption = False) -> None:
    """List the keys, the revoked ones too. No secret is shown: none is stored.

    Example: fermata keys list
    """
    keys = on_database(list_keys)
    if as_json:
        print_json({"keys": keys})
    elif keys:
        Console(highlight=False).print(_table(keys))
    else:
        typer.echo("There are no keys yet; `fermata setup` makes the first ones.")


@app.command()
def revoke(name: Name) -> None:
    """Take a key back: within ten seconds no process lets it through any more. Its name is free again.

    Example: fermata keys revoke website
    """
    now = datetime.now(UTC)
    revoked = on_database(lambda pool: revoke_key(pool, name, now))
    since = revoked.revoked_at or now
    if since < now:
        typer.echo(f"{name!r} is revoked already, since {utc_text(since)}: nothing changed.")
    else:
        typer.echo(f"{name!r} is revoked.")


def _table(keys: tuple[KeyRecord, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("name", overflow="fold")
    table.add_column("may", overflow="fold")
    table.add_column("made", no_wrap=True)
    table.add_column("state", no_wrap=True)
    for key in keys:
        works = key.revoked_at is None
        state = Text("works", "green") if works else Text(f"revoked {key.revoked_at:%Y-%m-%d}", "red")
        allowed = ", ".join(scope.value for scope in key.scopes)
        table.add_row(Text(key.name), allowed, f"{key.created_at:%Y-%m-%d}", state, style="" if works else "dim")
    return table
