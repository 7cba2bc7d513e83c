"""A purchase and an ad at the same moment: whichever is first, nobody stays in an audience who has bought."""

import asyncio
from datetime import timedelta

from fermata.database import Pool
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import Registry
from tests.ad_platforms import AdPlatforms
from tests.audience_members import send_ads
from tests.people import GRANTED, NOON, Enrolled, enrol
from tests.policies import under

_PEOPLE = 60


async def test_nobody_who_buys_while_they_are_added_stays(pool: Pool, platforms: AdPlatforms) -> None:
    policies, declared = await under(pool, "version = 1"), platforms.declared()
    door = Ingest(pool, Registry({}))
    people = [await enrol(pool, consent={**GRANTED, "ads": {"marketing": "granted"}}) for _ in range(_PEOPLE)]
    for number, person in enumerate(people):
        await pool.execute(
            "INSERT INTO identities (kind, value, profile_id, first_seen_at) VALUES ('user_id', $1, $2, $3)",
            f"u{number}",
            person.profile_id,
            NOON,
        )

    async def adds(person: Enrolled) -> None:
        await send_ads(pool, policies, declared, person, "shoes")

    async def buys(number: int) -> None:
        at = NOON + timedelta(seconds=1)
        order = {"type": "track", "event": "Order Completed", "messageId": f"m{number}", "timestamp": at.isoformat()}
        await door.accept([parse({**order, "userId": f"u{number}"}, received_at=at)], (), at)

    both = [what for number, person in enumerate(people) for what in (adds(person), buys(number))]
    await asyncio.gather(*both)
    assert await pool.fetchval("SELECT count(*) FROM audience_members WHERE wanted") == 0
    assert await pool.fetchval("SELECT count(*) FROM events WHERE name = 'Order Completed'") == _PEOPLE
