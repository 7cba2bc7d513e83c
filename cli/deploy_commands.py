"""``fermata deploy``: which builds of the workers runs are led to; try one, give it all runs, go back."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer
from rich.console import Console

from cli.deploy.routing_shown import shown
from cli.json_output import print_json
from cli.on_record import on_record
from fermata.settings import read_settings
from worker.build_routing import Routing
from worker.builds import Builds
from worker.temporal import connect

app = typer.Typer(
    help="See which builds of the workers runs are led to; try one, give it all runs, go back.", no_args_is_help=True
)

BuildId = Annotated[str, typer.Argument(metavar="BUILD", help="As FERMATA_BUILD_ID of its workers names it.")]
By = Annotated[str | None, typer.Option(help="Who says so; your user name without it.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


@app.command()
def status(as_json: Json = False) -> None:
    """Show the builds: which runs they are given, who works, and how many runs the older ones have left.

    Example: fermata deploy status
    """
    _tell(asyncio.run(_on_builds(lambda builds: builds.routing())), as_json, "")


@app.command()
def ramp(
    build: BuildId,
    percent: Annotated[float, typer.Option(min=0, max=100, help="Of all runs, those under way as well.")],
    by: By = None,
    as_json: Json = False,
) -> None:
    """Try a build on a share of the runs. A run's id draws it, so those that came to it stay as the share grows.

    Example: fermata deploy ramp 2026-11-25.1 --percent 5

    Example: fermata deploy ramp 2026-11-25.1 --percent 50
    """
    routing = on_record(
        "deploy.ramp",
        f"build {build}",
        lambda: _on_builds(lambda builds: builds.ramp(build, percent, by=by or getpass.getuser())),
    )
    _tell(routing, as_json, f"{percent:g} % of the runs take their next step in build {build}.")


@app.command()
def promote(build: BuildId, by: By = None, as_json: Json = False) -> None:
    """Give a build all runs, those that begin and those under way: each takes its next step in it.

    The workers of the build before may stop as soon as what they have in hand is done.

    Example: fermata deploy promote 2026-11-25.1
    """
    routing = on_record(
        "deploy.promote",
        f"build {build}",
        lambda: _on_builds(lambda builds: builds.promote(build, by=by or getpass.getuser())),
    )
    _tell(routing, as_json, f"Build {build} is current: every run takes its next step in it.")


@app.command()
def rollback(by: By = None, as_json: Json = False) -> None:
    """End a ramp; where there is none, give all runs to the build that was current before.

    A run that has done what the older code does not know waits, and goes on in the next build that does.

    Example: fermata deploy rollback
    """
    routing = on_record(
        "deploy.rollback", "", lambda: _on_builds(lambda builds: builds.rollback(by=by or getpass.getuser()))
    )
    where = f"build {routing.current}" if routing.current is not None else "the workers without a build id"
    _tell(routing, as_json, f"Every run takes its next step in {where}.")


async def _on_builds(work: Callable[[Builds], Awaitable[Routing]]) -> Routing:
    return await work(Builds(await connect(), read_settings().deployment))


def _tell(routing: Routing, as_json: bool, done: str) -> None:
    if as_json:
        print_json(routing)
        return
    if done:
        typer.echo(done)
    Console(highlight=False).print(shown(routing))
    if not routing.settled:
        typer.echo("Some task queues have not heard of it yet; `fermata deploy status` tells when they have.", err=True)
