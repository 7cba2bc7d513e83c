"""People for tests: a profile with its facts, an event and a run, written straight into the tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fermata.database import Pool, new_id
from fermata.journeys import Entry, JourneyEvent, Message
from fermata.ledger import Attempt
from fermata.vocabulary import Channel

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
"""A Wednesday, no holiday, no change of clocks near."""

GRANTED = {channel: {"marketing": "granted"} for channel in ("email", "sms", "push")}
ADDRESSES = {"email": "ada@example.com", "sms": "+442071838750", "push": "token-of-ada"}


def zone_where_it_is(hour: int) -> str:
    """A zone, without summer time, in which the present hour of the day is this one."""
    offset = (hour - datetime.now(UTC).hour) % 24
    offset = offset - 24 if offset > 14 else offset
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/UTC"


@dataclass(frozen=True)
class Enrolled:
    """A profile with an active run."""

    profile_id: UUID
    run_id: UUID
    journey: str
    trigger: JourneyEvent

    @property
    def entry(self) -> Entry:
        """What the run is started with."""
        return Entry(run_id=self.run_id, journey=self.journey, profile_id=self.profile_id, trigger=self.trigger)

    @property
    def workflow_id(self) -> str:
        """The run's id in Temporal."""
        return f"{self.journey}/{self.profile_id}"

    def attempt(self, step: str = "hello", *, channels: tuple[str, ...] = ("email",), **changes: Any) -> Attempt:
        """An attempt to send a message of this run."""
        message = Message(key="hello", channels=tuple(Channel(name) for name in channels))
        values: dict[str, Any] = {
            "run_id": self.run_id,
            "profile_id": self.profile_id,
            "journey": self.journey,
            "message": message,
            "step": step,
            "visit": 1,
            "dedupe_key": f"{self.workflow_id}:first:{step}:{changes.get('visit', 1)}",
            "priority": 50,
            "asked_at": NOON,
        }
        return Attempt(**{**values, **changes})


async def enrol(
    pool: Pool,
    *,
    journey: str = "cart_recovery",
    at: datetime = NOON,
    time_zone: str | None = "Europe/London",
    country: str | None = "GB",
    subdivision: str | None = None,
    addresses: Mapping[str, str] = ADDRESSES,
    consent: Mapping[str, Mapping[str, str]] = GRANTED,
    quiet_hours: Mapping[str, str] | None = None,
    trigger: str = "Product Added",
) -> Enrolled:
    """Writes a profile, its trigger event and an active run."""
    profile_id, run_id, event_id = new_id(), new_id(), new_id()
    await pool.execute(
        "INSERT INTO profiles (id, created_at, updated_at, time_zone, country, subdivision, addresses, consent,"
        " quiet_hours, traits) VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9)",
        profile_id,
        at,
        time_zone,
        country,
        subdivision,
        dict(addresses),
        {channel: dict(purposes) for channel, purposes in consent.items()},
        dict(quiet_hours) if quiet_hours else None,
        {"first_name": "Ada"},
    )
    await _record_consent(pool, profile_id, consent, at)
    await store_event(pool, profile_id, trigger, at, event_id=event_id)
    await pool.execute(
        "INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, started_at)"
        " VALUES ($1, $2, $3, $4, $5, 'active', $6)",
        run_id,
        journey,
        profile_id,
        f"{journey}/{profile_id}",
        event_id,
        at,
    )
    event = JourneyEvent(id=event_id, name=trigger, occurred_at=at, properties={"product_id": "p1"})
    return Enrolled(profile_id, run_id, journey, event)


async def _record_consent(pool: Pool, profile_id: UUID, consent: Mapping[str, Mapping[str, str]], at: datetime) -> None:
    """Puts on record what the profile says, so that what it says later comes on top of it."""
    said = [(channel, purpose, status) for channel, purposes in consent.items() for purpose, status in purposes.items()]
    await pool.executemany(
        "INSERT INTO consent_log"
        " (id, profile_id, channel, purpose, status, source, occurred_at, recorded_at, stated_as)"
        " VALUES ($1, $2, $3, $4, $5, 'api', $6, $6, $7)",
        [(new_id(), profile_id, *word, at, f"profile_id:{profile_id}") for word in said],
    )


async def store_event(
    pool: Pool, profile_id: UUID, name: str, at: datetime, *, event_id: UUID | None = None
) -> JourneyEvent:
    """Writes an event of a profile."""
    event = JourneyEvent(id=event_id or new_id(), name=name, occurred_at=at)
    await pool.execute(
        "INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, properties)"
        " VALUES ($1, $2, 'track', $3, $4, $5, $5, $6)",
        event.id,
        str(event.id),
        name,
        profile_id,
        at,
        {"product_id": "p1", "name": "Trail shoe", "price": 89.5, "currency": "EUR"},
    )
    return event


async def enrol_again(pool: Pool, person: Enrolled, journey: str, *, at: datetime = NOON) -> Enrolled:
    """Writes another run of the same person."""
    run_id = new_id()
    await pool.execute(
        "INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, started_at)"
        " VALUES ($1, $2, $3, $4, $5, 'active', $6)",
        run_id,
        journey,
        person.profile_id,
        f"{journey}/{person.profile_id}",
        person.trigger.id,
        at,
    )
    return Enrolled(person.profile_id, run_id, journey, person.trigger)
