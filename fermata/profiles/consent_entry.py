"""An entry of the consent log: a statement with who heard it, where and when, and what shows that it was made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from fermata.policy import ProfileFacts
from fermata.policy.region import region_of
from fermata.profiles.consent import Statement
from fermata.profiles.profile import Profile
from fermata.vocabulary import Channel


class ConsentSource(StrEnum):
    """By which way a statement came. What comes over the API may name a way of its own, such as "paper form"."""

    EVENT = "event"
    IMPORT = "import"
    API = "api"
    UNSUBSCRIBE_LINK = "unsubscribe link"
    PREFERENCE_PAGE = "preference page"
    DOUBLE_OPT_IN = "double opt-in"
    PROVIDER = "provider"
    TEXT_MESSAGE = "text message"
    BEFORE_THE_LOG = "before the log"


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    """One row of the log.

    Args:
        id: Its id here.
        profile_id: Whose.
        statement: What was said.
        source: By which way: a ``ConsentSource``, or in the caller's words.
        region: Whose law held, as far as it was known: ``"US-CA"``.
        recorded_at: When it came in.
        message_id: Of the event or link that said it; the same one again adds nothing.
        evidence: What shows that it was said: ``ip``, ``user_agent``, ``form_url``, ``wording``, and the like.
    """

    id: UUID
    profile_id: UUID
    statement: Statement
    source: str
    region: str | None
    recorded_at: datetime
    message_id: str | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)


def region_in_words(profile: Profile) -> str | None:
    """Whose law holds for the person now, as decisions see it: ``"US-CA"``; None where nothing tells."""
    known = ProfileFacts.model_construct(
        country=profile.country,
        subdivision=profile.subdivision,
        device_country=profile.device_country,
        addresses={Channel.SMS: profile.addresses.get(Channel.SMS.value)},
    )
    region = region_of(known)
    return "-".join(part for part in (region.country, region.subdivision) if part) or None
