"""Decides an attempt and takes the slot, in one transaction: lock, read, decide, record, reserve or defer."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fermata.database import Connection, Pool, Queries, new_id
from fermata.journeys import NOBODY, GlobalHoldout
from fermata.ledger.attempt import Attempt, RecordedDecision
from fermata.ledger.facts import Known, lock_and_read
from fermata.ledger.frequency_cut import cut_where_capped
from fermata.ledger.policy_shelf import Policies
from fermata.ledger.reconsider import reconsider
from fermata.policy import Policy, SendDecision, TraceEntry, decide
from fermata.policy.horizon import horizon
from fermata.vocabulary import Action, Channel

_QUERIES = Queries("fermata.ledger")


async def decide_and_reserve(
    pool: Pool, policies: Policies, attempt: Attempt, at: datetime, holdout: GlobalHoldout = NOBODY
) -> RecordedDecision:
    """Decides whether, when and how a message reaches a person, and writes it down before anybody acts on it.

    A send has its slot reserved in the same transaction, and the reservation counts at once, so no number of
    simultaneous attempts can exceed a cap. The same dedupe key again returns the same decision and changes nothing.

    Args:
        pool: Connections to the ledger's database.
        policies: What this process knows of the policies; the one in force is read in the transaction.
        attempt: What is asked.
        at: The instant of the decision, aware.
        holdout: Whom no marketing reaches.

    Raises:
        NotFound: There is no such profile.
        ConfigurationError: No policy is in force.
    """
    async with pool.acquire() as connection, connection.transaction():
        policy, known = await _read(connection, policies, attempt, at, holdout)
        attempt = known.attempt
        zone = known.facts.profile.timezone or known.facts.profile.device_timezone
        if known.recorded is not None:
            return _told(RecordedDecision.model_validate(known.recorded), zone)
        decision = decide(known.facts, policy)
        identifier = new_id()
        await _record(connection, identifier, attempt, known, decision)
        if decision.action is Action.SEND:
            await _reserve(connection, identifier, attempt, known, decision)
        elif decision.action is Action.DEFER:
            await _defer(connection, identifier, attempt, known, decision)
        if Channel.ADS in attempt.message.channels:
            await cut_where_capped(connection, attempt.profile_id, decision, at)
        if decision.action is Action.DROP and attempt.visit > 1:
            # It may have waited for a slot that others have left to it.
            await reconsider(connection, attempt.profile_id, at, but=(attempt.run_id, attempt.step))
    told = RecordedDecision(
        id=identifier,
        action=decision.action,
        reason=decision.reason,
        channel=decision.channel,
        next_eligible_at=decision.next_eligible_at,
    )
    return _told(told, zone)


async def _read(
    connection: Connection, policies: Policies, attempt: Attempt, at: datetime, holdout: GlobalHoldout
) -> tuple[Policy, Known]:
    """Reads the facts, and in the same statement which policy is in force.

    How far back the facts must go depends on the policy. So they are read for the one seen last, and read again in the
    rare case that another has been activated since.
    """
    version, policy = await policies.last_seen(connection)
    while True:
        known = await lock_and_read(connection, attempt, at, horizon(policy), holdout)
        if known.policy == version:
            return policy, known
        version, policy = await policies.take(connection, known.policy)


async def _record(
    connection: Connection, identifier: UUID, attempt: Attempt, known: Known, decision: SendDecision
) -> None:
    failure = attempt.failures[-1] if attempt.failures else None
    await connection.execute(
        _QUERIES["record_decision"],
        identifier,
        attempt.dedupe_key,
        attempt.profile_id,
        attempt.run_id,
        attempt.journey,
        attempt.message.key,
        attempt.step,
        attempt.visit,
        attempt.message.purpose,
        attempt.priority,
        decision.action,
        decision.reason,
        decision.channel,
        decision.next_eligible_at,
        known.facts.at,
        decision.policy,
        known.facts.model_dump(mode="json", exclude_none=True),
        [_lean(entry) for entry in decision.trace],
        failure.decision_id if failure else None,
        failure.reason if failure else None,
    )


async def _reserve(
    connection: Connection, identifier: UUID, attempt: Attempt, known: Known, decision: SendDecision
) -> None:
    await connection.execute(
        _QUERIES["reserve"],
        identifier,
        attempt.profile_id,
        decision.channel,
        known.addresses.get(decision.channel or ""),
        attempt.message.purpose,
        attempt.priority,
        attempt.message.topic,
        known.facts.profile.active_session,
        known.facts.at,
    )


async def _defer(
    connection: Connection, identifier: UUID, attempt: Attempt, known: Known, decision: SendDecision
) -> None:
    await connection.execute(
        _QUERIES["defer"],
        attempt.run_id,
        attempt.step,
        identifier,
        attempt.profile_id,
        attempt.message.key,
        decision.channel,
        decision.reason,
        attempt.message.purpose,
        attempt.message.topic,
        attempt.priority,
        decision.next_eligible_at,
        known.facts.at,
        attempt.expires_at,
    )


def _lean(entry: TraceEntry) -> dict[str, Any]:
    """An entry without what it does not say: most have few of the fields, and every decision is kept."""
    return {name: value for name, value in vars(entry).items() if value is not None}


def _told(decision: RecordedDecision, zone: str | None) -> RecordedDecision:
    if decision.next_eligible_at is None:
        return decision
    local = decision.next_eligible_at.astimezone(ZoneInfo(zone or "UTC"))
    return decision.model_copy(update={"local_time": f"{local:%a %H:%M} {zone or 'UTC'}"})
