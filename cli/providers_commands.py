"""``fermata providers``: check what is declared, see how the providers are, hold one back or let it in again."""

import asyncio
import getpass
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.database import on_database
from cli.instants import utc_text
from cli.json_output import print_json
from fermata.audit import Act, os_user, recorded
from fermata.channels import Roster, providers_from
from fermata.channels.standings import ProviderStanding, hold_provider, list_providers, release_provider
from fermata.database import Pool, open_pool
from fermata.deployment import providers_of
from fermata.settings import read_settings

app = typer.Typer(help="Check the providers, see how they are, hold one back.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The provider's, as `fermata providers list` shows it.")]
_COLOURS = {"well": "green", "out": "red", "being_tried": "yellow", "held": "yellow"}


@app.command()
def check(file: Annotated[Path, typer.Argument(help="Providers in TOML, as FERMATA_PROVIDERS has them.")]) -> None:
    """Check a file of providers and the secrets in the environment, and name every fault with its place.

    Nothing is sent, and nobody is asked.

    Example: fermata providers check providers.toml
    """
    for line in asyncio.run(_checked(file)):
        typer.echo(line)


@app.command("list")
def show(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """List the providers that workers started with, and how they are.

    Example: fermata providers list
    """
    providers = on_database(lambda pool: list_providers(pool, datetime.now(UTC)))
    if as_json:
        print_json({"providers": providers})
    elif providers:
        Console(highlight=False).print(_table(providers))
    else:
        typer.echo("No worker has started yet, or none with a provider.")


@app.command()
def hold(
    name: Name,
    by: Annotated[str | None, typer.Option(help="Who says so; your user name without it.")] = None,
) -> None:
    """Give a provider no more messages until it is released: every worker heeds it within two seconds.

    Its share goes to the others of its channel. What it may have already waits for it.

    Example: fermata providers hold smtp-1
    """

    async def hold_it(pool: Pool) -> None:
        async with recorded(pool, Act(os_user(), "providers.hold", name)) as connection:
            await hold_provider(connection, name, by=by or getpass.getuser(), at=datetime.now(UTC))

    on_database(hold_it)
    typer.echo(f"{name} is held.")


@app.command()
def release(name: Name) -> None:
    """Let a provider in again at once, whether it was held or out after failures.

    Example: fermata providers release smtp-1
    """

    async def let_in(pool: Pool) -> None:
        async with recorded(pool, Act(os_user(), "providers.release", name)) as connection:
            await release_provider(connection, name)

    on_database(let_in)
    typer.echo(f"{name} is in again.")


async def _checked(file: Path) -> list[str]:
    settings = read_settings()
    declarations = providers_of(file, os.environ, source=str(file))
    async with (
        open_pool(settings.database_url, lazily=True) as pool,
        providers_from(pool=pool, from_address=settings.mail_from, declarations=declarations) as roster,
    ):
        return _lines(roster)


def _lines(roster: Roster) -> list[str]:
    lines = []
    for each in roster.outside:
        promises = each.provider.capabilities
        key = "honours the key" if promises.honours_idempotency_key else "does not honour the key"
        rate = f"{each.rate:g} a second" if each.rate is not None else "no limit of rate"
        told = ", ".join(sorted(promises.feedback)) or "none"
        lines.append(
            f"{each.provider.channel.value} {each.name}: {each.kind}, tier {each.tier}, weight {each.weight}, {rate}, "
            f"{key}, after a lost answer: {promises.unknown}, feedback: {told}"
        )
    return lines


def _table(providers: tuple[ProviderStanding, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("channel", "name", "kind", "tier", "weight", "rate", "state", "why"):
        table.add_column(column, overflow="fold", no_wrap=column == "state")
    for each in providers:
        table.add_row(
            each.channel.value,
            Text(each.name),
            each.kind or "settings",
            str(each.tier),
            str(each.weight),
            f"{each.rate:g}/s" if each.rate is not None else "",
            Text(each.state.replace("_", " "), _COLOURS[each.state]),
            Text(_why(each)),
        )
    return table


def _why(each: ProviderStanding) -> str:
    if each.held_at is not None:
        return f"by {each.held_by}, since {utc_text(each.held_at)}"
    if each.out_until is not None:
        return f"until {utc_text(each.out_until)}, time {each.outages}: {each.detail or ''}"
    return ""
