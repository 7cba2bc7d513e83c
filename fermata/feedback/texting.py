"""Takes text messages that people write to us: consent, suppressed numbers, and an event for journeys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from fermata.audiences.membership import look_again
from fermata.database import Connection, Pool, Queries, new_id
from fermata.events import IncomingEvent
from fermata.events.message_events import SMS_RECEIVED, UNSUBSCRIBED
from fermata.feedback.keywords import Keyword, answer_in, keyword_in
from fermata.feedback.suppressing import Cause, Place, is_stopped, lift_stop, suppress
from fermata.ingest import Ingest, Receipt
from fermata.ingest.own_event import own_event
from fermata.ingest.wishes import Provenance, Word, say
from fermata.ledger import reconsider_waiting
from fermata.profiles.by_id import strongest_name
from fermata.profiles.consent_entry import ConsentSource
from fermata.profiles.store import read_profile
from fermata.vocabulary import Channel, Consent, ConsentPurpose, FeedbackKind

_QUERIES = Queries("fermata.feedback")
_IN_ANSWER_TO = timedelta(days=7)
"""How long a text is taken for an answer to the last message that its sender got."""
_LONGEST_EVIDENCE = 200


@dataclass(frozen=True, slots=True)
class InboundText:
    """A text message that somebody wrote to us.

    Args:
        source: The provider's name.
        source_id: The provider's id of it: the same again is the same message.
        number: From where, in E.164.
        to: Which of our numbers.
        text: What it says.
        keyword: What the provider has understood already; else it is read from the text.
    """

    source: str
    source_id: str
    number: str
    to: str
    text: str
    keyword: Keyword | None = None


@dataclass(frozen=True, slots=True)
class TextTaken:
    """What became of a text.

    Args:
        keyword: What was asked for by it, or None.
        people: How many profiles have the number.
        duplicate: It was known before: without any effect.
    """

    keyword: Keyword | None
    people: int
    duplicate: bool


@dataclass(frozen=True, slots=True)
class _LastMessage:
    """The last text message that a profile got on the number; without one, nothing is known of it."""

    decision_id: UUID | None
    message: str | None
    journey: str | None


class TextDoor:
    """The way in for text messages.

    A number is an address: what is said from it holds for everybody whose profile has it.

    Args:
        pool: Connections to the database.
        ingest: Where events for journeys go; what follows is written in their transaction.
    """

    def __init__(self, pool: Pool, ingest: Ingest) -> None:
        self._pool = pool
        self._ingest = ingest

    async def take(self, text: InboundText, now: datetime) -> TextTaken:
        """Takes one text; returns after the commit.

        STOP and its like withdraw from marketing by text, suppress the number for everything, and tell journeys
        "Unsubscribed". START takes that back; "yes" means it only to a number that is stopped. All others, HELP
        too, are "SMS Received" to journeys, with the text itself in Postgres alone.

        Args:
            text: What came in.
            now: When, aware.

        Raises:
            Unavailable: Too many others write about the same people at this moment; send it again.
            OSError, asyncpg.PostgresError: Postgres is away (``fermata.database.AWAY``).
        """
        async with self._pool.acquire() as connection:
            keyword = await _keyword(connection, text)
            senders = await _senders(connection, text.number, now)
            events = await _events(connection, text, keyword, senders, now)
        known_before = False

        async def alongside(connection: Connection, receipt: Receipt) -> None:
            del receipt
            nonlocal known_before
            known_before = not await _keep(connection, text, keyword, senders, now)
            if not known_before:
                await _obey(connection, text, keyword, now)

        await self._ingest.accept(events, (), now, alongside=alongside)
        return TextTaken(keyword, len(senders), known_before)


async def _keyword(connection: Connection, text: InboundText) -> Keyword | None:
    keyword = text.keyword or keyword_in(text.text)
    if keyword is Keyword.START and answer_in(text.text) == "yes" and not await is_stopped(connection, text.number):
        return None  # the answer to a question of ours
    return keyword


async def _senders(connection: Connection, number: str, now: datetime) -> Mapping[UUID, _LastMessage]:
    rows = await connection.fetch(_QUERIES["with_number"], number, now - _IN_ANSWER_TO)
    return {row["id"]: _LastMessage(row["decision_id"], row["message"], row["journey"]) for row in rows}


async def _events(
    connection: Connection,
    text: InboundText,
    keyword: Keyword | None,
    senders: Mapping[UUID, _LastMessage],
    now: datetime,
) -> Sequence[IncomingEvent]:
    events = []
    for profile_id, last in senders.items():
        about = await strongest_name(connection, profile_id)
        if about is not None:
            name = UNSUBSCRIBED if keyword is Keyword.STOP else SMS_RECEIVED
            message_id = f"feedback:{text.source}:{text.source_id}:{profile_id}"
            events.append(own_event(name, about, _properties(text, keyword, last), message_id=message_id, at=now))
    return events


def _properties(text: InboundText, keyword: Keyword | None, last: _LastMessage) -> Mapping[str, Any]:
    said = {
        "channel": Channel.SMS.value,
        "provider": text.source,
        "keyword": keyword.value if keyword is not None else answer_in(text.text),
        "message_body": text.text,
        "decision_id": str(last.decision_id) if last.decision_id is not None else None,
        "message_key": last.message,
        "journey": last.journey,
    }
    return {name: value for name, value in said.items() if value is not None}


async def _keep(
    connection: Connection,
    text: InboundText,
    keyword: Keyword | None,
    senders: Mapping[UUID, _LastMessage],
    now: datetime,
) -> bool:
    """Writes down that it came, and answers whether that was not known before."""
    answered = max((each.decision_id for each in senders.values() if each.decision_id is not None), default=None)
    kind = FeedbackKind.UNSUBSCRIBED if keyword is Keyword.STOP else FeedbackKind.REPLIED
    evidence = {"to": text.to, **({"keyword": keyword.value} if keyword is not None else {})}
    row = await connection.fetchval(
        _QUERIES["keep_text"], new_id(), text.source, text.source_id, kind.value, now, answered, text.number, evidence
    )
    return row is not None


async def _obey(connection: Connection, text: InboundText, keyword: Keyword | None, now: datetime) -> None:
    if keyword not in (Keyword.STOP, Keyword.START):
        return
    people = [read_profile(row) for row in await connection.fetch(_QUERIES["lock_with_number"], text.number)]
    if keyword is Keyword.STOP:
        await suppress(connection, [(Place(Channel.SMS, text.number), Cause.STOP_REPLY)], now)
    else:
        await lift_stop(connection, text.number)
    status = Consent.REVOKED if keyword is Keyword.STOP else Consent.GRANTED
    word = Word(Channel.SMS, ConsentPurpose.MARKETING, status, now)
    evidence = {"from": text.number, "to": text.to, "text": text.text[:_LONGEST_EVIDENCE], "told_by": text.source}
    for person in people:
        provenance = Provenance(
            ConsentSource.TEXT_MESSAGE,
            message_id=f"feedback:{text.source}:{text.source_id}:{person.id}",
            evidence=evidence,
        )
        await say(connection, person, [word], provenance, now)
    await reconsider_waiting(connection, [person.id for person in people], (), now)
    await look_again(connection, [person.id for person in people], now)
