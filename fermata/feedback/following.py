"""What follows from words on messages, in one transaction: states, suppressed addresses, withdrawn consent."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from fermata.audiences.membership import look_again
from fermata.database import Connection, Queries, new_id
from fermata.feedback.sends import Heard, Send
from fermata.feedback.states import after
from fermata.feedback.suppressing import Cause, Place, SoftBounces, given_up, suppress
from fermata.feedback.word import Bounce, Feedback
from fermata.ingest.wishes import Provenance, Word, say
from fermata.ledger import reconsider_waiting
from fermata.profiles import Overtaken, Profile
from fermata.profiles.consent_entry import ConsentSource
from fermata.profiles.store import read_profile
from fermata.vocabulary import Consent, ConsentPurpose, DeliveryState, FeedbackKind

_QUERIES = Queries("fermata.feedback")


async def follow(connection: Connection, heard: Sequence[Heard], limit: SoftBounces, now: datetime) -> list[Heard]:
    """Writes words down and does what follows from those that were not known before.

    Args:
        connection: Inside a transaction.
        heard: Each word once.
        limit: How often an address may bounce for the moment.
        now: The instant.

    Returns:
        The words that were not known before.

    Raises:
        Overtaken: One of the people has just become part of another: roll back and begin again.
    """
    people = await _people(connection, {each.send.decision_id for each in heard if each.send is not None})
    fresh = await _keep(connection, heard, now)
    known = [(each.word, each.send) for each in fresh if each.send is not None]
    if known:
        await _move(connection, known, now)
        await _suppress(connection, known, people.values(), limit, now)
        await _withdraw(connection, known, people, now)
    return fresh


async def _people(connection: Connection, decisions: Collection[UUID]) -> dict[UUID, Profile]:
    """The people of decisions, by decision, their rows locked."""
    rows = await connection.fetch(_QUERIES["lock_profiles"], sorted(decisions))
    locked = {row["id"]: read_profile(row) for row in rows}
    owners = {row["id"]: row["profile_id"] for row in await connection.fetch(_QUERIES["owners"], sorted(decisions))}
    if not locked.keys() >= set(owners.values()):
        raise Overtaken
    return {decision: locked[owner] for decision, owner in owners.items()}


async def _keep(connection: Connection, heard: Sequence[Heard], now: datetime) -> list[Heard]:
    """Writes the words down, and returns those that were not known before."""
    words, sends = [each.word for each in heard], [each.send for each in heard]
    bounced = [word.bounce is not None for word in words]
    rows = await connection.fetch(
        _QUERIES["keep"],
        [new_id() for _ in words],
        [word.source for word in words],
        [word.source_id for word in words],
        [word.kind.value for word in words],
        [min(word.occurred_at, now) for word in words],
        [send.decision_id if send is not None else None for send in sends],
        [word.decision_id for word in words],
        [word.dedupe_key for word in words],
        [word.provider for word in words],
        [word.provider_message_id for word in words],
        [send.channel.value if send is not None else None for send in sends],
        [send.address if send is not None and back else None for send, back in zip(sends, bounced, strict=True)],
        [word.bounce.value if word.bounce is not None else None for word in words],
        [word.machine for word in words],
        [word.link_url for word in words],
        [word.detail for word in words],
        [dict(word.evidence) for word in words],
        now,
    )
    new = {(row["source"], row["source_id"]) for row in rows}
    return [each for each in heard if each.word.name in new]


async def _move(connection: Connection, known: Sequence[tuple[Feedback, Send]], now: datetime) -> None:
    decisions = sorted({send.decision_id for _, send in known})
    rows = await connection.fetch(_QUERIES["lock_states"], decisions)
    before = {row["decision_id"]: DeliveryState(row["state"]) for row in rows}
    states, first = dict(before), dict.fromkeys(before, now)
    for word, send in known:
        states[send.decision_id] = after(states[send.decision_id], word.kind)
        first[send.decision_id] = min(first[send.decision_id], word.occurred_at)
    moved = [decision for decision in decisions if states[decision] is not before[decision]]
    if moved:
        reached = [states[decision].value for decision in moved]
        await connection.execute(_QUERIES["move"], moved, reached, [first[decision] for decision in moved], now)


async def _suppress(
    connection: Connection,
    known: Sequence[tuple[Feedback, Send]],
    people: Collection[Profile],
    limit: SoftBounces,
    now: datetime,
) -> None:
    addressed = [(word, Place(send.channel, send.address)) for word, send in known if send.address is not None]
    causes = [(place, cause) for word, place in addressed if (cause := _cause(word)) is not None]
    soft = {place for word, place in addressed if word.bounce is Bounce.SOFT}
    if soft:
        causes += [(place, Cause.SOFT_BOUNCES) for place in await given_up(connection, soft, limit)]
    if not causes:
        return
    changed = await suppress(connection, causes, now)
    woken = {
        person.id
        for person in people
        if any(person.addresses.get(place.channel.value) == place.address for place in changed)
    }
    if woken:
        await reconsider_waiting(connection, sorted(woken), (), now)
        await look_again(connection, woken, now)


async def _withdraw(
    connection: Connection,
    known: Sequence[tuple[Feedback, Send]],
    people: Mapping[UUID, Profile],
    now: datetime,
) -> None:
    """Puts unsubscriptions on the log of consent, as the words of the people that they are."""
    latest = {person.id: person for person in people.values()}
    for word, send in known:
        if word.kind is not FeedbackKind.UNSUBSCRIBED:
            continue
        person = latest[people[send.decision_id].id]
        provenance = Provenance(
            ConsentSource.PROVIDER,
            message_id=f"feedback:{word.source}:{word.source_id}",
            evidence={**word.evidence, "told_by": word.source, "decision_id": str(send.decision_id)},
        )
        no = Word(send.channel, ConsentPurpose.MARKETING, Consent.REVOKED, min(word.occurred_at, now))
        latest[person.id] = await say(connection, person, [no], provenance, now)


def _cause(word: Feedback) -> Cause | None:
    if word.kind is FeedbackKind.COMPLAINED:
        return Cause.COMPLAINT
    return Cause.HARD_BOUNCE if word.bounce is Bounce.HARD else None
