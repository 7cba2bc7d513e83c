"""``fermata traits``: what somebody did, as numbers and names; and the training of the models that score people."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer

app = typer.Typer(help="Show somebody's live traits; train the models that score people.", no_args_is_help=True)

# Training loads scikit-learn, which takes longer than everything else here: it is imported when it is called.

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


@app.command()
def show(
    profile_id: Annotated[UUID, typer.Argument(help="The profile; one that became part of another leads to that.")],
    as_json: JsonOption = False,
) -> None:
    """Show somebody's live traits, as of now: what they are, and what they rest on.

    Example: fermata traits show 0195f3c0-8a3e-7c41-9d5e-2b1f0c6a7d88
    """
    from cli.traits.showing import show_traits

    show_traits(profile_id, datetime.now(UTC), as_json=as_json)


@app.command()
def train(as_json: JsonOption = False) -> None:
    """Train the models on the data at hand, measure them on a later month, and put those in force that can tell.

    Looks at the fifths of all customers anew, too.

    Example: fermata traits train
    """
    from cli.traits.training import train_traits

    train_traits(datetime.now(UTC), as_json=as_json)
