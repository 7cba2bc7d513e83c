"""An inbox as it changes: all of it at first, then each card that comes, changes or goes, and the badge's number."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from fermata.channels.inbox import InboxItem, read_item
from fermata.channels.inbox_notices import InboxNotices, Watch
from fermata.channels.inbox_place import Place
from fermata.database import Pool, Queries, survivor_of

_QUERIES = Queries("fermata.channels")

MOST_CARDS = 100
"""The newest cards of an inbox, which a stream is about. Those before them come in pages."""

_LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class WholeInbox:
    """Everything, in place of all that was known.

    Args:
        items: The newest cards, the newest first.
        unread: The number on the badge.
    """

    items: Sequence[InboxItem]
    unread: int


@dataclass(frozen=True, slots=True)
class CardIsNow:
    """A card that came, or is another now."""

    item: InboxItem


@dataclass(frozen=True, slots=True)
class CardIsGone:
    """A card that expired, was dismissed, or gave way to newer ones."""

    id: UUID


@dataclass(frozen=True, slots=True)
class BadgeIsNow:
    """The number on the badge."""

    unread: int


Change = WholeInbox | CardIsNow | CardIsGone | BadgeIsNow


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a stream says.

    Args:
        change: What.
        place: Where the stream stands after it; None in the middle of changes that belong together.
    """

    change: Change
    place: Place | None


@dataclass
class _Seen:
    """What the reader has been told, by card, with the transaction that wrote it."""

    place: Place | None
    cards: dict[UUID, int] = field(default_factory=dict)
    unread: int | None = None


@dataclass(frozen=True)
class _Look:
    place: Place
    cards: Mapping[UUID, tuple[InboxItem, int]]
    unread: int
    next_expiry: datetime | None


def _now() -> datetime:
    return datetime.now(UTC)


async def follow(
    pool: Pool,
    notices: InboxNotices,
    watch: Watch,
    *,
    after: Place | None = None,
    until: datetime | None = None,
    clock: Callable[[], datetime] = _now,
) -> AsyncIterator[Told]:
    """Tells of an inbox for as long as somebody reads. A profile that is merged is followed to its survivor.

    Args:
        pool: The pool to read by.
        notices: What wakes it.
        watch: Whose inbox; it was begun before this is called, so nothing falls in between.
        after: Where an earlier stream of the same reader stood: it goes on from there, and nothing is lost.
        until: When it ends (aware); None for never.
        clock: What decides on expiry.

    Raises:
        OSError, asyncpg.PostgresError: Postgres is away (``fermata.database.AWAY``); the reader comes again.
    """
    seen = _Seen(after)
    while not notices.closed:
        watch.changed.clear()
        now = clock()
        if until is not None and now >= until:
            return
        look = await _look(pool, watch.profile_id, now)
        if look is None:
            survivor = await survivor_of(pool, watch.profile_id)
            if survivor is None:
                yield Told(WholeInbox((), 0), None)  # erased: nothing is left to show
                return
            notices.move(watch, survivor)
            continue
        for told in await _changes(pool, seen, look):
            yield told
        ends = [each for each in (look.next_expiry, until, clock() + _LONGEST_WAIT) if each is not None]
        await _wait(watch.changed, min(ends) - clock())


async def _look(pool: Pool, profile_id: UUID, now: datetime) -> _Look | None:
    # As of one moment: a card that comes in between would be shown, and not be counted.
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        mark = await connection.fetchrow(_QUERIES["mark"], profile_id, now)
        if not mark["there"]:
            return None
        rows = await connection.fetch(_QUERIES["visible_cards"], profile_id, now, MOST_CARDS)
    cards = {row["id"]: (_item(row), row["changed_in"]) for row in rows}
    return _Look(Place(profile_id, mark["mark"], now), cards, mark["unread"], mark["next_expiry"])


async def _changes(pool: Pool, seen: _Seen, look: _Look) -> list[Told]:
    """What to say, so that who has been told what was seen knows what is to be seen now."""
    before = seen.place
    # A mark from the future is one of another database, such as a restored one.
    if before is None or before.profile_id != look.place.profile_id or before.mark > look.place.mark:
        changes: list[Change] = [WholeInbox([item for item, _ in look.cards.values()], look.unread)]
    else:
        if seen.unread is None:  # a new stream of a reader who has seen the inbox before
            seen.cards = {card: written for card, (_, written) in look.cards.items() if written < before.mark}
            seen.cards |= dict.fromkeys(await _vanished(pool, before, look.place), 0)
        changes = [CardIsGone(card) for card in seen.cards if card not in look.cards]
        oldest_first = reversed(list(look.cards.items()))
        changes += [CardIsNow(item) for card, (item, written) in oldest_first if seen.cards.get(card) != written]
        if changes or seen.unread != look.unread:
            changes.append(BadgeIsNow(look.unread))
    seen.place = look.place
    seen.cards = {card: written for card, (_, written) in look.cards.items()}
    seen.unread = look.unread
    # Only the last one says where the stream stands: a reader who is cut off before it is told all of them again.
    last = len(changes) - 1
    return [Told(change, look.place if number == last else None) for number, change in enumerate(changes)]


async def _vanished(pool: Pool, before: Place, now: Place) -> list[UUID]:
    rows = await pool.fetch(_QUERIES["vanished_cards"], now.profile_id, before.mark, before.at, now.at)
    return [row["id"] for row in rows]


def _item(row: asyncpg.Record) -> InboxItem:
    return read_item({name: value for name, value in row.items() if name != "changed_in"})


async def _wait(changed: asyncio.Event, at_most: timedelta) -> None:
    try:
        await asyncio.wait_for(changed.wait(), timeout=max(at_most.total_seconds(), 0.0))
    except TimeoutError:
        return
