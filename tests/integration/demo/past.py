"""A past that never happened: decisions, exposures and holds written straight into the tables, past every rule."""

from datetime import datetime
from uuid import UUID

from fermata.database import Pool, new_id
from tests.people import Enrolled


async def decide(
    pool: Pool,
    person: Enrolled,
    action: str,
    reason: str,
    *,
    at: datetime,
    channel: str | None = None,
    until: datetime | None = None,
    message: str = "cart_reminder",
    purpose: str = "marketing",
) -> UUID:
    """Writes a decision, and returns its id."""
    decision = new_id()
    await pool.execute(
        "INSERT INTO decisions (id, dedupe_key, profile_id, run_id, journey, message, step, visit, purpose, priority, "
        "action, reason, channel, next_eligible_at, decided_at, policy) "
        "VALUES ($1, $2, $3, $4, 'cart_recovery', $5, $5, 1, $6, 50, $7, $8, $9, $10, $11, 'sha256:0')",
        decision,
        str(decision),
        person.profile_id,
        person.run_id,
        message,
        purpose,
        action,
        reason,
        channel,
        until,
        at,
    )
    return decision


async def expose(
    pool: Pool,
    person: Enrolled,
    channel: str,
    *instants: datetime,
    state: str = "sent",
    purpose: str = "marketing",
    session: str | None = None,
) -> None:
    """Writes a decision and a reservation an instant."""
    for at in instants:
        decision = await decide(pool, person, "send", "eligible", at=at, channel=channel, purpose=purpose)
        await pool.execute(
            "INSERT INTO reservations (decision_id, profile_id, channel, purpose, priority, session_id, state, "
            "reserved_at, exposed_at, updated_at) VALUES ($1, $2, $3, $4, 50, $5, $6, $7, $7, $7)",
            decision,
            person.profile_id,
            channel,
            purpose,
            session,
            state,
            at,
        )


async def hold(pool: Pool, person: Enrolled, reason: str, *, at: datetime, until: datetime | None) -> None:
    """Writes a decision to defer, and the hold that it led to."""
    decision = await decide(pool, person, "defer", reason, at=at, channel="email", until=until)
    await pool.execute(
        "INSERT INTO deferrals (run_id, step, decision_id, profile_id, message, channel, reason, purpose, priority, "
        "next_eligible_at, deferred_at) "
        "VALUES ($1, 'cart_reminder', $2, $3, 'cart_reminder', 'email', $4, 'marketing', 50, $5, $6)",
        person.run_id,
        decision,
        person.profile_id,
        reason,
        until,
        at,
    )


async def end(pool: Pool, person: Enrolled, state: str, *, at: datetime) -> None:
    """Ends a run."""
    await pool.execute(
        "UPDATE journey_runs SET state = $2, reason = 'Order Completed', ended_at = $3 WHERE id = $1",
        person.run_id,
        state,
        at,
    )
