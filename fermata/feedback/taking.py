"""Takes feedback: each word once, and in one transaction with it the event for journeys and all that follows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from fermata.database import Connection, Pool
from fermata.events import IncomingEvent
from fermata.feedback.following import follow
from fermata.feedback.sends import Heard, sends_of, waiting
from fermata.feedback.suppressing import SoftBounces
from fermata.feedback.telling import event_of
from fermata.feedback.word import Feedback, Taken
from fermata.ingest import Ingest, Receipt
from fermata.profiles import Identity
from fermata.profiles.by_id import strongest_name

_AT_ONCE = 200
"""Words in one transaction: it holds the rows of all their people."""
_DEFAULT = SoftBounces()


class FeedbackDoor:
    """The way in for feedback.

    Args:
        pool: Connections to the database.
        ingest: Where events for journeys go; what follows from a word is written in their transaction.
        soft_bounces: How often an address may bounce for the moment before it is given up.
    """

    def __init__(self, pool: Pool, ingest: Ingest, soft_bounces: SoftBounces = _DEFAULT) -> None:
        self._pool = pool
        self._ingest = ingest
        self._soft_bounces = soft_bounces

    async def take(self, feedback: Sequence[Feedback], now: datetime) -> Taken:
        """Takes words, in whatever order and however often they come.

        Returns after the commit. A message's state only rises: delivered never overwrites bounced, bounced never
        complained. What bounced for good or was complained about is suppressed, an unsubscription is a word on the
        consent log, and journeys hear of all of it as events. Words on messages that are not known are kept aside;
        should they have come before the provider's answer was written down, they are acted on with the next.

        Args:
            feedback: Of one request or one file.
            now: When it came in, aware.

        Raises:
            Unavailable: Too many others write about the same people at this moment; send it again.
            OSError, asyncpg.PostgresError: Postgres is away (``fermata.database.AWAY``).
        """
        words: dict[tuple[str, str], Feedback] = {}
        for word in feedback:
            words.setdefault(word.name, word)
        each_once = list(words.values())
        total = Taken(duplicates=len(feedback) - len(each_once))
        for start in range(0, len(each_once), _AT_ONCE):
            total += await self._take(each_once[start : start + _AT_ONCE], now)
        return total

    async def _take(self, words: Sequence[Feedback], now: datetime) -> Taken:
        mine = {word.name for word in words}
        both = [*words, *(word for word in await waiting(self._pool, now) if word.name not in mine)]
        sends = await sends_of(self._pool, both)
        # What waits still, and is known no better, is left where it is.
        heard = [
            Heard(word, sends.get(place)) for place, word in enumerate(both) if place in sends or place < len(words)
        ]
        fresh: list[Heard] = []

        async def alongside(connection: Connection, receipt: Receipt) -> None:
            del receipt
            fresh[:] = await follow(connection, heard, self._soft_bounces, now)

        await self._ingest.accept(await self._events(heard, now), (), now, alongside=alongside)
        new = [each for each in fresh if each.word.name in mine]
        unknown = sum(each.send is None for each in new)
        return Taken(taken=len(new) - unknown, duplicates=len(words) - len(new), unknown=unknown)

    async def _events(self, heard: Sequence[Heard], now: datetime) -> list[IncomingEvent]:
        names = await self._names(each.send.profile_id for each in heard if each.send is not None)
        events = (
            event_of(each.word, each.send, names[each.send.profile_id], now)
            for each in heard
            if each.send is not None and each.send.profile_id in names
        )
        return [event for event in events if event is not None]

    async def _names(self, profiles: Iterable[UUID]) -> Mapping[UUID, Identity]:
        async with self._pool.acquire() as connection:
            found = [(profile, await strongest_name(connection, profile)) for profile in dict.fromkeys(profiles)]
        return {profile: name for profile, name in found if name is not None}
