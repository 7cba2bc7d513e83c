"""What a journey's page counts and measures: the runs of a time and a build step by step, and what reaching brings."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

import orjson
from fastapi import Query

from api.analytics_process import AnalyticsProcess, NoAnswer
from api.console.analytics_questions import Form, Questions
from api.console.analytics_rows import lift_rows
from api.console.step_rows import run_states, step_rows
from api.console.time_range import Day, TimeRange, read_range
from fermata.database import Pool
from fermata.errors import InvalidEvent, Unavailable
from fermata.journeys.map import JourneyMap
from fermata.runs.map_counts import MapCounts, count_map
from workflows.runs_of_build import RunsOfBuild

USUAL = 30
"""Days, where none are named."""

_LOOKED_AT = 2_000
"""Runs, of which each page counts the steps; of many more, so many are drawn."""

Build = Annotated[str, Query(max_length=100, pattern="^[^\\x00]*$")]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which runs of a journey are counted.

    Args:
        since, until: Two dates, as a form has them; empty for the last thirty days.
        build: Of those whose last step this build of the workers took; empty for all.
        lift: Something where its lift is to be worked out.
    """

    since: str = ""
    until: str = ""
    build: str = ""
    lift: str = ""

    def time(self) -> TimeRange:
        """When they began.

        Raises:
            InvalidEvent: Its dates are none, or the wrong way round.
        """
        return read_range(self.since, self.until, datetime.now(UTC), days=USUAL)


def read_asked(since: Day = "", until: Day = "", build: Build = "", lift: Day = "") -> Asked:
    """Reads which runs are counted; a dependency."""
    return Asked(since, until, build.strip(), lift)


@dataclass(frozen=True, slots=True)
class Measured:
    """Counts and measures journeys.

    Args:
        pool: Where runs are counted.
        builds: Knows which runs a build has.
        questions: Asks what a journey brings.
        process: Works it out.
    """

    pool: Pool
    builds: RunsOfBuild
    questions: Questions
    process: AnalyticsProcess

    async def count(self, drawn: JourneyMap, asked: Asked) -> MapCounts:
        """Counts the runs of a journey step by step.

        Args:
            drawn: Its map.
            asked: Which of them.

        Raises:
            InvalidEvent: The dates are none or the wrong way round, or no build can be named so.
            Unavailable: Temporal, which knows the builds, does not answer.
        """
        time = asked.time()
        among = await self.builds.find(drawn.journey, asked.build) if asked.build else None
        return await count_map(self.pool, drawn, since=time.since, until=time.until, among=among, most=_LOOKED_AT)

    async def counted(self, drawn: JourneyMap | None, asked: Asked) -> dict[str, object]:
        """What the page shows of the counts, or why there are none.

        Args:
            drawn: The map; None where it cannot be drawn.
            asked: Which runs.
        """
        form = {"since": asked.since, "until": asked.until, "build": asked.build}
        nothing: dict[str, object] = {"time": "", "problem": None, "counts": None, "steps": []}
        try:
            time = asked.time()
            form |= {"since": time.first.isoformat(), "until": time.last.isoformat()}
            counts = await self.count(drawn, asked) if drawn is not None else None
        except (InvalidEvent, Unavailable) as error:
            return {**nothing, **_asked(form), "problem": str(error)}
        if drawn is None or counts is None:
            return {**nothing, **_asked(form)}
        shown = {"time": time.words, "counts": run_states(counts), "steps": step_rows(drawn, counts)}
        return {**nothing, **_asked(form), **shown}

    async def lift(self, journey: str, asked: Asked) -> dict[str, object]:
        """What the page shows of what a journey brings, where that is asked; or why that cannot be told.

        Args:
            journey: Its name.
            asked: Whether, and of which time.
        """
        if not asked.lift:
            return {"rows": None, "no_lift": None}
        try:
            form = Form(journey=journey, since=asked.since, until=asked.until)
            found = orjson.loads(await self.process.ask(self.questions.of("lift", form)))
        except (NoAnswer, InvalidEvent) as error:
            return {"rows": None, "no_lift": str(error)}
        return {"rows": lift_rows(found), "no_lift": None}


def _asked(form: dict[str, str]) -> dict[str, object]:
    """The form as it was filled in, and as links say it."""
    return {"asked": form, "query": urlencode(form)}
