"""``fermata keys``: make keys to the HTTP surface, see which there are, rotate them, and take them back."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console

from cli.database import on_database
from cli.instants import read_duration, utc_text
from cli.json_output import print_json
from cli.key_table import key_table
from fermata.access import KeyRecord, Scope, create_key, list_keys, revoke_key, rotate_key
from fermata.access.scopes import MEANINGS
from fermata.audit import Act, os_user, recorded
from fermata.database import Pool

app = typer.Typer(help="Make keys to the HTTP surface, list, rotate and revoke them.", no_args_is_help=True)

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
    expires: Annotated[
        str | None, typer.Option(metavar="DURATION", help="How long it is good, such as P90D; for ever without it.")
    ] = None,
    limit: Annotated[
        str | None,
        typer.Option(help="Requests a second, 50; with how many at once, 50:200; or off. The deployment's without it."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key and show it, once: only its hash is stored. On stdout stands the key alone.

    Example: fermata keys create website --scope ingest

    Example: fermata keys create support --scope read --scope operate --expires P90D --limit 20:100
    """
    scopes = sorted(set(scope), key=list(Scope).index)
    lifetime = _duration(expires, "--expires") if expires is not None else None

    async def make(pool: Pool) -> str:
        async with recorded(pool, Act(os_user(), "keys.create", f"key {name}")) as connection:
            return await create_key(connection, name, scopes, lifetime=lifetime, limit=limit)

    secret = on_database(make)
    ends_at = datetime.now(UTC) + lifetime if lifetime is not None else None
    if as_json:
        print_json({"name": name, "scopes": scopes, "key": secret, "expires_at": ends_at})
        return
    allowed = ", ".join(each.value for each in scopes)
    until = f", until {utc_text(ends_at)}" if ends_at is not None else ""
    typer.echo(f"{name!r} may: {allowed}{until}. Keep the key now, it is never shown again:", err=True)
    typer.echo(secret)


@app.command()
def rotate(
    name: Name,
    overlap: Annotated[
        str, typer.Option(metavar="DURATION", help="How long the key before goes on working; PT0S where it has leaked.")
    ] = "P1D",
    expires: Annotated[
        str | None, typer.Option(metavar="DURATION", help="How long the new one is good; as the one before without it.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a new key in the place of one, with its name, scopes and limit, and show it, once. Nothing has to stop.

    Put the new one where the old one is within the overlap; `fermata keys list` tells whether the old one is in use.

    Example: fermata keys rotate website

    Example: fermata keys rotate support --overlap PT1H
    """
    kept = _duration(overlap, "--overlap")
    lifetime = _duration(expires, "--expires") if expires is not None else None

    async def change(pool: Pool) -> str:
        async with recorded(pool, Act(os_user(), "keys.rotate", f"key {name}")) as connection:
            return await rotate_key(connection, name, overlap=kept, lifetime=lifetime)

    secret = on_database(change)
    ends_at = datetime.now(UTC) + kept
    if as_json:
        print_json({"name": name, "key": secret, "older_ends_at": ends_at})
        return
    typer.echo(
        f"The key before works until {utc_text(ends_at)}. Keep the new one now, it is never shown again:", err=True
    )
    typer.echo(secret)


@app.command("list")
def show(as_json: JsonOption = False) -> None:
    """List the keys, when they end and when they were last used. No secret is shown: none is stored.

    Example: fermata keys list
    """
    keys = on_database(list_keys)
    if as_json:
        print_json({"keys": keys})
    elif keys:
        Console(highlight=False).print(key_table(keys, datetime.now(UTC)))
    else:
        typer.echo("There are no keys yet; `fermata setup` makes the first ones.")


@app.command()
def revoke(name: Name) -> None:
    """Take a key back: within ten seconds no process lets it through any more. Its name is free again.

    Example: fermata keys revoke website
    """
    now = datetime.now(UTC)

    async def take_back(pool: Pool) -> KeyRecord:
        async with recorded(pool, Act(os_user(), "keys.revoke", f"key {name}")) as connection:
            return await revoke_key(connection, name, now)

    revoked = on_database(take_back)
    since = revoked.revoked_at or now
    if since < now:
        typer.echo(f"{name!r} is revoked already, since {utc_text(since)}: nothing changed.")
    else:
        typer.echo(f"{name!r} is revoked.")


def _duration(text: str, option: str) -> timedelta:
    try:
        return read_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None
