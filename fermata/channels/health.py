"""How the providers are, shared by all workers through Postgres, and read so seldom that a send does not notice."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from fermata.channels.outages import OutageRule, RecentAttempts
from fermata.channels.roster import Enlisted, Roster
from fermata.database import Pool, Queries

_log = structlog.get_logger("fermata.providers")
_QUERIES = Queries("fermata.channels", "health.sql")
_KNOWN_FOR = timedelta(seconds=2)
_ASK_AGAIN = timedelta(seconds=2)


@dataclass(frozen=True)
class Trouble:
    """Why a provider takes nothing now.

    Args:
        out_until: When it may be tried again (aware); None where operators hold it back.
        tried_until: One message tries it, until then at the latest; None for none.
    """

    out_until: datetime | None
    tried_until: datetime | None

    def may_be_tried(self, at: datetime) -> bool:
        """Whether its time is up, and nobody tries it yet.

        Args:
            at: The instant, aware.
        """
        tried = self.tried_until is not None and self.tried_until > at
        return self.out_until is not None and self.out_until <= at and not tried


class Health:
    """Who is out, for all the workers of a deployment.

    Each process watches what its own attempts come to. Only what changes is written: a provider is taken out, tried,
    or well again. A send through one that is well costs no statement.

    Args:
        pool: Connections to the database.
        roster: The providers to watch.
        rule: What counts as failing steadily.
        now: The time of the day, aware. Not a workflow's: a provider's outage passes on real time.
    """

    def __init__(
        self,
        pool: Pool,
        roster: Roster,
        rule: OutageRule = OutageRule(),  # noqa: B008 - it is frozen
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._pool = pool
        self._rule = rule
        self._now = now
        self._watched = roster.outside
        self._attempts = {_key(each): RecentAttempts(rule) for each in self._watched}
        self._troubles: Mapping[tuple[str, str], Trouble] = {}
        self._enlisted = False
        self._read_at: float | None = None
        self._reading = asyncio.Lock()

    async def enlist(self) -> None:
        """Writes down which providers there are, for operators to see."""
        rows = [
            (each.provider.channel.value, each.name, each.kind, each.weight, each.tier, each.rate)
            for each in self._watched
        ]
        columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(6)]
        await self._pool.execute(_QUERIES["enlist"], *columns, self._now())
        self._enlisted = True

    async def trouble_of(self, each: Enlisted) -> Trouble | None:
        """Why a provider takes nothing now; None where it does, or where this call makes the caller the one who tries.

        Args:
            each: One of the roster.
        """
        trouble = (await self._known()).get(_key(each))
        now = self._now()
        if trouble is None or not trouble.may_be_tried(now):
            return trouble
        claimed = await self._pool.fetchval(_QUERIES["claim_trial"], *_key(each), now, self._rule.trial)
        self._read_at = None
        return None if claimed else trouble

    def lasts(self, trouble: Trouble) -> timedelta:
        """How long until asking again makes sense.

        Args:
            trouble: What ``trouble_of`` told.
        """
        if trouble.out_until is None:
            return _ASK_AGAIN
        return max(trouble.out_until - self._now(), _ASK_AGAIN)

    async def went_well(self, each: Enlisted) -> None:
        """A provider answered as it should.

        Args:
            each: One of the roster.
        """
        self._attempts[_key(each)].went_well()
        if _key(each) in self._troubles:
            await self._pool.execute(_QUERIES["well_again"], *_key(each))
            _log.info("a provider is well again", provider=each.name)
            self._read_at = None

    async def failed(self, each: Enlisted, detail: str) -> None:
        """A provider failed. Where it does so steadily, or was being tried, it is taken out.

        Args:
            each: One of the roster.
            detail: What happened, without an address.
        """
        attempts = self._attempts[_key(each)]
        if attempts.failed() or _key(each) in self._troubles:
            attempts.forget()
            rule, now = self._rule, self._now()
            await self._pool.execute(_QUERIES["take_out"], *_key(each), now, rule.first, rule.longest, detail[:300])
            _log.warning("a provider fails steadily and is out for a while", provider=each.name, detail=detail)
            self._read_at = None

    async def _known(self) -> Mapping[tuple[str, str], Trouble]:
        if self._is_fresh():
            return self._troubles
        async with self._reading:
            if not self._is_fresh():
                read_at = time.monotonic()
                if not self._enlisted:
                    await self.enlist()
                rows = await self._pool.fetch(_QUERIES["read_troubles"])
                self._troubles = {
                    (row["channel"], row["name"]): Trouble(
                        None if row["held"] else row["out_until"], None if row["held"] else row["tried_until"]
                    )
                    for row in rows
                }
                self._read_at = read_at
        return self._troubles

    def _is_fresh(self) -> bool:
        return self._read_at is not None and time.monotonic() - self._read_at < _KNOWN_FOR.total_seconds()


def _key(each: Enlisted) -> tuple[str, str]:
    return each.provider.channel.value, each.name
