"""``fermata analytics``: what journeys bring, whom conversions are owed to, what leads to them, and the key figures."""

from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import typer
from pydantic import BaseModel, ValidationError

from cli.instants import read_duration, read_since
from fermata.analytics.asked import Asked, AttributionAsked, KpisAsked, LiftAsked, NextActionsAsked, PathsAsked
from fermata.analytics.measurable import NothingToMeasure

app = typer.Typer(help="Measure what journeys bring.", no_args_is_help=True)

T = TypeVar("T", bound=BaseModel)

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
SinceOption = Annotated[str, typer.Option(help="Of what happened then or later: P30D, or an instant.")]
UntilOption = Annotated[str | None, typer.Option(help="And before then; without, now.")]


@app.callback()
def group() -> None:
    """Measure what journeys bring."""


@app.command()
def lift(
    journey: Annotated[str | None, typer.Argument(help="The journey; without one, all of them together.")] = None,
    experiment: Annotated[str | None, typer.Option(help="The variants of this experiment instead.")] = None,
    control: Annotated[str, typer.Option(help="The variant that the others are compared with.")] = "control",
    event: Annotated[str | None, typer.Option(help="What people should do; without, the journey's goal.")] = None,
    since: Annotated[str, typer.Option(help="Of people who came in then or later: P30D, or an instant.")] = "P90D",
    until: UntilOption = None,
    within: Annotated[str, typer.Option(help="How long each person is watched.")] = "P14D",
    as_json: JsonOption = False,
) -> None:
    """Say how much more people do because they were reached, beside those who were held out.

    Examples: fermata analytics lift cart_recovery; fermata analytics lift --event "Order Completed" --within P30D;
    fermata analytics lift --experiment subject_line --control plain --event "Email Link Clicked"
    """
    from fermata.settings import read_settings
    from workflows.discovery import discover

    settings = read_settings()
    definition = discover(settings.journeys).registry[journey] if journey is not None else None
    wanted = event or (definition.goal if definition is not None else None)
    if wanted is None:
        whose = f"journey {journey!r} has no goal" if journey is not None else "no journey is named"
        raise NothingToMeasure(f"{whose}: say with --event what people should do")
    asked = _asked(
        LiftAsked,
        since,
        until,
        journey=journey,
        experiment=experiment,
        control=control,
        event=wanted,
        within=read_duration(within),
        share=definition.holdout if definition is not None else settings.holdout.share,
        salt=settings.holdout.salt,
    )
    _ask(asked, as_json=as_json)


@app.command()
def attribution(
    conversion: Annotated[str, typer.Option(help="The event that counts as one.")] = "Order Completed",
    since: Annotated[str, typer.Option(help="Of walks that ended then or later: P30D, or an instant.")] = "P90D",
    until: UntilOption = None,
    lookback: Annotated[str, typer.Option(help="Touches longer before the end count for nothing.")] = "P30D",
    half_life: Annotated[str, typer.Option(help="For time decay: this long before the end, half counts.")] = "P7D",
    as_json: JsonOption = False,
) -> None:
    """Say which channels conversions are owed to: first, last, linear, time decay, position, and by a Markov chain.

    Example: fermata analytics attribution --conversion "Order Completed" --since P30D
    """
    spans = {"lookback": read_duration(lookback), "half_life": read_duration(half_life)}
    _ask(_asked(AttributionAsked, since, until, conversion=conversion, **spans), as_json=as_json)


@app.command()
def paths(
    outcome: Annotated[str, typer.Option(help="The event that paths may lead to.")] = "Order Completed",
    since: SinceOption = "P30D",
    until: UntilOption = None,
    horizon: Annotated[str, typer.Option(help="How long after a path the outcome counts.")] = "P7D",
    longest: Annotated[int, typer.Option(min=1, max=5, help="Steps; 1 for single events, the micro-conversions.")] = 3,
    sort: Annotated[str, typer.Option(help="lift, frequency or time.")] = "lift",
    fewest: Annotated[int, typer.Option(min=1, help="People who must have walked a path.")] = 20,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many are shown.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Say what people do before they buy, or leave: by lift, with intervals, and how long it takes from there.

    Examples: fermata analytics paths --outcome "Order Completed"; fermata analytics paths --longest 1 --sort frequency
    """
    asked = _asked(
        PathsAsked,
        since,
        until,
        outcome=outcome,
        horizon=read_duration(horizon),
        longest=longest,
        order=sort,
        fewest=fewest,
        limit=limit,
    )
    _ask(asked, as_json=as_json)


@app.command()
def next_best_actions(
    journey: Annotated[str | None, typer.Argument(help="Which asked what comes next; without one, all.")] = None,
    event: Annotated[str, typer.Option(help="What people should do after it.")] = "Order Completed",
    since: SinceOption = "P90D",
    until: UntilOption = None,
    within: Annotated[str, typer.Option(help="How long each person is watched.")] = "P14D",
    as_json: JsonOption = False,
) -> None:
    """Say what was chosen to come next, how often, why, and what it brought beside those who were held out of it.

    Example: fermata analytics next-best-actions next_best_action --since P30D
    """
    more = {"journey": journey, "event": event, "within": read_duration(within)}
    _ask(_asked(NextActionsAsked, since, until, **more), as_json=as_json)


@app.command()
def kpis(
    purchase: Annotated[str, typer.Option(help="The event that is an order.")] = "Order Completed",
    since: SinceOption = "P90D",
    until: UntilOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the key figures: conversion, messages, satisfaction, retention, what customers are worth.

    Example: fermata analytics kpis --since P30D
    """
    _ask(_asked(KpisAsked, since, until, purchase=purchase), as_json=as_json)


def _asked(question: type[T], since: str, until: str | None, **more: Any) -> T:  # noqa: ANN401 - whatever it asks for
    """A question about a time, or wrong usage where it cannot be asked."""
    now = datetime.now(UTC)
    if question in (LiftAsked, NextActionsAsked):
        more["now"] = now
    try:
        return question(
            since=read_since(since, now), until=read_since(until, now) if until is not None else now, **more
        )
    except ValidationError as error:
        fault = error.errors()[0]
        raise typer.BadParameter(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}, not {fault['input']!r}"
        ) from None


def _ask(asked: Asked, *, as_json: bool) -> None:
    # What answers loads numpy and scipy, which takes longer than everything else here.
    from cli.analytics.answering import ask

    ask(asked, as_json=as_json)
