"""Experiments on record: who was reached and who was held out, and what each of them did in the time after."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fermata.analytics.lift import Arm, Lift, lift
from fermata.analytics.measurable import LONGEST, NothingToMeasure, check_order
from fermata.analytics.order_value import STATED_SQL, currency_of
from fermata.database import Connection, Pool, Queries
from fermata.journeys import EVERYWHERE, GlobalHoldout

_QUERIES = Queries("fermata.analytics", "experiments.sql")
_DID = f"""
SELECT held_out, count(*) AS people, count(*) FILTER (WHERE times > 0) AS converted,
       sum(spent)::float8 AS revenue, sum(spent * spent)::float8 AS revenue_squared
FROM (
    SELECT people.profile_id, people.held_out, count(goal.at) AS times, coalesce(sum(goal.amount), 0) AS spent
    FROM (PEOPLE) people
    LEFT JOIN LATERAL (
        SELECT e.occurred_at AS at,
               CASE WHEN e.properties ->> 'currency' = $6 THEN greatest({STATED_SQL}, 0) END AS amount
        FROM (
            SELECT occurred_at, properties FROM events WHERE profile_id = people.profile_id AND name = $4 OFFSET 0
        ) e
        WHERE e.occurred_at >= people.since AND e.occurred_at < people.since + $5::interval
    ) goal ON true
    GROUP BY people.profile_id, people.held_out
) did
GROUP BY held_out
"""  # noqa: S608 - made of our own texts


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of an experiment.

    Args:
        event: What people should do: its name.
        since, until: When they came into the experiment. Until is exclusive.
        within: How long each of them is watched, from then on. Whoever came in too lately to have been watched so long
            is left out, on both sides.
        now: The present.
    """

    event: str
    since: datetime
    until: datetime
    within: timedelta
    now: datetime

    def __post_init__(self) -> None:
        check_order(self.since, self.until)
        if self.since >= self.last:
            raise NothingToMeasure(
                f"nobody who came in since {self.since.isoformat()} has been watched for {self.within} yet; "
                "ask about an earlier time, or watch them less long"
            )

    @property
    def last(self) -> datetime:
        """Whoever came in before it has been watched to the end."""
        return min(self.until, self.now - self.within)


@dataclass(frozen=True, slots=True)
class Experiment:
    """An experiment, read.

    Args:
        name: The journey's, or ``experiment: variant beside control``; "" for the global holdout.
        question: What was asked.
        currency: Of the revenue; None where no event names one.
        lift: The answer.
    """

    name: str
    question: Question
    currency: str | None
    lift: Lift


async def journey_lift(pool: Pool, journey: str, question: Question, share: float | None) -> Experiment:
    """What a journey brings, beside those whom its own holdout kept away.

    Args:
        pool: Where from.
        journey: Its name.
        question: What is asked.
        share: Which part the journey holds out, while it was always the same; else None.

    Raises:
        NoComparison: A side has nobody.
    """
    async with pool.acquire() as connection:
        return await _read(connection, "of_journey", journey, journey, question, share, ())


async def global_lift(pool: Pool, question: Question, holdout: GlobalHoldout) -> Experiment:
    """What all journeys together bring, beside those whom no marketing reaches.

    Args:
        pool: Where from.
        question: What is asked. People come into it when they were drawn.
        holdout: Of the deployment.

    Raises:
        NoComparison: A side has nobody.
    """
    async with pool.acquire() as connection:
        return await _read(connection, "of_everything", "", EVERYWHERE, question, holdout.share, (holdout.salt,))


async def variant_lifts(pool: Pool, experiment: str, question: Question, control: str) -> list[Experiment]:
    """What each variant of a message, or of whatever a journey asked ``variant`` for, brings beside one of them.

    Args:
        pool: Where from.
        experiment: Its name.
        question: What is asked.
        control: The variant that the others are compared with.

    Raises:
        NothingToMeasure: Nobody was shown that one, or any other.
    """
    async with pool.acquire() as connection:
        rows = await connection.fetch(_QUERIES["variants"], experiment, question.since, question.last, timeout=LONGEST)
        shown = [row["variant"] for row in rows]
        if control not in shown or len(shown) == 1:
            raise NothingToMeasure(
                f"experiment {experiment!r} has shown {', '.join(shown) or 'nothing'} in that time: "
                f"there is nothing to compare with {control!r}"
            )
        return [
            await _read(
                connection,
                "of_variants",
                f"{experiment}: {each} beside {control}",
                experiment,
                question,
                None,
                (each, control),
            )
            for each in shown
            if each != control
        ]


async def _read(
    connection: Connection,
    query: str,
    name: str,
    scope: str,
    question: Question,
    share: float | None,
    more: tuple[str, ...],
) -> Experiment:
    currency = await currency_of(connection, question.event, question.since, question.last + question.within)
    rows = await connection.fetch(
        _DID.replace("PEOPLE", _QUERIES[query]),
        scope,
        question.since,
        question.last,
        question.event,
        question.within,
        currency,
        *more,
        timeout=LONGEST,
    )
    arms = {
        row["held_out"]: Arm(row["people"], row["converted"], row["revenue"], row["revenue_squared"]) for row in rows
    }
    nobody = Arm(0, 0)
    compared = lift(arms.get(False, nobody), arms.get(True, nobody), share=share)
    return Experiment(name=name, question=question, currency=currency, lift=compared)
