"""Who has an inbox open, and that something changed in it: one listening connection for all streams of a process."""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import structlog

from fermata.database import AWAY, Pool
from fermata.errors import Unavailable

CHANNEL = "fermata_inbox"
"""Where Postgres tells of changes; the payload is the profile's id."""

_log = structlog.get_logger("fermata.inbox")
_LOOK_AGAIN = 1.0  # seconds, while Postgres is away
_BEAT = timedelta(seconds=20)


class TooManyStreams(Unavailable):
    """As many streams are open as this process holds, or as one person needs. One that closes makes room."""


class Watch:
    """One stream's look at one inbox.

    Args:
        profile_id: Whose.
    """

    def __init__(self, profile_id: UUID) -> None:
        self.profile_id = profile_id
        self.changed = asyncio.Event()


class InboxNotices:
    """Wakes the streams of a process.

    It listens while anybody watches, and takes one connection of the pool for that. A stream is only told that there
    is something to look for, however often: what a slow reader has not fetched takes no memory.

    Args:
        pool: Where connections come from; it stays the caller's.
        most: Streams that may be open at once.
        most_each: And of one person.
        beat: How often Postgres is asked whether it still hears us: a connection that only listens does not notice.
    """

    def __init__(self, pool: Pool, *, most: int = 1000, most_each: int = 8, beat: timedelta = _BEAT) -> None:
        self._pool = pool
        self._most = most
        self._most_each = most_each
        self._beat = beat.total_seconds()
        self._watches: dict[UUID, set[Watch]] = {}
        self._listening: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def open(self) -> int:
        """How many streams are open."""
        return sum(len(watches) for watches in self._watches.values())

    @property
    def closed(self) -> bool:
        """Whether the process is about to end: then every stream ends."""
        return self._closed

    @contextlib.contextmanager
    def watch(self, profile_id: UUID) -> Iterator[Watch]:
        """Is told of changes in an inbox, from now on.

        Args:
            profile_id: Whose.

        Raises:
            TooManyStreams: The process, or the person, has as many as it may.
        """
        if self.open >= self._most or len(self._watches.get(profile_id, ())) >= self._most_each:
            raise TooManyStreams(
                f"{self.open} inbox streams are open here, {len(self._watches.get(profile_id, ()))} of them this "
                "person's; come again when one has ended"
            )
        watch = Watch(profile_id)
        self._add(watch)
        try:
            yield watch
        finally:
            self._remove(watch)

    def move(self, watch: Watch, profile_id: UUID) -> None:
        """Has a stream watch the inbox of the profile that the one it watched became part of."""
        self._remove(watch)
        watch.profile_id = profile_id
        self._add(watch)

    def close(self) -> None:
        """Ends every stream, at once."""
        self._closed = True
        self._wake_all()

    def _add(self, watch: Watch) -> None:
        self._watches.setdefault(watch.profile_id, set()).add(watch)
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen(), name="inbox notices")

    def _remove(self, watch: Watch) -> None:
        watches = self._watches[watch.profile_id]
        watches.discard(watch)
        if not watches:
            del self._watches[watch.profile_id]
        if not self._watches and self._listening is not None:
            self._listening.cancel()
            self._listening = None

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_once()
            except AWAY as error:
                _log.warning("postgres is away; open inboxes are looked at again when it is back", error=str(error))
            await asyncio.sleep(_LOOK_AGAIN)

    async def _listen_once(self) -> None:
        lost = asyncio.Event()

        def gone(*_: object) -> None:
            lost.set()

        def heard(*notice: object) -> None:
            for watch in self._watches.get(UUID(str(notice[3])), ()):
                watch.changed.set()

        async with self._pool.acquire() as connection:
            connection.add_termination_listener(gone)
            await connection.add_listener(CHANNEL, heard)
            try:
                self._wake_all()  # for what happened before anybody listened
                while not lost.is_set():
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(lost.wait(), self._beat)
                        return
                    await connection.execute("SELECT")
            finally:
                connection.remove_termination_listener(gone)
                if not connection.is_closed():
                    await connection.remove_listener(CHANNEL, heard)

    def _wake_all(self) -> None:
        for watches in self._watches.values():
            for watch in watches:
                watch.changed.set()
