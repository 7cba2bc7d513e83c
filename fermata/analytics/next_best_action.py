"""What comes next for one person: their signals and propensity are looked at, and the choice is written down."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from fermata.analytics.choosing import Band, Choice, Considered, choose
from fermata.database import Connection, Pool, Queries
from fermata.enrolment import expose
from fermata.journeys import Chosen
from fermata.segments import Segment, explain
from fermata.traits import ModelKind, standings, traits_of

_QUERIES = Queries("fermata.analytics", "next_best_action.sql")
_LONGEST = 2_000  # characters of what was seen of one signal


class Signal(BaseModel):
    """An action as it is asked about.

    Args:
        key: Its name.
        when: Who it is for.
        propensity: Which purchase propensity it is for; None for any.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: str
    when: Segment
    propensity: Band | None = None


class ActionAsked(BaseModel):
    """What comes next for a person?

    Args:
        profile_id: Whose.
        asked_at: When, by the run's clock.
        run_id: The run that asks.
        journey: Its journey.
        step: Of the run; the same one again has the same answer.
        signals: In the order in which they are declared.
        holdout: The share of those for whom an action is chosen and not done.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    profile_id: UUID
    asked_at: AwareDatetime
    run_id: UUID
    journey: str
    step: str
    signals: tuple[Signal, ...]
    holdout: float = 0.0


async def choose_for(pool: Pool, asked: ActionAsked, profile_id: UUID, at: datetime) -> Chosen:
    """Chooses, and writes down what, why, and what was seen of every signal. Asked again it answers the same.

    Args:
        pool: Of the database.
        asked: What may come next.
        profile_id: Whose, by the name that holds now.
        at: The instant, aware.

    Raises:
        NotFound: There is no such run.
    """
    async with pool.acquire() as connection:
        recorded = await connection.fetchrow(_QUERIES["recorded"], asked.run_id, asked.step)
        if recorded is not None:
            return Chosen(**recorded)
        considered = [await _look(connection, signal, profile_id, at) for signal in asked.signals]
    propensity = await _propensity(pool, asked.signals, profile_id, at)
    choice = choose(considered, propensity)
    held_out = await _held_out(pool, asked, profile_id, choice, at)
    row = await pool.fetchrow(
        _QUERIES["record"],
        asked.run_id,
        asked.step,
        profile_id,
        asked.journey,
        choice.key,
        held_out,
        choice.why,
        [_record(each) for each in considered],
        propensity,
        at,
    )
    return Chosen(**row)


async def follow_merge(connection: Connection, survivor: UUID, loser: UUID) -> None:
    """What was chosen for either was chosen for the one person that they are."""
    await connection.execute(_QUERIES["follow_merge"], survivor, loser)


async def _look(connection: Connection, signal: Signal, profile_id: UUID, at: datetime) -> Considered:
    seen = await explain(connection, signal.when, profile_id, at)
    return Considered(signal.key, str(signal.when), seen.holds, seen.text[:_LONGEST], signal.propensity)


async def _propensity(pool: Pool, signals: tuple[Signal, ...], profile_id: UUID, at: datetime) -> float | None:
    """How likely they buy. It is not looked for where nothing depends on it, or no model could tell."""
    if all(signal.propensity is None for signal in signals):
        return None
    if (await standings(pool, at))[ModelKind.PURCHASE_PROPENSITY].in_force is None:
        return None
    traits = (await traits_of(pool, [profile_id], at)).get(profile_id)
    return traits.purchase_propensity.probability if traits is not None else None


async def _held_out(pool: Pool, asked: ActionAsked, profile_id: UUID, choice: Choice, at: datetime) -> bool:
    """Draws as for any experiment, so that it is on record with all others: theirs for ever, for each action."""
    if choice.key is None or asked.holdout <= 0:
        return False
    weights = {"done": 1 - asked.holdout, "held_out": asked.holdout}
    shown = await expose(pool, asked.run_id, profile_id, f"{asked.journey}.{choice.key}", weights, at)
    return shown == "held_out"


def _record(considered: Considered) -> dict[str, Any]:
    return {"action": considered.key, "holds": considered.holds, "seen": considered.seen}
