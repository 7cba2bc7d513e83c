"""The traits of somebody, read from what is on record: known answers, and only of people who are there."""

from datetime import timedelta
from decimal import Decimal

from fermata.database import Pool, new_id
from fermata.traits import RfmSegment, Warmth, traits_of
from fermata.traits.engagement import ChannelEngagement
from fermata.vocabulary import Channel
from tests.integration.traits.people import Did, Somebody, write
from tests.people import NOON, enrol

DAY = timedelta(days=1)
SHOES, BOOTS = {"category": "Shoes", "price": 50}, {"category": "Boots"}


def order(days: float, number: str, revenue: float) -> Did:
    return Did("Order Completed", NOON - days * DAY, {"order_id": number, "revenue": revenue, "currency": "EUR"})


async def test_one_person_and_all_that_is_known_of_them(pool: Pool) -> None:
    ada = Somebody(
        [
            Did("Product Viewed", NOON - 10 * DAY, SHOES),
            Did("Product Added", NOON - 10 * DAY + timedelta(minutes=4), SHOES),
            order(10, "a", 50),
            order(2, "b", 25.5),
            Did("Product Viewed", NOON - 2 * DAY, BOOTS),
            Did("Email Opened", NOON - DAY),
            Did("Email Link Clicked", NOON - DAY + timedelta(minutes=1)),
            Did("Push Notification Tapped", NOON + DAY),
        ],
        traits={"plan": "trial"},
    )
    others = [Somebody([order(30 + n, "x", 10)]) for n in range(9)]
    await write(pool, ada, *others)
    found = (await traits_of(pool, [ada.id], NOON))[ada.id]
    assert found.rfm is not None
    assert (found.rfm.recency, found.rfm.frequency, found.rfm.main_currency) == (2 * DAY, 2, "EUR")
    assert found.rfm.monetary[0].amount == Decimal("75.5")
    assert (found.rfm.recency_quintile, found.rfm.frequency_quintile, found.rfm.monetary_quintile) == (5, 5, 5)
    assert (found.rfm.segment, found.rfm.customers, found.rfm.borders_at) == (RfmSegment.CHAMPIONS, 10, NOON)
    assert found.engagement == (
        ChannelEngagement(
            channel=Channel.EMAIL, engaged_at=NOON - DAY + timedelta(minutes=1), how="Email Link Clicked", sent_at=None
        ),
    )
    assert (found.visits.number, found.visits.last_dwell) == (2, timedelta(0))
    assert [each.category for each in found.affinity] == ["Shoes", "Boots"]
    assert found.lead.warmth is Warmth.HOT
    assert {"is_on_trial", "bought", "filled_a_cart"} <= {reason.rule for reason in found.lead.reasons}
    for foretold in (found.churn_risk, found.purchase_propensity):
        assert (foretold.probability, foretold.why) == (
            None,
            "no model is in force: none was ever trained; run `fermata traits train`",
        )
    assert type(found).model_validate_json(found.model_dump_json()) == found


async def test_many_at_once_are_as_each_alone_and_who_is_not_there_is_left_out(pool: Pool) -> None:
    people = [Somebody([order(n, "a", n), Did("Product Viewed", NOON - n * DAY, SHOES)]) for n in range(1, 30)]
    nobody = new_id()
    await write(pool, *people, Somebody())
    ids = [person.id for person in people]
    together = await traits_of(pool, [*ids, *ids[:3], nobody], NOON)
    assert set(together) == set(ids)
    assert [await traits_of(pool, [one], NOON) for one in ids[:5]] == [{one: together[one]} for one in ids[:5]]


async def test_somebody_who_never_did_anything_has_nothing_and_no_error(pool: Pool) -> None:
    silent = Somebody()
    await write(pool, silent)
    found = (await traits_of(pool, [silent.id], NOON))[silent.id]
    assert (found.rfm, found.engagement, found.affinity, found.visits.number) == (None, (), (), 0)
    assert (found.lead.points, found.lead.warmth) == (0, Warmth.COLD)


async def test_what_went_out_and_what_was_read_in_the_inbox_stand_beside_each_other(pool: Pool) -> None:
    ada = await enrol(pool)
    for number, (channel, state) in enumerate(
        [("email", "sent"), ("email", "released"), ("push", "reserved"), ("sms", "unknown"), ("in_app", "delivered")]
    ):
        await _message(pool, ada.profile_id, ada.run_id, channel, state, days_ago=number + 1)
    await pool.execute(
        "INSERT INTO inbox_items (id, profile_id, kind, message, title, body, created_at, read_at)"
        " VALUES ($1, $2, 'in_app', 'hello', 'Hello', '', $3, $4)",
        new_id(), ada.profile_id, NOON - 5 * DAY, NOON - 3 * DAY,
    )  # fmt: skip
    found = (await traits_of(pool, [ada.profile_id], NOON))[ada.profile_id]
    assert {each.channel: (each.sent_at, each.engaged_at) for each in found.engagement} == {
        Channel.EMAIL: (NOON - 1 * DAY, None),
        Channel.SMS: (NOON - 4 * DAY, None),
        Channel.IN_APP: (NOON - 5 * DAY, NOON - 3 * DAY),
    }


async def test_what_a_transaction_has_written_counts_in_it(pool: Pool) -> None:
    ada = Somebody([order(3, "a", 10)])
    await write(pool, ada)
    async with pool.acquire() as connection:
        undone = connection.transaction()
        await undone.start()
        await connection.execute("UPDATE events SET occurred_at = occurred_at - interval '7 days'")
        within = (await traits_of(connection, [ada.id], NOON))[ada.id]
        await undone.rollback()
    without = (await traits_of(pool, [ada.id], NOON))[ada.id]
    assert within.rfm is not None
    assert without.rfm is not None
    assert within.rfm.recency - without.rfm.recency == 7 * DAY
    assert within.rfm.customers is None  # a connection never looks at the population


async def _message(pool: Pool, profile_id: object, run_id: object, channel: str, state: str, *, days_ago: int) -> None:
    decision, at = new_id(), NOON - days_ago * DAY
    await pool.execute(
        "INSERT INTO decisions (id, dedupe_key, profile_id, run_id, journey, message, step, visit, purpose, priority,"
        " action, reason, channel, decided_at, policy) VALUES ($1, $2, $3, $4, 'cart_recovery', 'hello', 's', 1,"
        " 'marketing', 50, 'send', 'eligible', $5, $6, 'p')",
        decision, str(decision), profile_id, run_id, channel, at,
    )  # fmt: skip
    await pool.execute(
        "INSERT INTO reservations (decision_id, profile_id, channel, purpose, priority, state, reserved_at, exposed_at,"
        " updated_at) VALUES ($1, $2, $3, 'marketing', 50, $4, $5, $5, $5)",
        decision, profile_id, channel, state, at,
    )  # fmt: skip
