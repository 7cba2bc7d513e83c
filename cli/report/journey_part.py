"""One journey in a report: what its code does, drawn, how many came to each step, and what it brings."""

from dataclasses import dataclass, field
from typing import cast

from markupsafe import Markup

from api.console.analytics_rows import Row, lift_rows
from api.console.plain import plain
from api.console.step_rows import run_states, step_rows
from cli.report.asking import Answered, ReportAsked, put
from fermata.analytics.asked import LiftAsked
from fermata.database import Pool
from fermata.errors import DefinitionError
from fermata.journeys.map_svg import to_svg
from fermata.runs.map_counts import count_map
from fermata.runs.map_notes import notes_of
from workflows.description import JourneyDescription
from workflows.discovery import Journeys
from workflows.mapping import map_of


@dataclass(frozen=True, slots=True)
class JourneyPart:
    """What a report tells of a journey.

    Args:
        anchor: Where in the page it stands.
        about: The journey in words.
        lift: What it brings, or why that cannot be told.
        drawing: Its map; None where it cannot be drawn.
        fault: Why it cannot.
        unread: Lines of its code that are not in the map.
        counts: How its runs stand; None without a map.
        steps: Its steps as rows.
    """

    anchor: str
    about: Row
    lift: Answered
    drawing: Markup | None = None
    fault: str = ""
    unread: list[Row] = field(default_factory=list)
    counts: Row | None = None
    steps: list[Row] = field(default_factory=list)

    @property
    def lifts(self) -> list[Row]:
        """Its lift as rows of a table."""
        return lift_rows(self.lift.found) if self.lift.found is not None else []


async def journey_part(
    pool: Pool, journeys: Journeys, journey: JourneyDescription, anchor: str, asked: ReportAsked
) -> JourneyPart:
    """Draws, counts and measures a journey.

    Args:
        pool: Where from.
        journeys: Those of this deployment.
        journey: The one.
        anchor: Where in the page it stands; the map's own ids begin with it.
        asked: What the report is about.
    """
    about, lift = cast("Row", plain(journey)), await _lift(pool, journey, asked)
    try:
        drawn = map_of(journeys, journey.name)
    except DefinitionError as error:
        return JourneyPart(anchor, about, lift, fault=str(error))
    counts = await count_map(pool, drawn, since=asked.span.since, until=asked.span.until)
    return JourneyPart(
        anchor=anchor,
        about=about,
        lift=lift,
        drawing=Markup(to_svg(drawn, notes_of(drawn, counts), name=anchor)),  # noqa: S704 - it escapes what it draws
        unread=cast("list[Row]", plain(drawn.unread)),
        counts=dict(run_states(counts)),
        steps=[dict(step) for step in step_rows(drawn, counts)],
    )


async def _lift(pool: Pool, journey: JourneyDescription, asked: ReportAsked) -> Answered:
    if journey.goal is None:
        return Answered(problem="It has no goal, so there is nothing to count.")
    found = await put(
        pool,
        LiftAsked(
            journey=journey.name,
            event=journey.goal,
            since=asked.span.since,
            until=asked.span.until,
            within=asked.within,
            share=journey.holdout,
            now=asked.span.now,
        ),
    )
    if found.problem is not None and not journey.holdout:
        return Answered(problem="It holds nobody out (its holdout is 0), so there is nobody to compare with.")
    return found
