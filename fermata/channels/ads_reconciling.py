"""Brings audiences to what is wanted of them: one request for many people, and whatever failed is tried again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import structlog

from fermata.audiences.declared import Audience, Audiences, Platform
from fermata.audiences.identifiers import Person
from fermata.audiences.telling import LEASE, Task, claim, put_off, settle
from fermata.channels.ads_google import GoogleAudiences
from fermata.channels.ads_meta import MetaAudiences
from fermata.channels.ads_platform import AdPlatform, Change, Told
from fermata.channels.ads_requests import LONGEST
from fermata.channels.port import Busy, Rejected
from fermata.database import Pool
from fermata.vocabulary import Reason

_log = structlog.get_logger("fermata.audiences")

_BATCH = 5_000
_UNTIL_MENDED = timedelta(minutes=5)  # a platform that does not serve us is tried again without anybody's help
_KINDS: Mapping[str, Callable[[Platform], AdPlatform]] = {"meta": MetaAudiences, "google": GoogleAudiences}


def ad_platforms(audiences: Audiences) -> dict[str, AdPlatform]:
    """The platforms of a deployment, by name. Who made them closes them, each with ``aclose()``."""
    return {name: _KINDS[each.kind](each) for name, each in audiences.platforms.items()}


@dataclass(frozen=True, slots=True)
class _Round:
    """One batch that is claimed.

    Args:
        now: The clock.
        until: No request begins after that: somebody else may claim the batch before it would end.
    """

    now: Callable[[], datetime]
    until: datetime


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of some tasks: taken, with what was refused of each, or not now."""

    told: Mapping[Task, str | None]
    busy: Busy | None = None


class Reconciler:
    """Tells platforms what they have to hear of. Several may run side by side.

    Args:
        pool: Connections to the database.
        audiences: Of the deployment.
        platforms: By name, made with ``ad_platforms``. Who made them closes them.
    """

    def __init__(self, pool: Pool, audiences: Audiences, platforms: Mapping[str, AdPlatform]) -> None:
        self._pool = pool
        self._audiences = audiences.audiences
        self._hashing = audiences.hashing
        self._platforms = platforms
        self._left_alone_until: dict[str, datetime] = {}

    async def reconcile(self, now: Callable[[], datetime]) -> int:
        """Tells one batch of what is due.

        Args:
            now: The clock, aware: it is looked at again after each answer.

        Returns:
            How many memberships were claimed.
        """
        at = now()
        open_now = [each for each in self._audiences.values() if self._left_alone_until.get(each.platform, at) <= at]
        if not open_now:
            return 0
        tasks = await claim(self._pool, open_now, self._hashing, limit=_BATCH, now=at)
        this = _Round(now, at + LEASE - LONGEST)
        for name, group in groupby(sorted(tasks, key=_audience), key=_audience):
            await self._bring_about(self._audiences[name], list(group), this)
        return len(tasks)

    async def _bring_about(self, audience: Audience, tasks: Sequence[Task], this: _Round) -> None:
        """First out, then in: of somebody whose address is another now, the platform may know both."""
        refused: dict[Task, str | None] = dict.fromkeys(tasks)
        changes: tuple[tuple[Change, Callable[[Task], Person]], ...] = (("remove", _gone), ("add", _target))
        for change, keys in changes:
            for batch in self._batches(audience, [task for task in refused if keys(task)]):
                outcome = await self._tell(audience, change, batch, keys, this)
                refused |= outcome.told
                if outcome.busy is not None:
                    waiting = [task for task in batch if task not in outcome.told]
                    await self._put_off(audience, waiting, outcome.busy, this.now())
                    for task in waiting:
                        del refused[task]
        await settle(self._pool, refused, this.now())

    def _not_now(self, audience: Audience, this: _Round) -> Busy | None:
        """A platform that asked to be left alone a moment ago is not asked again in the same round."""
        at = this.now()
        until = self._left_alone_until.get(audience.platform, at)
        if until > at:
            return Busy(until - at, "asked to be left alone", certain=True)
        return Busy(None, "the round took too long", certain=True) if at > this.until else None

    def _batches(self, audience: Audience, tasks: Sequence[Task]) -> list[Sequence[Task]]:
        most = self._platforms[audience.platform].most
        return [tasks[start : start + most] for start in range(0, len(tasks), most)]

    async def _tell(
        self, audience: Audience, change: Change, tasks: Sequence[Task], keys: Callable[[Task], Person], this: _Round
    ) -> _Outcome:
        platform = self._platforms[audience.platform]
        busy = self._not_now(audience, this)
        match busy or await platform.tell(audience, change, [keys(task) for task in tasks]):
            case Told(refused):
                return _Outcome({task: refused.get(place) for place, task in enumerate(tasks)})
            case Busy() as busy:
                return _Outcome({}, busy)
            case Rejected(Reason.PROVIDER_REJECTED, detail) if len(tasks) == 1:
                return _Outcome({tasks[0]: detail})
            case Rejected(Reason.PROVIDER_REJECTED):
                # Somebody in it makes all of it impossible: halves find out who, and the others get through.
                middle = len(tasks) // 2
                one = await self._tell(audience, change, tasks[:middle], keys, this)
                other = one if one.busy else await self._tell(audience, change, tasks[middle:], keys, this)
                return _Outcome({**one.told, **other.told}, other.busy)
            case Rejected(_, detail):
                _log.error("an ad platform does not serve us", platform=audience.platform, detail=detail)
                return _Outcome({}, Busy(_UNTIL_MENDED, detail, certain=True))

    async def _put_off(self, audience: Audience, tasks: Sequence[Task], busy: Busy, at: datetime) -> None:
        if busy.retry_after is not None:
            self._left_alone_until[audience.platform] = at + busy.retry_after
        _log.warning("an ad platform is busy", platform=audience.platform, waiting=len(tasks), detail=busy.detail)
        await put_off(self._pool, tasks, busy.detail, at, retry_after=busy.retry_after)


def _audience(task: Task) -> str:
    return task.audience


def _gone(task: Task) -> Person:
    return task.gone


def _target(task: Task) -> Person:
    return task.target
