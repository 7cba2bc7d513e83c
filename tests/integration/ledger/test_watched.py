"""What operators watch: a send beyond a cap of the policy that it was decided under is counted, and nothing else is."""

from datetime import UTC, datetime, timedelta

import pytest

from fermata.database import Pool
from fermata.ledger import Policies
from fermata.ledger.watched import held_by_reason, overshoot
from tests.integration.demo.past import expose, hold
from tests.people import Enrolled, enrol
from tests.policies import enact

NOW = datetime.now(UTC)
LONG_AGO, HOUR = NOW - timedelta(days=9), timedelta(hours=1)
POLICY = """
version = 1
[channels]
email = { window = "always", caps = [{ limit = 2, per = "1d" }] }
sms = { window = "always", caps = [{ limit = 1, per = "1d", by = "topic" }] }
push = { window = "always", caps = [{ limit = 1, per = "1d", kind = "calendar" }] }
in_app = { window = "session", caps = [{ limit = 1, per = "visit" }] }
[cross_channel]
channels = ["email", "ads"]
caps = [{ limit = 3, per = "7d" }]
"""


@pytest.fixture
async def person(pool: Pool) -> Enrolled:
    return await enrol(pool)


async def beyond(pool: Pool, since: datetime = LONG_AGO) -> int:
    """Counts, with every decision put under the policy."""
    await pool.execute("UPDATE decisions SET policy = $1", (await enact(pool, POLICY)).version)
    async with pool.acquire() as connection:
        return await overshoot(connection, Policies(), since)


async def test_a_send_beyond_a_cap_is_counted_once(pool: Pool, person: Enrolled) -> None:
    await expose(pool, person, "email", NOW - 30 * HOUR, NOW - 24 * HOUR, NOW - HOUR, NOW)
    assert await beyond(pool) == 1, "the last one, by the cap of a week over two channels"
    await pool.execute("UPDATE reservations SET channel = 'ads' WHERE exposed_at = $1", NOW - 30 * HOUR)
    await expose(pool, person, "email", NOW + HOUR)
    assert await beyond(pool) == 2, "one that breaks two caps is one"
    assert await beyond(pool, NOW + 2 * HOUR) == 0


async def test_what_was_given_back_what_is_transactional_and_what_lies_a_day_back_fills_no_cap(
    pool: Pool, person: Enrolled
) -> None:
    await expose(pool, person, "email", NOW - 24 * HOUR, NOW - 2 * HOUR, NOW)
    await expose(pool, person, "email", NOW - HOUR, state="released")
    await expose(pool, person, "email", NOW - HOUR, purpose="transactional")
    assert await beyond(pool) == 0


async def test_visits_and_topics_are_told_apart_and_calendar_days_are_not_counted(pool: Pool, person: Enrolled) -> None:
    for visit in ("first", "second"):
        await expose(pool, person, "in_app", NOW, session=visit)
    await expose(pool, person, "sms", NOW - HOUR, NOW)
    await pool.execute("UPDATE reservations SET topic = exposed_at::text WHERE channel = 'sms'")
    await expose(pool, person, "push", NOW - HOUR, NOW)
    assert await beyond(pool) == 0
    await expose(pool, person, "in_app", NOW + HOUR, session="second")
    assert await beyond(pool) == 1
    await pool.execute("UPDATE reservations SET topic = 'sales' WHERE channel = 'sms'")
    assert await beyond(pool) == 2


async def test_two_people_who_became_one_overran_nothing(pool: Pool, person: Enrolled) -> None:
    await expose(pool, person, "email", NOW - HOUR, NOW - HOUR, NOW)
    merge = "INSERT INTO profile_merges VALUES (gen_random_uuid(), $1, $2, 'm', 'a', 'b')"
    await pool.execute(merge, person.profile_id, NOW - 2 * HOUR)
    assert await beyond(pool) == 0


async def test_what_is_held_is_counted_by_reason(pool: Pool, person: Enrolled) -> None:
    await hold(pool, person, "outside_window", at=NOW, until=NOW + HOUR)
    async with pool.acquire() as connection:
        assert await held_by_reason(connection) == {"outside_window": 1}
