"""What an event says on consent, and what that comes to where it is simply the latest word."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from fermata.database import new_id
from fermata.events import IncomingEvent, Mark
from fermata.profiles.consent import Statement
from fermata.profiles.consent_entry import ConsentEntry, ConsentSource, region_in_words
from fermata.profiles.consent_log import microseconds
from fermata.profiles.identity import Anchor, IdentityKind, identities_of
from fermata.profiles.profile import Profile

CONSENT = "consent"
"""Where ``profiles.facts_at`` keeps the latest instant that bears on consent."""


def entries_of(event: IncomingEvent, profile: Profile, now: datetime) -> list[ConsentEntry]:
    """What goes into the log of what the event says; most events say nothing.

    Args:
        event: Of this person's.
        profile: After the event: it tells whose law held.
        now: When it came in.
    """
    if not event.traits.consent:
        return []
    source = ConsentSource.IMPORT if Mark.HISTORICAL in event.marks else ConsentSource.EVENT
    region, evidence = region_in_words(profile), _evidence(event.context)
    return [
        ConsentEntry(new_id(), profile.id, statement, source, region, now, event.message_id, evidence)
        for statement in _statements(event)
    ]


def is_plainly_the_latest(event: IncomingEvent, profile: Profile, anchor: Anchor | None) -> bool:
    """Whether what the event says replaces what was said before, whatever that was.

    So it does under a user id that is the person's only one, later than all that bears on their consent. What is said
    under any other name depends on when that name became theirs: the log tells.

    Args:
        event: Of this person's.
        profile: As it is without what the event says on consent.
        anchor: What holds the strongest name of the event.
    """
    if identities_of(event)[0].kind is not IdentityKind.USER_ID:
        return False
    if anchor is not None and anchor.kind is IdentityKind.USER_ID:
        return False
    newest = profile.facts_at.get(CONSENT)
    return newest is None or microseconds(event.occurred_at) > newest


def with_the_latest(profile: Profile, statements: Sequence[Statement]) -> Profile:
    """The profile once statements, all of one instant, have replaced what was said before on the same matters."""
    consent = {channel: dict(purposes) for channel, purposes in profile.consent.items()}
    for statement in statements:
        consent.setdefault(statement.channel.value, {})[statement.purpose.value] = statement.status.value
    newest = microseconds(statements[0].occurred_at)
    return replace(profile, consent=consent, facts_at={**profile.facts_at, CONSENT: newest})


def _statements(event: IncomingEvent) -> Iterator[Statement]:
    stated_as = str(identities_of(event)[0])
    for channel, purposes in (event.traits.consent or {}).items():
        for purpose, status in purposes.items():
            yield Statement(channel, purpose, status, event.occurred_at, stated_as)


def _evidence(context: Mapping[str, Any]) -> dict[str, Any]:
    """What the context tells of where it was said, in the words of the Segment spec."""
    page = context.get("page")
    told = {
        "ip": context.get("ip"),
        "user_agent": context.get("userAgent"),
        "form_url": page.get("url") if isinstance(page, Mapping) else None,
    }
    return {name: value for name, value in told.items() if isinstance(value, str) and value}
