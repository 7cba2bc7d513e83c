"""A person's wishes by another way than an event, in one transaction; waiting messages hear of them at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from fermata.database import Connection, Pool, new_id
from fermata.ingest.leaving import follow_changes
from fermata.ingest.wakes import wakes
from fermata.ledger import reconsider_waiting
from fermata.profiles import Profile, save
from fermata.profiles.by_id import lock, strongest_name
from fermata.profiles.consent import Statement
from fermata.profiles.consent_entry import ConsentEntry, region_in_words
from fermata.profiles.consent_log import append, settle
from fermata.profiles.preferences import PreferencesChange, preferring
from fermata.vocabulary import Channel, Consent, ConsentPurpose


class Word(NamedTuple):
    """What somebody says on one matter.

    Args:
        channel, purpose, status: On what, and yes or no.
        said_at: When, aware.
    """

    channel: Channel
    purpose: ConsentPurpose
    status: Consent
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Provenance:
    """How we know that they said it.

    Args:
        source: By which way it came: a ``ConsentSource``, or in the caller's words.
        region: Whose law held, where the caller knows; else what the profile tells.
        message_id: Says which word it is: the same again adds nothing and changes nothing.
        evidence: What shows that it was said.
    """

    source: str
    region: str | None = None
    message_id: str | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)


async def state_consent(
    pool: Pool,
    profile_id: UUID,
    words: Sequence[Word],
    provenance: Provenance,
    now: datetime,
    *,
    also: PreferencesChange | None = None,
) -> Profile:
    """Records what somebody said on consent, and has their waiting messages decided again where that changes anything.

    Args:
        pool: Where to.
        profile_id: Whose; the id of one that was merged leads to the survivor.
        words: At least one.
        provenance: How we know.
        now: The instant, aware.
        also: What they prefer by the same word; passed over where the word is on record already.

    Returns:
        The person, with what holds now.

    Raises:
        NotFound: There is no such profile.
    """
    async with pool.acquire() as connection, connection.transaction():
        return await say(connection, await lock(connection, profile_id), words, provenance, now, also=also)


async def say(
    connection: Connection,
    before: Profile,
    words: Sequence[Word],
    provenance: Provenance,
    now: datetime,
    *,
    also: PreferencesChange | None = None,
) -> Profile:
    """As ``state_consent``, in a transaction that does more than this.

    Args:
        connection: Inside a transaction that holds the profile's row.
        before: The profile as it is stored.
        words, provenance, now, also: As of ``state_consent``.
    """
    entries = await _entries(connection, before, words, provenance, now)
    if not await append(connection, entries, now):
        return before
    after = before
    if also is not None:
        after = preferring(before, also, now)
        await save(connection, [after], now)
    settled = await settle(connection, [before.id], now)
    after = replace(after, consent=settled[before.id].consent)
    await _tell(connection, before, after, now)
    return after


async def prefer(pool: Pool, profile_id: UUID, change: PreferencesChange, now: datetime) -> Profile:
    """Changes what somebody prefers, and has their waiting messages decided again where that changes anything.

    Args:
        pool: Where to.
        profile_id: Whose; the id of one that was merged leads to the survivor.
        change: What is to be otherwise.
        now: The instant, aware.

    Returns:
        The person, with what holds now.

    Raises:
        NotFound: There is no such profile.
    """
    async with pool.acquire() as connection, connection.transaction():
        before = await lock(connection, profile_id)
        after = preferring(before, change, now)
        await save(connection, [after], now)
        await _tell(connection, before, after, now)
    return after


async def _entries(
    connection: Connection, profile: Profile, words: Sequence[Word], provenance: Provenance, now: datetime
) -> list[ConsentEntry]:
    name = await strongest_name(connection, profile.id)
    stated_as = str(name) if name is not None else f"profile_id:{profile.id}"
    return [
        ConsentEntry(
            id=new_id(),
            profile_id=profile.id,
            statement=Statement(word.channel, word.purpose, word.status, word.said_at, stated_as),
            source=provenance.source,
            region=provenance.region or region_in_words(profile),
            recorded_at=now,
            message_id=provenance.message_id,
            evidence=provenance.evidence,
        )
        for word in words
    ]


async def _tell(connection: Connection, before: Profile, after: Profile, now: datetime) -> None:
    await follow_changes(connection, {before.id: before}, {after.id: after}, now)
    woken = wakes({before.id: before}, {after.id: after})
    if woken:
        await reconsider_waiting(connection, woken.facts_changed, woken.visits_begun, now)
