"""``fermata analytics``: what journeys bring."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.instants import read_duration, read_since

app = typer.Typer(help="Measure what journeys bring.", no_args_is_help=True)

# The statistics load numpy and scipy, which take longer than everything else here: they are imported when called.


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
    until: Annotated[str | None, typer.Option(help="And before then; without, now.")] = None,
    within: Annotated[str, typer.Option(help="How long each person is watched.")] = "P14D",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Say how much more people do because they were reached, beside those who were held out.

    Examples: fermata analytics lift cart_recovery; fermata analytics lift --event "Order Completed" --within P30D;
    fermata analytics lift --experiment subject_line --control plain --event "Email Clicked"
    """
    from cli.analytics.lift_report import show_everything, show_journey, show_variants
    from fermata.analytics.experiments import NothingToMeasure, Question
    from fermata.settings import read_settings
    from workflows.discovery import discover

    settings, now = read_settings(), datetime.now(UTC)
    definition = discover(settings.journeys).registry[journey] if journey is not None else None
    wanted = event or (definition.goal if definition is not None else None)
    if wanted is None:
        whose = f"journey {journey!r} has no goal" if journey is not None else "no journey is named"
        raise NothingToMeasure(f"{whose}: say with --event what people should do")
    question = Question(
        event=wanted,
        since=read_since(since, now),
        until=read_since(until, now) if until is not None else now,
        within=read_duration(within),
        now=now,
    )
    if experiment is not None:
        show_variants(experiment, question, control, as_json=as_json)
    elif journey is not None and definition is not None:
        show_journey(journey, question, definition.holdout, as_json=as_json)
    else:
        show_everything(question, settings.holdout, as_json=as_json)


@app.command()
def attribution(
    conversion: Annotated[str, typer.Option(help="The event that counts as one.")] = "Order Completed",
    since: Annotated[str, typer.Option(help="Of walks that ended then or later: P30D, or an instant.")] = "P90D",
    until: Annotated[str | None, typer.Option(help="And before then; without, now.")] = None,
    lookback: Annotated[str, typer.Option(help="Touches longer before the end count for nothing.")] = "P30D",
    half_life: Annotated[str, typer.Option(help="For time decay: this long before the end, half counts.")] = "P7D",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Say which channels conversions are owed to: first, last, linear, time decay, position, and by a Markov chain.

    Example: fermata analytics attribution --conversion "Order Completed" --since P30D
    """
    from cli.analytics.attribution_report import show_attribution

    now = datetime.now(UTC)
    show_attribution(
        conversion,
        read_since(since, now),
        read_since(until, now) if until is not None else now,
        read_duration(lookback),
        read_duration(half_life),
        as_json=as_json,
    )


@app.command()
def paths(
    outcome: Annotated[str, typer.Option(help="The event that paths may lead to.")] = "Order Completed",
    since: Annotated[str, typer.Option(help="Of what happened then or later: P30D, or an instant.")] = "P30D",
    until: Annotated[str | None, typer.Option(help="And before then; without, now.")] = None,
    horizon: Annotated[str, typer.Option(help="How long after a path the outcome counts.")] = "P7D",
    longest: Annotated[int, typer.Option(min=1, max=5, help="Steps; 1 for single events, the micro-conversions.")] = 3,
    sort: Annotated[str, typer.Option(help="lift, frequency or time.")] = "lift",
    fewest: Annotated[int, typer.Option(min=1, help="People who must have walked a path.")] = 20,
    limit: Annotated[int, typer.Option(min=1, help="How many are shown.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Say what people do before they buy, or leave: by lift, with intervals, and how long it takes from there.

    Examples: fermata analytics paths --outcome "Order Completed"; fermata analytics paths --longest 1 --sort frequency
    """
    from cli.analytics.paths_report import show_paths
    from fermata.analytics.paths import RANKING

    now = datetime.now(UTC)
    if sort not in RANKING:
        raise typer.BadParameter(f"{sort!r} is none of {', '.join(RANKING)}", param_hint="--sort")
    show_paths(
        outcome,
        read_since(since, now),
        read_since(until, now) if until is not None else now,
        read_duration(horizon),
        longest=longest,
        order=sort,
        fewest=fewest,
        limit=limit,
        as_json=as_json,
    )


@app.command()
def kpis(
    purchase: Annotated[str, typer.Option(help="The event that is an order.")] = "Order Completed",
    since: Annotated[str, typer.Option(help="Of what happened then or later: P30D, or an instant.")] = "P90D",
    until: Annotated[str | None, typer.Option(help="And before then; without, now.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Show the key figures: conversion, messages, satisfaction, retention, what customers are worth.

    Example: fermata analytics kpis --since P30D
    """
    from cli.analytics.kpis_report import show_kpis

    now = datetime.now(UTC)
    show_kpis(read_since(since, now), read_since(until, now) if until is not None else now, purchase, as_json=as_json)
