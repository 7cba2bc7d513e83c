"""Next best actions on record: how often each was chosen, for how many people, why, and what it brought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fermata.analytics.asked import NextActionsAsked
from fermata.analytics.experiments import Experiment, Question, variant_lifts
from fermata.analytics.lift import NoComparison
from fermata.analytics.measurable import LONGEST, NothingToMeasure, check_order
from fermata.database import Pool, Queries

_QUERIES = Queries("fermata.analytics", "next_actions_on_record.sql")
_HELD_OUT = "held_out"
"""The variant of those for whom an action is chosen and not done, as ``next_best_action`` draws it."""


@dataclass(frozen=True, slots=True)
class ActionOnRecord:
    """An action of one journey.

    Args:
        journey: Which asked what comes next.
        action: The key of what was chosen; None where no signal held.
        times: How often.
        people: For how many people.
        held_out: How often it was chosen and not done, to compare.
        last_at: When last.
        last_why: Why it was then, in words.
        effect: What it brought, beside those for whom it was not done.
        no_effect: Why that cannot be told.
    """

    journey: str
    action: str | None
    times: int
    people: int
    held_out: int
    last_at: datetime
    last_why: str
    effect: Experiment | None
    no_effect: str | None


async def actions_on_record(pool: Pool, asked: NextActionsAsked) -> Sequence[ActionOnRecord]:
    """Counts what was chosen to come next, and measures what it brought.

    Args:
        pool: Where from.
        asked: Of which time and journey, and what people should do after it.

    Raises:
        NothingToMeasure: The times are the wrong way round.
    """
    check_order(asked.since, asked.until)
    found = []
    rows = await pool.fetch(_QUERIES["chosen"], asked.since, asked.until, asked.journey, timeout=LONGEST)
    for row in rows:
        effect, no_effect = await _effect(pool, row["journey"], row["action"], row["held_out"], asked)
        found.append(ActionOnRecord(**row, effect=effect, no_effect=no_effect))
    return found


async def _effect(
    pool: Pool, journey: str, action: str | None, held_out: int, asked: NextActionsAsked
) -> tuple[Experiment | None, str | None]:
    if action is None:
        return None, "nothing was chosen"
    if not held_out:
        return None, "nobody was held out of it"
    try:
        question = Question(asked.event, asked.since, asked.until, asked.within, asked.now)
        (effect,) = await variant_lifts(pool, f"{journey}.{action}", question, _HELD_OUT)
    except (NoComparison, NothingToMeasure) as error:
        return None, str(error)
    return effect, None
