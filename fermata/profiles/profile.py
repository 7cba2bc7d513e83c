"""A profile as the door reads and writes it: a row of ``profiles``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from fermata.profiles.session import Session


@dataclass(frozen=True, slots=True)
class Profile:
    """A person, and the facts that a decision is made on.

    Args:
        id: Here; a person's names elsewhere are its identities.
        time_zone: IANA name, or None where it is not known.
        country: ISO 3166-1, two letters.
        subdivision: ISO 3166-2 without the country, for example ``"NY"``.
        device_time_zone: IANA name that the person's device reported last.
        device_country: Where that device was, two letters.
        locale: For example ``"fr-FR"``.
        addresses: By channel.
        consent: By channel and purpose: ``granted`` or ``revoked``.
        traits: All other traits.
        quiet_hours: The person's own: ``{"start": "22:00", "end": "07:00"}``, local time.
        do_not_disturb: Silence with no end.
        do_not_disturb_until: Silence until an instant.
        topics: What the person wants to hear of, and what not.
        preferred_channels: Those that the person likes best, the best first.
        session: The latest visit.
        facts_at: When each fact was last stated, in microseconds since 1970, by column and name: ``"addresses.email"``;
            of consent, the latest instant that bears on it: ``"consent"``.
    """

    id: UUID
    time_zone: str | None = None
    country: str | None = None
    subdivision: str | None = None
    device_time_zone: str | None = None
    device_country: str | None = None
    locale: str | None = None
    addresses: Mapping[str, str] = field(default_factory=dict)
    consent: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    traits: Mapping[str, Any] = field(default_factory=dict)
    quiet_hours: Mapping[str, str] | None = None
    do_not_disturb: bool = False
    do_not_disturb_until: datetime | None = None
    topics: Mapping[str, bool] = field(default_factory=dict)
    preferred_channels: Sequence[str] = ()
    session: Session | None = None
    facts_at: Mapping[str, int] = field(default_factory=dict)
