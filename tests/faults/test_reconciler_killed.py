"""Whoever tells ad platforms is killed, again and again, while they answer: they end at exactly who is wanted."""

import asyncio
import random
import sys
from asyncio.subprocess import Process
from datetime import UTC, datetime, timedelta

from fermata.audiences.identifiers import META, match_keys
from fermata.audiences.membership import leave_run
from fermata.database import Pool
from tests.ad_platforms import AdPlatforms
from tests.audience_members import send_ads
from tests.people import enrol
from tests.policies import under
from worker.reconciler import reconciling

_PEOPLE = 40
_KILLS = 4


class _Murder:
    """Kills the process that the platform is about to answer. The request has its effect all the same."""

    def __init__(self) -> None:
        self.process: Process | None = None
        self.kills = 0

    async def __call__(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
            self.kills += 1


async def test_platforms_end_at_who_is_wanted_however_often_they_are_told_by_the_dying(
    pool: Pool, database_url: str
) -> None:
    chance = random.Random(1)  # noqa: S311 - the same test every time
    policies = await under(pool, "version = 1")
    async with AdPlatforms() as platforms:
        declared = platforms.declared()
        people = [await enrol(pool, addresses={"email": f"person{number}@example.com"}) for number in range(_PEOPLE)]
        wanted: set[int] = set()
        murder = _Murder()
        platforms.meanwhile = murder
        for hours in range(1, _KILLS + 1):
            at = datetime.now(UTC) + timedelta(hours=hours)
            for number in chance.sample(range(_PEOPLE), 10):
                if number in wanted:
                    async with pool.acquire() as connection:
                        await leave_run(connection, people[number].run_id, "came to its end", at)
                    wanted.remove(number)
                else:
                    await send_ads(pool, policies, declared, people[number], "shoes", at)
                    wanted.add(number)
            arguments = (database_url, declared.platforms["meta"].url, str(hours))
            murder.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.faults.reconcile_for_ever", *arguments
            )
            await murder.process.wait()
        platforms.meanwhile = None
        async with reconciling(pool, declared) as reconciler:
            while await reconciler.reconcile(lambda: datetime.now(UTC) + timedelta(hours=_KILLS + 1)):
                pass
        expected = {
            key for number in wanted for key in match_keys({"email": f"person{number}@example.com"}, None, (), META)
        }
        assert murder.kills == _KILLS
        assert platforms.of("1001") == expected
