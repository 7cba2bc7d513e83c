"""What became of a reservation: begun, sent, held for another try, or given back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from fermata.audiences.membership import leave_run, look_again
from fermata.database import Connection, Pool, Queries
from fermata.errors import NotFound
from fermata.ledger.reconsider import reconsider
from fermata.vocabulary import Channel, Consent, DeliveryState, Purpose, Reason

_QUERIES = Queries("fermata.ledger")

FRESH = timedelta(minutes=10)
"""How long a decision to send stands. What a provider's outage held up longer than this is decided again, so that a
message cannot slip into the night, past a withdrawal or past a purchase."""

_MOST_MERGES = 5
"""In a row, of a profile that is waited for."""


@dataclass(frozen=True)
class Order:
    """A reserved send, with all that its message is written from.

    Args:
        run_id: Whose message it is.
        event_id: What started that run.
        begun_before: An earlier try began and its end is not known: the provider may have it already.
        provider: Who is to carry it: whom the caller picked, or whom that earlier try was begun with.
        tracking_refused: The person has withdrawn consent to analytics on this channel: what they do is not followed.
    """

    decision_id: UUID
    dedupe_key: str
    profile_id: UUID
    run_id: UUID
    event_id: UUID
    journey: str
    message: str
    channel: Channel
    address: str | None
    begun_before: bool
    provider: str | None
    traits: dict[str, Any]
    locale: str | None
    event_name: str
    event_properties: dict[str, Any]
    event_occurred_at: datetime
    purpose: Purpose
    topic: str | None
    tracking_refused: bool = False


@dataclass(frozen=True)
class Settled:
    """A reservation with nothing left to send: it came to this end before.

    Args:
        reason: Why it failed, where it did.
    """

    channel: Channel
    state: DeliveryState
    reason: Reason | None = None


async def begin_send(pool: Pool, decision_id: UUID, at: datetime, *, provider: str | None = None) -> Order | Settled:
    """Marks a reservation as being sent and returns the order; or, where there is nothing to send, how it ended.

    A reservation that has waited longer than ``FRESH`` is given back instead, and the answer is ``released``; one that
    was begun that long ago, and may be with the provider, stays ``unknown`` and keeps its slot. One whose address has
    been suppressed since it was decided is given back too.

    Args:
        pool: Connections to the ledger's database.
        decision_id: The decision that reserved it.
        at: The instant, aware.
        provider: Who is to carry it. Where an earlier try was begun, the one of that try stays: a second provider
            must never get what the first may have.

    Raises:
        NotFound: There is no such reservation.
    """
    asked = (_QUERIES["begin_send"], decision_id, at, provider, FRESH)
    # Where the profile changed hands in a merge while this waited for it, the second look finds it.
    row = await pool.fetchrow(*asked) or await pool.fetchrow(*asked)
    if row is None:
        raise NotFound(f"no reservation belongs to the decision {decision_id}")
    if row["becomes"] != DeliveryState.SENDING:
        reason = Reason(row["reason"]) if row["reason"] else None
        return Settled(Channel(row["channel"]), DeliveryState(row["becomes"] or row["state"]), reason)
    return Order(
        decision_id=decision_id,
        dedupe_key=row["dedupe_key"],
        profile_id=row["profile_id"],
        run_id=row["run_id"],
        event_id=row["event_id"],
        journey=row["journey"],
        message=row["message"],
        channel=Channel(row["channel"]),
        address=row["address"],
        begun_before=row["state"] != DeliveryState.RESERVED,
        provider=row["carrier"],
        traits=row["traits"],
        locale=row["locale"],
        event_name=row["event_name"],
        event_properties=row["event_properties"],
        event_occurred_at=row["event_occurred_at"],
        purpose=Purpose(row["purpose"]),
        topic=row["topic"],
        tracking_refused=row["analytics"] == Consent.REVOKED,
    )


async def settle_sent(
    pool: Pool, decision_id: UUID, at: datetime, *, provider: str, provider_message_id: str | None
) -> None:
    """Writes down that the provider has taken the message. Said twice, it changes nothing.

    Args:
        pool: Connections to the ledger's database.
        decision_id: The decision that reserved the slot.
        at: When the provider took it, aware.
        provider: The provider's name.
        provider_message_id: The provider's own id for it, where it gave one.
    """
    await pool.execute(_QUERIES["settle_sent"], decision_id, at, provider, provider_message_id)


async def hold(pool: Pool, decision_id: UUID, at: datetime, *, certain: bool, detail: str) -> None:
    """Writes down that the provider could not take the message now; it will be tried again.

    Args:
        pool: Connections to the ledger's database.
        decision_id: The decision that reserved the slot.
        at: The instant, aware.
        certain: The provider surely does not have it: back to ``reserved``. Otherwise the state is ``unknown``.
        detail: What the provider said.
    """
    state = DeliveryState.RESERVED if certain else DeliveryState.UNKNOWN
    async with pool.acquire() as connection:
        await _move(connection, decision_id, state, at, detail=detail)


async def give_back(pool: Pool, decision_id: UUID, at: datetime, reason: Reason, detail: str) -> None:
    """Gives the slot back after a failure for good: it no longer counts toward any cap.

    An address that the provider has on a list of its own is on ours from then on.

    Args:
        pool: Connections to the ledger's database.
        decision_id: The decision that reserved the slot.
        at: The instant, aware.
        reason: Why, for example ``provider_rejected``.
        detail: What the provider said.
    """
    async with pool.acquire() as connection, connection.transaction():
        profile_id = await _lock(connection, "lock_profile_of_decision", decision_id)
        await _move(connection, decision_id, DeliveryState.FAILED, at, reason=reason, detail=detail)
        if reason is Reason.SUPPRESSED_BY_PROVIDER:
            await connection.execute(_QUERIES["suppress_address"], decision_id, at)
            await look_again(connection, [profile_id], at)
        await reconsider(connection, profile_id, at)


async def close_run(connection: Connection, run_id: UUID, state: str, reason: str, at: datetime) -> None:
    """Ends a run in the ledger: nothing of it waits any more, and what was reserved but not begun is given back.

    Whom it wanted in an audience leaves.

    The first end stands: said again, it changes nothing.

    Args:
        connection: Any.
        run_id: The enrolment.
        state: An outcome's state, for example ``converted``.
        reason: What ended it.
        at: When it ended, aware.
    """
    async with connection.transaction():
        profile_id = await _lock(connection, "lock_profile_of_run", run_id)
        await leave_run(connection, run_id, reason, at)
        if await connection.fetchval(_QUERIES["close_run"], run_id, state, reason, at):
            await reconsider(connection, profile_id, at)


async def _lock(connection: Connection, query: str, of: UUID) -> UUID:
    """Locks a profile's row. One that was merged away while this waited for it is gone: then it is the survivor's."""
    for _ in range(_MOST_MERGES):
        profile_id: UUID | None = await connection.fetchval(_QUERIES[query], of)
        if profile_id is not None:
            return profile_id
    raise NotFound(f"no profile belongs to {of}")


async def _move(
    connection: Connection,
    decision_id: UUID,
    state: DeliveryState,
    at: datetime,
    *,
    reason: Reason | None = None,
    detail: str | None = None,
) -> None:
    await connection.execute(_QUERIES["move"], decision_id, state, at, reason, detail)
