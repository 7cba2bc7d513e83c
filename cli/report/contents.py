"""All that a report tells, read part by part."""

from collections.abc import Callable
from dataclasses import dataclass

from api.console.analytics_rows import Row, attribution_rows, lift_rows, path_rows
from api.console.kpi_rows import cohort_rows, conversion_rows, figure_rows, message_rows
from cli.report.action_rows import action_rows
from cli.report.asking import Answered, ReportAsked, Table, put, told
from cli.report.journey_part import JourneyPart, journey_part
from cli.report.overview import Overview, look_over
from fermata.analytics.asked import AttributionAsked, KpisAsked, LiftAsked, NextActionsAsked, PathsAsked
from fermata.database import Pool
from fermata.journeys import GlobalHoldout
from workflows.description import describe
from workflows.discovery import Journeys

_MOST_PATHS, _SHOWN = 1_000, 12


@dataclass(frozen=True, slots=True)
class Contents:
    """A report, before it is a page.

    Args:
        asked: What it is about.
        overview: The first figures.
        journeys: One by one.
        everywhere: What all journeys together bring.
        lifts: All lifts on one scale.
        paths: Of two steps and more, the best first.
        single_steps: Of one: the micro-conversions.
        attribution: Channels, by all models.
        walks: How many walks were read for it, and conversions.
        actions: What was chosen to come next, and what it brought.
        figures, conversion, messages, cohorts: Key figures.
    """

    asked: ReportAsked
    overview: Overview
    journeys: list[JourneyPart]
    everywhere: Answered
    lifts: list[Row]
    paths: Table
    single_steps: Table
    attribution: Table
    walks: Row
    actions: list[Row]
    figures: list[Row]
    conversion: list[Row]
    messages: list[Row]
    cohorts: list[Row]


def parts_of(asked: ReportAsked, journeys: Journeys) -> int:
    """How many parts are read for a report, so that one can tell how far it is.

    Args:
        asked: What it is about.
        journeys: Those of this deployment.
    """
    return sum(asked.shows(name) for name in journeys.classes) + 6


async def read_contents(
    pool: Pool, asked: ReportAsked, journeys: Journeys, holdout: GlobalHoldout, tell: Callable[[str], None]
) -> Contents:
    """Reads all that a report tells.

    Args:
        pool: Where from.
        asked: What it is about.
        journeys: Those of this deployment.
        holdout: Of the deployment.
        tell: Told before each part what is read.
    """
    times = {"since": asked.span.since, "until": asked.span.until}
    tell("what was decided")
    overview = await look_over(pool, asked.span)
    parts = []
    for number, each in enumerate(each for each in describe(journeys) if asked.shows(each.name)):
        tell(each.name)
        parts.append(await journey_part(pool, journeys, each, f"journey-{number}", asked))
    tell("all journeys together")
    everywhere = await _everywhere(pool, asked, holdout)
    tell("paths")
    paths = await put(pool, PathsAsked(outcome=asked.order, horizon=asked.within, limit=_MOST_PATHS, **times))
    tell("attribution")
    owed = await put(pool, AttributionAsked(conversion=asked.order, **times))
    tell("next best actions")
    actions = await told(pool, NextActionsAsked(event=asked.order, within=asked.within, now=asked.span.now, **times))
    tell("key figures")
    kpis = await told(pool, KpisAsked(purchase=asked.order, **times))
    return Contents(
        asked=asked,
        overview=overview,
        journeys=parts,
        everywhere=everywhere,
        lifts=_on_one_scale([everywhere, *(part.lift for part in parts)]),
        paths=_paths(paths, single=False),
        single_steps=_paths(paths, single=True),
        attribution=Table(attribution_rows(owed.found) if owed.found else [], owed.problem),
        walks={key: owed.found[key] for key in ("walks", "conversions")} if owed.found else {},
        actions=[row for row in action_rows(actions) if asked.shows(row["journey"])],
        figures=figure_rows(kpis),
        conversion=[row for row in conversion_rows(kpis) if asked.shows(row["journey"])],
        messages=message_rows(kpis),
        cohorts=cohort_rows(kpis),
    )


async def _everywhere(pool: Pool, asked: ReportAsked, holdout: GlobalHoldout) -> Answered:
    found = await put(
        pool,
        LiftAsked(
            event=asked.order,
            since=asked.span.since,
            until=asked.span.until,
            within=asked.within,
            share=holdout.share,
            salt=holdout.salt,
            now=asked.span.now,
        ),
    )
    if found.problem is not None and not holdout.share:
        return Answered(problem="Nobody is held out of all marketing (the global holdout is 0).")
    return found


def _on_one_scale(lifts: list[Answered]) -> list[Row]:
    """A row for each lift, as looked at once, beside what the reading says that may be looked at often."""
    experiments = [each for lift in lifts if lift.found is not None for each in lift.found["experiments"]]
    once = [{**each, "lift": {**each["lift"], "at_any_time": None}} for each in experiments]
    often = [(each["lift"]["at_any_time"] or {}).get("p_value") for each in experiments]
    rows = lift_rows({"experiments": once})
    return [{**row, "at_any_time": p_value} for row, p_value in zip(rows, often, strict=True)]


def _paths(answered: Answered, *, single: bool) -> Table:
    if answered.found is None:
        return Table(problem=answered.problem)
    chosen = [each for each in answered.found["paths"] if (len(each["steps"]) == 1) is single]
    return Table(path_rows({**answered.found, "paths": chosen[:_SHOWN]}))
