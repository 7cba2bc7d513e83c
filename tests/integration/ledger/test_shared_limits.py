"""Limits that reach beyond one message: a number on two profiles, a waiting message, a topic, what is overdue."""

import asyncio
from datetime import timedelta

from fermata.database import Pool
from fermata.journeys import Message
from fermata.ledger import decide_and_reserve
from fermata.vocabulary import Action, Channel, Reason
from tests.people import NOON, enrol
from tests.policies import under

FLORIDA = "version = 1\n[regions]\nlegal_windows = true\n"
NUMBER = {"sms": "+13055550100"}
SMS_CONSENT = {"sms": {"marketing": "granted"}}
ONE_A_DAY = """
version = 1
[channels.email]
window = "always"
caps = [{ limit = 1, per = "1d" }]
when_capped = "defer"
"""


async def test_a_legal_cap_on_a_phone_number_holds_over_all_profiles_that_have_it_at_once(pool: Pool) -> None:
    people = [
        await enrol(
            pool, time_zone="America/New_York", country="US", subdivision="FL", addresses=NUMBER, consent=SMS_CONSENT
        )
        for _ in range(12)
    ]
    afternoon = NOON + timedelta(hours=6)
    florida = await under(pool, FLORIDA)
    decisions = await asyncio.gather(
        *(
            decide_and_reserve(pool, florida, person.attempt(f"step-{n}", channels=("sms",)), afternoon)
            for person in people
            for n in range(2)
        )
    )
    assert [each.action for each in decisions].count(Action.SEND) == 3  # Fla. Stat. 501.616(6): 3 in 24 hours
    assert {each.reason for each in decisions if each.action is not Action.SEND} == {Reason.LEGAL_CAPPED}


async def test_a_waiting_message_of_higher_priority_keeps_the_slot_that_frees(pool: Pool) -> None:
    ada = await enrol(pool)
    one_a_day = await under(pool, ONE_A_DAY)
    await decide_and_reserve(pool, one_a_day, ada.attempt("first"), NOON)
    later = NOON + timedelta(hours=1)
    high = await decide_and_reserve(pool, one_a_day, ada.attempt("high", priority=90), later)
    assert high.next_eligible_at == NOON + timedelta(days=1)
    low = await decide_and_reserve(pool, one_a_day, ada.attempt("low", priority=10), later)
    assert (low.reason, low.next_eligible_at) == (Reason.YIELDS_TO_PRIORITY, NOON + timedelta(days=2))
    freed = NOON + timedelta(days=1)
    early = await decide_and_reserve(pool, one_a_day, ada.attempt("low", priority=10, visit=2), freed)
    assert early.action is Action.DEFER
    sent = await decide_and_reserve(pool, one_a_day, ada.attempt("high", priority=90, visit=2), freed)
    assert sent.action is Action.SEND


async def test_nobody_yields_to_a_message_that_is_long_overdue(pool: Pool) -> None:
    ada = await enrol(pool)
    one_a_day = await under(pool, ONE_A_DAY)
    await decide_and_reserve(pool, one_a_day, ada.attempt("first"), NOON)
    await decide_and_reserve(pool, one_a_day, ada.attempt("gone", priority=90), NOON)
    much_later = NOON + timedelta(days=1, minutes=11)
    low = await decide_and_reserve(pool, one_a_day, ada.attempt("low", priority=10), much_later)
    assert low.action is Action.SEND


async def test_a_cap_by_topic_counts_a_topic_and_leaves_another_alone(pool: Pool) -> None:
    by_topic = await under(
        pool,
        'version = 1\n[channels.email]\nwindow = "always"\n'
        'caps = [{ limit = 1, per = "1d", by = "topic" }]\nwhen_capped = "defer"\n',
    )
    ada = await enrol(pool)

    def about(topic: str, step: str) -> Message:
        return Message(key=step, channels=(Channel.EMAIL,), topic=topic)

    for topic, step, action in (
        ("shoes", "one", Action.SEND),
        ("shoes", "two", Action.DEFER),
        ("bags", "three", Action.SEND),
    ):
        attempt = ada.attempt(step, message=about(topic, step))
        assert (await decide_and_reserve(pool, by_topic, attempt, NOON)).action is action


async def test_a_zone_that_only_the_device_told_is_obeyed_and_named(pool: Pool) -> None:
    ada = await enrol(pool, time_zone=None, country=None, addresses={"email": "ada@example.com"})
    await pool.execute("UPDATE profiles SET device_time_zone = 'Asia/Tokyo'")
    nine_to_eight = await under(pool, 'version = 1\n[channels.email]\nwindow = "09:00-20:00"\n')
    held = await decide_and_reserve(pool, nine_to_eight, ada.attempt(), NOON)  # 21:00 in Tokyo
    assert held.local_time == "Thu 09:00 Asia/Tokyo"
    assert "device" in str(await pool.fetchval("SELECT trace FROM decisions"))
