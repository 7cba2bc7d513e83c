"""Answers what can be asked of the measuring, from the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from fermata.analytics.asked import Asked, AttributionAsked, KpisAsked, LiftAsked, NextActionsAsked, PathsAsked
from fermata.analytics.attribution import Credit, Model
from fermata.analytics.experiments import Experiment, Question, global_lift, journey_lift, variant_lifts
from fermata.analytics.kpis import Kpis, read_kpis
from fermata.analytics.next_actions_on_record import ActionOnRecord, actions_on_record
from fermata.analytics.paths import RANKING, Path
from fermata.analytics.paths_on_record import count_paths
from fermata.analytics.walks import attribute
from fermata.database import Pool
from fermata.journeys import GlobalHoldout


@dataclass(frozen=True, slots=True)
class Lifts:
    """What experiments brought."""

    experiments: Sequence[Experiment]


@dataclass(frozen=True, slots=True)
class Attributed:
    """Whom conversions are owed to.

    Args:
        walks: How many were read, with those that came to nothing.
        conversions: How many came to one.
        currency: Of the values.
        models: The credits of each channel, by model.
    """

    walks: int
    conversions: int
    currency: str | None
    models: dict[str, dict[str, Credit]]


@dataclass(frozen=True, slots=True)
class Paths:
    """What people did before an outcome.

    Args:
        outcome: The event.
        people: Who did anything in the time.
        looked_at: How many paths were.
        paths: The first of them.
    """

    outcome: str
    people: int
    looked_at: int
    paths: Sequence[Path]


@dataclass(frozen=True, slots=True)
class NextActions:
    """What was chosen to come next, and what it brought."""

    actions: Sequence[ActionOnRecord]


Answer = Lifts | Attributed | Paths | Kpis | NextActions


async def answer(pool: Pool, asked: Asked) -> Answer:
    """Works out an answer.

    Args:
        pool: Where from.
        asked: The question.

    Raises:
        NothingToMeasure, NoComparison: The question has no answer; says why.
    """
    match asked:
        case LiftAsked():
            return Lifts(await _lifts(pool, asked))
        case AttributionAsked():
            found, currency = await attribute(
                pool,
                asked.conversion,
                asked.since,
                asked.until,
                lookback=asked.lookback,
                half_life=asked.half_life,
            )
            models = {model.value: found.credits(model) for model in Model}
            return Attributed(found.walks, found.conversions, currency, models)
        case PathsAsked():
            count = await count_paths(
                pool, asked.outcome, asked.since, asked.until, horizon=asked.horizon, longest=asked.longest
            )
            paths = sorted(count.paths(asked.fewest), key=RANKING[asked.order])
            return Paths(asked.outcome, count.people, len(paths), paths[: asked.limit])
        case KpisAsked():
            return await read_kpis(pool, asked.since, asked.until, purchase=asked.purchase)
        case NextActionsAsked():
            return NextActions(await actions_on_record(pool, asked))
        case _:
            assert_never(asked)


async def _lifts(pool: Pool, asked: LiftAsked) -> list[Experiment]:
    question = Question(asked.event, asked.since, asked.until, asked.within, asked.now)
    if asked.experiment is not None:
        return await variant_lifts(pool, asked.experiment, question, asked.control)
    if asked.journey is not None:
        return [await journey_lift(pool, asked.journey, question, asked.share)]
    return [await global_lift(pool, question, GlobalHoldout(share=asked.share, salt=asked.salt))]
