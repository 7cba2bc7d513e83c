"""Feedback: each word once, with all that follows from it in one transaction, whatever came first."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from fermata.database import Pool
from fermata.errors import DefinitionError
from fermata.events import parse
from fermata.feedback import Bounce, Feedback, FeedbackDoor, Taken
from fermata.ingest import Ingest
from fermata.ledger import Order, Settled, begin_send, give_back, settle_sent
from fermata.vocabulary import Channel, FeedbackKind, Reason
from tests.integration.feedback.sent import REGISTRY, decided, sent, somebody, state, suppressed, told
from tests.people import NOON, Enrolled

LATER = NOON + timedelta(minutes=5)
EMAIL = ("email", "ada@example.com")


def word(kind: str, decision_id: UUID | None = None, source_id: str = "", **more: Any) -> Feedback:
    said: dict[str, Any] = {"source": "mailer", "occurred_at": NOON + timedelta(minutes=1), **more}
    return Feedback(source_id=source_id or kind, kind=FeedbackKind(kind), decision_id=decision_id, **said)


async def consent(pool: Pool, person: Enrolled) -> Any:
    return await pool.fetchval("SELECT consent FROM profiles WHERE id = $1", person.profile_id)


async def test_a_delivery_raises_the_state_and_reaches_the_run_with_message_and_decision(
    pool: Pool, door: FeedbackDoor, ada: Enrolled
) -> None:
    decision_id = await sent(pool, ada)
    assert await door.take([word("delivered", decision_id)], LATER) == Taken(taken=1)
    assert await state(pool, decision_id) == "delivered"
    assert await told(pool) == [
        (
            "Email Delivered",
            {
                "channel": "email",
                "decision_id": str(decision_id),
                "journey": "cart_recovery",
                "message_key": "hello",
                "provider": "mailer",
            },
        )
    ]


async def test_the_same_word_again_changes_nothing(pool: Pool, door: FeedbackDoor, ada: Enrolled) -> None:
    clicked = word("clicked", await sent(pool, ada), link_url="https://shop.example/cart?email=ada@example.com#top")
    assert await door.take([clicked, clicked], LATER) == Taken(taken=1, duplicates=1)
    assert await door.take([clicked], LATER) == Taken(duplicates=1)
    ((name, properties),) = await told(pool)
    assert (name, properties["link_url"]) == ("Email Link Clicked", "https://shop.example/cart")
    assert await pool.fetchval("SELECT count(*) FROM events WHERE name = 'Email Link Clicked'") == 1


async def test_a_message_is_found_by_what_its_provider_calls_it_or_by_our_key(
    pool: Pool, door: FeedbackDoor, ada: Enrolled
) -> None:
    first, second = await sent(pool, ada, "one", message_id="sid-1"), await sent(pool, ada, "two")
    key = await pool.fetchval("SELECT dedupe_key FROM decisions WHERE id = $1", second)
    by_name = word("delivered", provider="mailer", provider_message_id="sid-1")
    by_key = word("bounced", dedupe_key=key, bounce=Bounce.SOFT)
    elsewhere = word("delivered", None, "other", provider="another", provider_message_id="sid-1")
    assert await door.take([by_name, by_key, elsewhere], LATER) == Taken(taken=2, unknown=1)
    assert (await state(pool, first), await state(pool, second)) == ("delivered", "bounced")


async def test_a_hard_bounce_suppresses_the_address_and_keeps_the_slot(
    pool: Pool, door: FeedbackDoor, ada: Enrolled
) -> None:
    decision_id = await sent(pool, ada)
    await door.take([word("bounced", decision_id, bounce=Bounce.HARD)], LATER)
    await door.take([word("delivered", decision_id)], LATER)
    assert await state(pool, decision_id) == "bounced"
    assert await suppressed(pool) == {EMAIL: "hard_bounce"}
    assert [name for name, _ in await told(pool)] == ["Email Bounced", "Email Delivered"]


async def test_a_complaint_outweighs_everything(pool: Pool, door: FeedbackDoor, ada: Enrolled) -> None:
    decision_id = await sent(pool, ada)
    await door.take([word("complained", decision_id)], LATER)
    await door.take([word("bounced", decision_id, bounce=Bounce.HARD), word("opened", decision_id)], LATER)
    assert await state(pool, decision_id) == "complained"
    assert await suppressed(pool) == {EMAIL: "complaint"}


async def test_soft_bounces_are_counted_and_give_an_address_up_only_where_they_lie_close(
    pool: Pool, door: FeedbackDoor, ada: Enrolled
) -> None:
    decisions = [await sent(pool, ada, f"step{number}") for number in range(6)]
    days = [0, 20, 21, 22, 23, 30]  # five of them within fourteen days, the last one told first
    words = [
        word("bounced", decision_id, f"b{day}", bounce=Bounce.SOFT, occurred_at=NOON + timedelta(days=day))
        for decision_id, day in zip(decisions, days, strict=True)
    ]
    for told_now in reversed(words[1:]):
        assert await suppressed(pool) == {}
        await door.take([told_now], NOON + timedelta(days=40))
    assert await suppressed(pool) == {EMAIL: "soft_bounces"}


async def test_an_unsubscription_is_the_persons_word_on_the_log_with_what_shows_it(
    pool: Pool, door: FeedbackDoor, ada: Enrolled
) -> None:
    decision_id = await sent(pool, ada)
    gone = word("unsubscribed", decision_id, evidence={"ip": "192.0.2.7"})
    await door.take([gone], LATER)
    await door.take([gone], LATER)
    assert (await consent(pool, ada))["email"]["marketing"] == "revoked"
    row = await pool.fetchrow("SELECT status, source, evidence FROM consent_log WHERE source = 'provider'")
    assert row is not None
    assert (row["status"], row["evidence"]) == (
        "revoked",
        {"ip": "192.0.2.7", "told_by": "mailer", "decision_id": str(decision_id)},
    )
    assert [name for name, _ in await told(pool)] == ["Unsubscribed"]


async def test_a_program_that_opens_a_mail_is_told_apart_from_a_person(
    pool: Pool, door: FeedbackDoor, ada: Enrolled
) -> None:
    decision_id = await sent(pool, ada)
    await door.take([word("opened", decision_id, machine=True)], LATER)
    assert await pool.fetchval("SELECT name FROM events ORDER BY id DESC LIMIT 1") == "Email Prefetched"
    assert await told(pool) == []
    assert await state(pool, decision_id) == "delivered"


async def test_what_becomes_of_a_message_begins_no_visit(pool: Pool, door: FeedbackDoor, ada: Enrolled) -> None:
    await door.take([word("delivered", await sent(pool, ada))], LATER)
    assert await pool.fetchval("SELECT session_id FROM profiles WHERE id = $1", ada.profile_id) is None


async def test_a_word_that_comes_before_the_providers_answer_is_acted_on_with_the_next(
    pool: Pool, door: FeedbackDoor, ada: Enrolled
) -> None:
    decision_id = await decided(pool, ada)
    early = word("bounced", provider="mailer", provider_message_id="sid-9", bounce=Bounce.HARD)
    assert await door.take([early], LATER) == Taken(unknown=1)
    await begin_send(pool, decision_id, NOON)
    await settle_sent(pool, decision_id, NOON, provider="mailer", provider_message_id="sid-9")
    nothing = word("delivered", uuid4(), "nobodys")
    assert await door.take([nothing], LATER) == Taken(unknown=1)
    assert await state(pool, decision_id) == "bounced"
    assert await door.take([early], LATER) == Taken(duplicates=1)
    assert await suppressed(pool) == {EMAIL: "hard_bounce"}
    assert [name for name, _ in await told(pool)] == ["Email Bounced"]


async def test_the_answer_that_is_written_down_after_the_feedback_lowers_no_state(
    pool: Pool, door: FeedbackDoor, ada: Enrolled
) -> None:
    decision_id = await decided(pool, ada)
    await begin_send(pool, decision_id, NOON)
    await door.take([word("delivered", decision_id)], LATER)
    await settle_sent(pool, decision_id, NOON, provider="mailer", provider_message_id="sid-1")
    row = await pool.fetchrow("SELECT state, provider, provider_message_id FROM reservations")
    assert row is not None
    assert tuple(row) == ("delivered", "mailer", "sid-1")


async def test_a_message_that_waits_is_decided_again_when_its_address_is_suppressed(
    pool: Pool, door: FeedbackDoor, ada: Enrolled
) -> None:
    decision_id = await sent(pool, ada)
    await pool.execute(
        "INSERT INTO deferrals (run_id, step, decision_id, profile_id, message, channel, reason, purpose, priority,"
        " deferred_at) VALUES ($1, 'later', $2, $3, 'later', 'email', 'quiet_hours', 'marketing', 50, $4)",
        ada.run_id,
        decision_id,
        ada.profile_id,
        NOON,
    )
    await door.take([word("complained", decision_id)], LATER)
    assert await pool.fetchval("SELECT count(*) FROM dispatches WHERE kind = 'reconsider'") == 1


async def test_what_is_reserved_and_not_begun_is_given_back_when_its_address_is_suppressed(
    pool: Pool, door: FeedbackDoor, ada: Enrolled
) -> None:
    reserved, begun = await decided(pool, ada, "next"), await decided(pool, ada, "last")
    await begin_send(pool, begun, NOON)
    await door.take([word("complained", await sent(pool, ada))], LATER)
    assert isinstance(await begin_send(pool, reserved, LATER), Settled)
    assert await state(pool, reserved) == "released"
    assert isinstance(await begin_send(pool, begun, LATER), Order)  # the provider may have it already


async def test_a_message_that_failed_and_is_delivered_all_the_same_counts_again(
    pool: Pool, door: FeedbackDoor, ada: Enrolled
) -> None:
    decision_id = await decided(pool, ada)
    await begin_send(pool, decision_id, NOON)
    await give_back(pool, decision_id, NOON, Reason.PROVIDER_REJECTED, "no")
    await door.take([word("clicked", decision_id)], LATER)
    row = await pool.fetchrow("SELECT state, reason, detail FROM reservations")
    assert row is not None
    assert tuple(row) == ("delivered", None, "told of after its slot was given back")


async def test_two_people_who_become_one_keep_what_was_told_of_either(pool: Pool, door: FeedbackDoor) -> None:
    people = [await somebody(pool, name, addresses={"email": f"{name}@example.com"}) for name in ("ada", "grace")]
    first, second = [await sent(pool, person) for person in people]
    await door.take([word("clicked", first, "c1"), word("unsubscribed", second, "u1")], LATER)
    joined = parse({"type": "alias", "userId": "ada", "previousId": "grace"}, received_at=LATER)
    await Ingest(pool, REGISTRY).accept([joined], (), LATER)
    await door.take([word("delivered", second, "d1"), word("clicked", first, "c1")], LATER)
    assert [await state(pool, each) for each in (first, second)] == ["delivered", "delivered"]
    owners = await pool.fetch(
        "SELECT DISTINCT profile_id FROM events WHERE name IN ('Unsubscribed', 'Email Delivered')"
    )
    assert len(owners) == 1
    survivor = await pool.fetchval("SELECT consent -> 'email' ->> 'marketing' FROM profiles")
    assert survivor == "revoked"


async def test_each_persons_word_touches_nobody_else(pool: Pool, door: FeedbackDoor, ada: Enrolled) -> None:
    grace = await somebody(pool, "grace", addresses={"email": "grace@example.com"})
    hers, adas = await sent(pool, grace), await sent(pool, ada)
    await door.take([word("unsubscribed", hers)], LATER)
    assert (await consent(pool, ada))["email"]["marketing"] == "granted"
    assert (await state(pool, adas), await state(pool, hers)) == ("sent", "delivered")


async def test_a_text_message_that_comes_back_suppresses_the_number(
    pool: Pool, door: FeedbackDoor, ada: Enrolled
) -> None:
    decision_id = await sent(pool, ada, channel=Channel.SMS)
    await door.take([word("bounced", decision_id, bounce=Bounce.HARD)], LATER)
    assert await suppressed(pool) == {("sms", "+442071838750"): "hard_bounce"}


def test_a_word_that_names_no_message_or_half_a_bounce_is_a_mistake_in_the_code() -> None:
    for decision_id, bounce in ((None, None), (uuid4(), Bounce.HARD)):
        with pytest.raises(DefinitionError):
            word("delivered", decision_id, bounce=bounce)
