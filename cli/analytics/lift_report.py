"""``fermata analytics lift``: what reaching people brought, beside those who were held out."""

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from cli.instants import utc_text
from cli.two_columns import two_columns
from fermata.analytics.answers import Lifts
from fermata.analytics.experiments import Experiment
from fermata.analytics.lift import Estimate, Lift
from fermata.wording import span


def show_lifts(found: Lifts) -> None:
    """Prints what experiments brought.

    Args:
        found: The experiments.
    """
    console = Console(highlight=False)
    for experiment in found.experiments:
        console.print(two_columns(_lines(experiment)))


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
