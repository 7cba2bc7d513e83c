"""Reads what a decision is made on, in the transaction that holds the profile's row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from fermata.database import Connection, Queries, survivor_of
from fermata.errors import NoSuchProfile
from fermata.journeys import SALT, GlobalHoldout
from fermata.ledger.attempt import Attempt
from fermata.ledger.holdouts import held_out_by
from fermata.policy import Eligibility, Facts
from fermata.segments import explain
from fermata.vocabulary import Reason

_QUERIES = Queries("fermata.ledger")

SESSION = timedelta(minutes=30)
"""A session is active until this long after the person was last seen (the web analytics convention)."""

OVERDUE = timedelta(minutes=10)
"""A deferral that is decided again this long after its time is late; after that nobody reckons with it."""


@dataclass(frozen=True)
class Known:
    """What the ledger knows at the moment of an attempt.

    Args:
        attempt: As it was asked, for the profile that the person is now.
        facts: For the policy.
        addresses: By channel, as they are on the profile now.
        policy: The version of the policy in force.
        recorded: The decision that this very attempt had before, or None.
    """

    attempt: Attempt
    facts: Facts
    addresses: dict[str, str]
    policy: str
    recorded: dict[str, Any] | None


async def lock_and_read(
    connection: Connection, attempt: Attempt, at: datetime, horizon: timedelta, holdout: GlobalHoldout
) -> Known:
    """Locks the profile and reads the facts.

    Args:
        connection: Inside a transaction.
        attempt: What is asked.
        at: The instant of the decision.
        horizon: How far back an exposure can matter to the policy.
        holdout: Whom no marketing reaches.

    Raises:
        NoSuchProfile: There is no such profile.
    """
    profile = await connection.fetchrow(_QUERIES["lock_profile"], attempt.profile_id)
    if profile is None:
        return await lock_and_read(connection, await _of_survivor(connection, attempt), at, horizon, holdout)
    if "sms" in profile["addresses"]:
        await connection.execute(_QUERIES["lock_address"], profile["addresses"]["sms"])
    known = await _read(connection, attempt, profile["addresses"], at, horizon, holdout)
    stop = _ended(known["run"]) or await held_out_by(connection, attempt, known["draws"], holdout, at)
    facts = Facts.model_validate(
        {
            "at": at,
            "message": _message(attempt),
            "profile": {**_person(profile, at), "suppressed": known["suppressed"]},
            "exposures": known["exposures"],
            "address_exposures": known["address_exposures"],
            "waiting": known["waiting"],
            "stop": stop or _goal_met(known["run"]),
            "eligibility": await _eligibility(connection, attempt, at),
            "blocked": {failure.channel: failure.reason for failure in attempt.failures},
        }
    )
    return Known(attempt, facts, profile["addresses"], known["policy"], known["recorded"])


async def _read(
    connection: Connection,
    attempt: Attempt,
    addresses: dict[str, str],
    at: datetime,
    horizon: timedelta,
    holdout: GlobalHoldout,
) -> Mapping[str, Any]:
    known: Mapping[str, Any] = await connection.fetchrow(
        _QUERIES["read_facts"],
        attempt.profile_id,
        attempt.dedupe_key,
        attempt.run_id,
        attempt.goal,
        at - horizon,
        attempt.step,
        addresses,
        _last_failed(attempt),
        at - OVERDUE,
        attempt.expires_at,
        attempt.key,
        holdout.salt,
        attempt.journey,
        SALT,
    )
    return known


def _message(attempt: Attempt) -> dict[str, Any]:
    message = attempt.message
    return {
        "key": message.key,
        "purpose": message.purpose,
        "channels": message.channels,
        "priority": attempt.priority,
        "expires_at": attempt.expires_at,
        "when_capped": message.when_capped,
        "topic": message.topic,
        "keeps_order": message.keeps_order,
        "spread_over": message.spread_over,
    }


def _person(profile: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    seen = profile["session_seen_at"]
    return {
        "id": str(profile["id"]),
        "timezone": profile["time_zone"],
        "country": profile["country"],
        "subdivision": profile["subdivision"],
        "device_timezone": profile["device_time_zone"],
        "device_country": profile["device_country"],
        "addresses": profile["addresses"],
        "consent": profile["consent"],
        "quiet_hours": profile["quiet_hours"],
        "do_not_disturb": profile["do_not_disturb"],
        "do_not_disturb_until": profile["do_not_disturb_until"],
        "topics": profile["topics"],
        "preferred_channels": profile["preferred_channels"],
        "active_session": profile["session_id"] if seen is not None and at - seen < SESSION else None,
    }


async def _of_survivor(connection: Connection, attempt: Attempt) -> Attempt:
    survivor = await survivor_of(connection, attempt.profile_id)
    if survivor is None:
        raise NoSuchProfile(f"no profile has the id {attempt.profile_id}")
    return attempt.model_copy(update={"profile_id": survivor})


def _last_failed(attempt: Attempt) -> UUID | None:
    return attempt.failures[-1].decision_id if attempt.failures else None


def _ended(run: dict[str, Any] | None) -> Reason | None:
    if run is not None and not run["ended"]:
        return None
    reason = run["reason"] if run is not None else None
    return Reason(reason) if reason in (Reason.PROFILE_MERGED, Reason.PROFILE_ERASED) else Reason.JOURNEY_STOPPED


def _goal_met(run: dict[str, Any] | None) -> Reason | None:
    return Reason.GOAL_MET if run is not None and run["goal_met"] else None


async def _eligibility(connection: Connection, attempt: Attempt, at: datetime) -> Eligibility | None:
    """Whether the message is for this person, by a statement of its own; none where it is for everybody."""
    segment = attempt.message.eligible
    if segment is None:
        return None
    seen = await explain(connection, segment, attempt.profile_id, at)
    return Eligibility(holds=seen.holds, why=seen.text)
