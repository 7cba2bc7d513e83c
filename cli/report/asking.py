"""Puts the questions of a report to the measuring, and has their answers as the rows of the console's tables."""

from dataclasses import dataclass, field
from datetime import timedelta

import orjson
from pydantic_core import to_json

from api.console.analytics_rows import Row
from cli.report.span import ReportSpan
from fermata.analytics.answers import answer
from fermata.analytics.asked import Asked
from fermata.analytics.lift import NoComparison
from fermata.analytics.measurable import NothingToMeasure
from fermata.database import Pool


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """What a report is about.

    Args:
        span: Its time.
        journeys: Whose maps and lifts it shows, by name; empty for all.
        order: The event that is an order: the outcome of paths, attribution and key figures.
        within: How long each person is watched, and after a path the outcome counts.
    """

    span: ReportSpan
    journeys: tuple[str, ...]
    order: str
    within: timedelta

    def shows(self, journey: str) -> bool:
        """Whether it is about a journey.

        Args:
            journey: Its name.
        """
        return not self.journeys or journey in self.journeys


@dataclass(frozen=True, slots=True)
class Answered:
    """What a question came to.

    Args:
        found: The answer, as the console's rows are made of it; None where there is none.
        problem: Why there is none.
    """

    found: Row | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the report, or why it is empty.

    Args:
        rows: As the console shows them.
        problem: Why there are none; None where nothing of the kind is on record.
    """

    rows: list[Row] = field(default_factory=list)
    problem: str | None = None


async def put(pool: Pool, asked: Asked) -> Answered:
    """Asks. A question without an answer is told in the report, and keeps nothing else from being told.

    Args:
        pool: Where from.
        asked: The question.
    """
    try:
        return Answered(await told(pool, asked))
    except (NothingToMeasure, NoComparison) as error:
        words = str(error)
        return Answered(problem=f"{words[:1].upper()}{words[1:]}.")


async def told(pool: Pool, asked: Asked) -> Row:
    """Asks what has an answer at all times.

    Args:
        pool: Where from.
        asked: The question.

    Raises:
        NothingToMeasure, NoComparison: It has none.
    """
    found: Row = orjson.loads(to_json(await answer(pool, asked), inf_nan_mode="null"))
    return found
