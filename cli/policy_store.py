"""The policies in the database, as ``fermata policy`` shows and changes them."""

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.database import on_database
from cli.instants import utc_text
from cli.json_output import print_json
from fermata.audit import Act, os_user, recorded
from fermata.database import Pool
from fermata.errors import ConfigurationError
from fermata.ledger.policies import (
    Activation,
    StoredPolicy,
    history,
    in_force,
    policy_beginning_with,
    put_in_force,
    stored_policy,
)
from fermata.policy import read_document

SHORT = len("sha256:") + 12
"""Characters of a version that tell it from others, for people."""

_NONE_YET = "no policy is in force yet; run `fermata setup` for the default one, or `fermata policy activate FILE`"


def show_policy(version: str | None, *, as_json: bool) -> None:
    """Prints a stored document as it was written: on stdout the TOML alone, so that it can be kept in a file.

    Args:
        version: The beginning of its hash; None for the one in force.
        as_json: Whether to print one JSON document instead.
    """
    stored, standing = on_database(lambda pool: _find(pool, version))
    holds = standing if standing is not None and standing.version == stored.version else None
    if as_json:
        print_json({**asdict(stored), "in_force": asdict(holds) if holds is not None else None})
        return
    state = (
        _since(holds) if holds is not None else f"not in force; stored {utc_text(stored.stored_at)} by {stored.author}"
    )
    typer.echo(f"{stored.version}\n{state}", err=True)
    sys.stdout.write(stored.document)


def activate_policy(file: Path, *, author: str, note: str | None) -> None:
    """Puts a file's policy in force.

    Args:
        file: TOML.
        author: Who does it.
        note: Why.
    """
    document, now = read_document(file), datetime.now(UTC)

    async def change(pool: Pool) -> tuple[Activation | None, Activation]:
        act = Act(os_user(), "policy.activate")
        async with recorded(pool, act) as connection:
            before = await in_force(connection)
            made = await put_in_force(connection, document, author=author, at=now, note=note, source=str(file))
            act.target = made.version
            return before, made

    before, made = on_database(change)
    if made == before:
        typer.echo(f"{made.version[:SHORT]} is in force already, since {utc_text(made.activated_at)}: nothing changed.")
        return
    typer.echo(f"{made.version[:SHORT]} is in force: the next decision of every worker obeys it.")
    if before is not None:
        typer.echo(
            f"Before it was {before.version[:SHORT]}; `fermata policy show {before.version[7:SHORT]}` has its text."
        )


def show_history(*, limit: int, as_json: bool) -> None:
    """Prints who put which policy in force, the latest first.

    Args:
        limit: How many at most.
        as_json: Whether to print one JSON document instead.
    """
    activations = on_database(lambda pool: history(pool, limit=limit))
    if as_json:
        print_json({"activations": [asdict(each) for each in activations]})
        return
    if not activations:
        raise ConfigurationError(_NONE_YET)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("since", no_wrap=True)
    table.add_column("policy", no_wrap=True)
    table.add_column("by", overflow="fold")
    table.add_column("note", overflow="fold")
    for number, each in enumerate(activations):
        row = (utc_text(each.activated_at), each.version[:SHORT], each.author, each.note or "")
        table.add_row(*(Text(cell) for cell in row), style="bold" if number == 0 else "")
    Console(highlight=False).print(table)


async def _find(pool: Pool, version: str | None) -> tuple[StoredPolicy, Activation | None]:
    standing = await in_force(pool)
    if version is not None:
        return await policy_beginning_with(pool, version), standing
    if standing is None:
        raise ConfigurationError(_NONE_YET)
    return await stored_policy(pool, standing.version), standing


def _since(activation: Activation) -> str:
    note = f": {activation.note}" if activation.note else ""
    return f"in force since {utc_text(activation.activated_at)}, by {activation.author}{note}"
