"""``fermata analytics lift``: what reaching people brought, beside those who were held out."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.database import on_database
from cli.instants import utc_text
from cli.json_output import print_json
from fermata.analytics.experiments import Experiment, Question, global_lift, journey_lift, variant_lifts
from fermata.analytics.lift import Estimate, Lift
from fermata.database import Pool
from fermata.journeys import GlobalHoldout
from fermata.wording import span


def show_journey(journey: str, question: Question, share: float | None, *, as_json: bool) -> None:
    """Prints what a journey brings.

    Args:
        journey: Its name.
        question: What is asked.
        share: Which part it holds out.
        as_json: Whether to print one JSON document instead.
    """

    async def read(pool: Pool) -> list[Experiment]:
        return [await journey_lift(pool, journey, question, share)]

    _show(on_database(read), as_json=as_json)


def show_everything(question: Question, holdout: GlobalHoldout, *, as_json: bool) -> None:
    """Prints what all journeys together bring.

    Args:
        question: What is asked.
        holdout: Of the deployment.
        as_json: Whether to print one JSON document instead.
    """

    async def read(pool: Pool) -> list[Experiment]:
        return [await global_lift(pool, question, holdout)]

    _show(on_database(read), as_json=as_json)


def show_variants(experiment: str, question: Question, control: str, *, as_json: bool) -> None:
    """Prints what each variant brings beside one of them.

    Args:
        experiment: Its name.
        question: What is asked.
        control: The one that the others are compared with.
        as_json: Whether to print one JSON document instead.
    """

    async def read(pool: Pool) -> list[Experiment]:
        return await variant_lifts(pool, experiment, question, control)

    _show(on_database(read), as_json=as_json)


def _show(experiments: Sequence[Experiment], *, as_json: bool) -> None:
    if as_json:
        print_json({"experiments": list(experiments)})
        return
    console = Console(highlight=False)
    for experiment in experiments:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True, style="bold")
        table.add_column(overflow="fold")
        for name, words in _lines(experiment):
            table.add_row(name, words)
        console.print(table)


def _lines(experiment: Experiment) -> Iterator[tuple[str, str | Text]]:
    asked, found = experiment.question, experiment.lift
    yield "experiment", experiment.name or "all journeys, beside the global holdout"
    yield (
        "people",
        f"who came in from {utc_text(asked.since)} to {utc_text(asked.last)}, each watched for {span(asked.within)}",
    )
    for name, arm in (("reached", found.reached), ("held out", found.held_out)):
        yield name, f"{arm.converted:,} of {arm.people:,} did {asked.event!r}: {arm.rate:.2%}"
    if found.is_unbalanced:
        warning = (
            f"the sides are not what was meant (p = {found.imbalance:.2g}): believe no figure below until that is found"
        )
        yield "warning", Text(warning, "bold red")
    yield "lift", f"{_points(found.absolute)}: {_verdict(found)}"
    if found.relative is not None:
        low, high = (f"{value:+.1%}" for value in (found.relative.low, found.relative.high))
        yield "relative", f"{found.relative.value:+.1%}, between {low} and {high}"
    if found.at_any_time is not None:
        yield "at any time", f"{_points(found.at_any_time)}: holds however often it is looked at"
    if found.revenue is not None:
        low, high = (f"{value:+,.2f}" for value in (found.revenue.low, found.revenue.high))
        yield "revenue", f"{found.revenue.value:+,.2f} {experiment.currency or ''} a person, between {low} and {high}"
    if found.people_needed is not None and not found.is_clear:
        yield "to be sure", f"{found.people_needed:,} people on each side would show a difference as large as this"


def _points(estimate: Estimate) -> str:
    low, high = (f"{value * 100:+.2f}" for value in (estimate.low, estimate.high))
    return f"{estimate.value * 100:+.2f} points, between {low} and {high}"


def _verdict(found: Lift) -> str:
    chance = f"p = {found.absolute.p_value:.2g}"
    return f"hardly chance ({chance})" if found.is_clear else f"chance may explain it ({chance})"
