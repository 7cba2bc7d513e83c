"""``fermata journeys``: which journeys this deployment runs, what each does, and a new one to begin with."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.database import on_database
from cli.indented_rows import indented
from cli.journey_map import Format, show_map
from cli.json_output import print_json
from cli.runs.listed import STYLES
from fermata.errors import FermataError
from fermata.runs import RunState, count_runs
from fermata.settings import read_settings
from fermata.wording import channel_in_words, counted
from workflows.description import JourneyDescription, MessageDescription, describe
from workflows.discovery import discover
from workflows.narration import in_words

app = typer.Typer(help="Show the journeys of this deployment, and write new ones.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


@app.command("list")
def show_all(as_json: Json = False) -> None:
    """List the journeys that FERMATA_JOURNEYS names, without asking any server.

    Example: fermata journeys list
    """
    journeys = describe(discover(read_settings().journeys))
    if as_json:
        print_json({"journeys": [each.model_dump(mode="json") for each in journeys]})
    elif journeys:
        Console(highlight=False).print(_table(journeys))
    else:
        typer.echo("There is no journey; FERMATA_JOURNEYS names the packages that are searched.")


@app.command()
def show(name: Annotated[str, typer.Argument(help="The journey's name.")], as_json: Json = False) -> None:
    """Show a journey: what starts and ends it, who enters, what it says; and its runs, when the database answers.

    Example: fermata journeys show cart_recovery
    """
    journeys = discover(read_settings().journeys)
    journeys.registry[name]  # or it names those that there are
    (journey,) = (each for each in describe(journeys) if each.name == name)
    runs, problem = _runs(name)
    if as_json:
        print_json({**journey.model_dump(mode="json"), "runs": runs})
        return
    console = Console(highlight=False)
    console.print(Text(journey.summary or journey.name, "bold"))
    console.print(indented(_facts(journey)))
    console.print(Text("\nWhat it says", "bold"))
    console.print(indented(_said(each) for each in journey.messages) if journey.messages else "  nothing")
    console.print(Text("\nRuns", "bold"))
    console.print(indented(_counted(runs)) if runs else f"  {problem or 'none yet'}", soft_wrap=True)


@app.command("map")
def draw(
    name: Annotated[str, typer.Argument(help="The journey's name.")],
    form: Annotated[Format, typer.Option("--format", help="How it is written.")] = Format.MERMAID,
    counts: Annotated[bool, typer.Option("--counts", help="Count the runs that came to each step.")] = False,
    since: Annotated[str, typer.Option(help="Of runs that started then or later: P30D, or an instant.")] = "P30D",
    until: Annotated[str | None, typer.Option(help="And before then; without, now.")] = None,
    build: Annotated[str | None, typer.Option(help="Count those whose last step this build took.")] = None,
) -> None:
    """Draw a journey from its code: steps, waits, branches, loops, and what ends it. Needs no server without --counts.

    Example: fermata journeys map cart_recovery --format svg --counts > cart.svg
    """
    show_map(name, form, counted=counts, since=since, until=until, build=build)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="What to call it: small letters and underscores, such as spring_club.")],
    trigger: Annotated[str | None, typer.Option(help="The event that starts a run; without, NAME Started.")] = None,
    goal: Annotated[str, typer.Option(help="The event that a run is for.")] = "Order Completed",
    package: Annotated[
        str | None, typer.Option(help="Where it goes; without, the first package in FERMATA_JOURNEYS.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a new journey that works, with its words and its test. It overwrites nothing.

    Example: fermata journeys new club --trigger "Club Joined"
    """
    from cli.new_journey.command import new_journey  # drawn in when it is called

    new_journey(name, trigger=trigger, goal=goal, package=package, as_json=as_json)


def _runs(name: str) -> tuple[Mapping[RunState, int] | None, str | None]:
    """The runs by state; or None and why they could not be counted."""
    try:
        return on_database(lambda pool: count_runs(pool, name)), None
    except FermataError as error:
        return None, str(error)


def _table(journeys: tuple[JourneyDescription, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("journey", "begins with", "goal", "says"):
        table.add_column(heading, overflow="fold")
    for journey in journeys:
        channels = dict.fromkeys(channel for message in journey.messages for channel in message.channels)
        by = ", ".join(map(channel_in_words, channels))
        said = f"{counted(len(journey.messages), 'message')} by {by}" if by else "nothing"
        table.add_row(Text(journey.name), Text(journey.trigger), Text(journey.goal or "none"), Text(said))
    return table


_MEANWHILE = {"ignore": "nothing, while a run is active", "restart": "ends the run that is active, and begins anew"}


def _facts(journey: JourneyDescription) -> Iterator[tuple[str, str | Text]]:
    yield "name", journey.name
    triggers = " or ".join((journey.trigger, *journey.also_triggered_by))
    yield "begins with", " where ".join((triggers, *filter(None, [" and ".join(journey.where)])))
    if journey.while_active != "deliver":
        yield "again meanwhile", _MEANWHILE[journey.while_active]
    yield "who enters", journey.entry or "everybody"
    yield "again", journey.reentry
    if journey.key is not None:
        most = f", at most {journey.at_most_at_once} at once" if journey.at_most_at_once is not None else ""
        yield "a run for each", f"{journey.key}{most}"
    yield "goal", journey.goal or "none"
    yield "ends on", ", ".join(journey.exit_on) or "nothing else"
    yield "listens to", ", ".join(journey.listens_to) or "nothing else"
    yield "at the latest", f"after {in_words(journey.at_most)}"
    if journey.transactional:
        yield "holdout", "none: it tells people only what they are owed"
    else:
        yield "holdout", f"{journey.holdout:.1%} are enrolled and never reached" if journey.holdout else "none"
    yield "priority", str(journey.priority)


def _said(message: MessageDescription) -> tuple[str, str]:
    channels = ", then ".join(channel_in_words(channel) for channel in message.channels)
    more = [
        message.purpose.value,
        f"priority {message.priority}",
        *([f"topic {message.topic}"] if message.topic is not None else []),
        *([f"stale after {in_words(message.expires_after)}"] if message.expires_after is not None else []),
        *([f"for: {message.eligible}"] if message.eligible is not None else []),
    ]
    return message.key, f"{channels}; {', '.join(more)}"


def _counted(runs: Mapping[RunState, int]) -> Iterator[tuple[Text, str]]:
    for state, number in runs.items():
        yield Text(state.value, STYLES.get(state, "")), f"{number:,}"
