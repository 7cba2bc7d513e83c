"""``fermata webhooks``: check who may send webhooks before the API starts with it."""

import os
from pathlib import Path
from typing import Annotated

import typer

from fermata.deployment import sources_of, tellers_of

app = typer.Typer(help="Check who may send webhooks.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Check who may send webhooks."""


@app.command()
def check(file: Annotated[Path, typer.Argument(help="Sources in TOML, as FERMATA_WEBHOOKS has them.")]) -> None:
    """Check a file of sources and the secrets in the environment, and name every fault with its place.

    Example: fermata webhooks check webhooks.toml
    """
    for source in sources_of(file, os.environ, source=str(file)).values():
        typer.echo(f"POST /webhooks/{source.name}: signatures as of {source.scheme}, secrets: {len(source.secrets)}")
    for teller in tellers_of(file, os.environ, source=str(file)).values():
        proof = f"topics: {len(teller.topics)}" if teller.topics else f"secrets: {len(teller.secrets)}"
        signed = f"signatures as of {teller.kind}, {proof}"
        typer.echo(f"POST /webhooks/{teller.name}: feedback of {teller.provider}, {signed}")
