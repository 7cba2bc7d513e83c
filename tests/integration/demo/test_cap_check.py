"""The check of the caps can fail: what violates a cap is counted, to the microsecond, and what does not is not."""

from datetime import timedelta

import pytest

from cli.demo.cap_check import check_caps
from fermata.database import Pool
from tests.integration.demo.past import expose
from tests.people import NOON as T
from tests.people import enrol

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(("channel", "most"), [("email", 2), ("push", 3), ("sms", 1), ("ads", 5)])
async def test_one_exposure_more_than_a_channel_allows_is_a_violation(pool: Pool, channel: str, most: int) -> None:
    person = await enrol(pool)
    await expose(pool, person, channel, *(T + timedelta(hours=n) for n in range(most)))
    assert (await check_caps(pool)).violations == ()
    await expose(pool, person, channel, T + DAY - TICK)
    check = await check_caps(pool)
    assert [(one.rule, one.exposures) for one in check.violations] == [(f"{channel}, {most} in 24 h", most + 1)]
    assert check.exposures == most + 1
    assert check.people == 1


async def test_a_slot_is_free_again_at_exactly_24_hours(pool: Pool) -> None:
    await expose(pool, await enrol(pool), "sms", T, T + DAY, T + 2 * DAY)
    assert (await check_caps(pool)).violations == ()


async def test_exposures_at_one_instant_count_each_other(pool: Pool) -> None:
    await expose(pool, await enrol(pool), "sms", T, T)
    assert len((await check_caps(pool)).violations) == 2


async def test_the_cap_across_channels_counts_email_sms_and_push_together(pool: Pool) -> None:
    person = await enrol(pool)
    await expose(pool, person, "email", T, T + timedelta(hours=1))
    await expose(pool, person, "push", T + timedelta(hours=2), T + timedelta(hours=3))
    await expose(pool, person, "inbox", T + timedelta(hours=4))
    await expose(pool, person, "ads", T + timedelta(hours=4))
    assert (await check_caps(pool)).violations == ()
    await expose(pool, person, "sms", T + timedelta(hours=5))
    assert [one.rule for one in (await check_caps(pool)).violations] == ["all channels, 4 in 24 h"]


async def test_the_cap_of_a_week_is_counted_over_seven_days(pool: Pool) -> None:
    person = await enrol(pool)
    for day in range(6):
        await expose(pool, person, "push", T + day * DAY, T + day * DAY + timedelta(hours=1))
    await expose(pool, person, "email", T + 7 * DAY)
    assert (await check_caps(pool)).violations == ()
    await expose(pool, person, "email", T + 7 * DAY - TICK)
    assert {(one.rule, one.exposures) for one in (await check_caps(pool)).violations} == {
        ("all channels, 12 in 7 d", 13)
    }


async def test_in_app_counts_by_visit(pool: Pool) -> None:
    person = await enrol(pool)
    await expose(pool, person, "in_app", T, session="first")
    await expose(pool, person, "in_app", T + timedelta(hours=1), session="second")
    assert (await check_caps(pool)).violations == ()
    await expose(pool, person, "in_app", T + timedelta(hours=2), session="second")
    assert [one.rule for one in (await check_caps(pool)).violations] == ["in_app, 1 in a visit"]


@pytest.mark.parametrize("state", ["failed", "released"])
async def test_a_slot_that_was_given_back_is_no_exposure(pool: Pool, state: str) -> None:
    person = await enrol(pool)
    await expose(pool, person, "sms", T)
    await expose(pool, person, "sms", T + timedelta(hours=1), state=state)
    check = await check_caps(pool)
    assert check.violations == ()
    assert check.exposures == 1


@pytest.mark.parametrize("state", ["reserved", "sending", "unknown", "delivered", "bounced"])
async def test_a_slot_that_may_have_reached_somebody_is(pool: Pool, state: str) -> None:
    person = await enrol(pool)
    await expose(pool, person, "sms", T)
    await expose(pool, person, "sms", T + timedelta(hours=1), state=state)
    assert len((await check_caps(pool)).violations) == 1


async def test_transactional_messages_count_toward_no_cap(pool: Pool) -> None:
    await expose(pool, await enrol(pool), "sms", T, T, T, purpose="transactional")
    assert (await check_caps(pool)).exposures == 0


async def test_two_people_do_not_share_a_cap(pool: Pool) -> None:
    for _ in range(2):
        await expose(pool, await enrol(pool), "sms", T)
    check = await check_caps(pool)
    assert check.violations == ()
    assert check.people == 2
