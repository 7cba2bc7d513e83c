"""``fermata verbs``: check a deployment's own names of events before a process starts with them."""

from pathlib import Path
from typing import Annotated

import typer

from fermata.deployment import verbs_of
from fermata.events.verbs import standard_verbs

app = typer.Typer(help="Check a deployment's own names of events.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Check a deployment's own names of events."""


@app.command()
def check(file: Annotated[Path, typer.Argument(help="Names of your own in TOML, as FERMATA_VERBS has them.")]) -> None:
    """Check a file of names of events, and name every fault with its place.

    Example: fermata verbs check mine.toml
    """
    shipped, own = standard_verbs(), verbs_of(file, source=str(file))
    events = {verb.name for verb in own.by_key.values()} - {verb.name for verb in shipped.by_key.values()}
    names = own.by_key.keys() - shipped.by_key.keys()
    typer.echo(f"{file}: valid; events of its own: {len(events)}, names under which events come in: {len(names)}")
