"""Texts that people write: STOP, START and HELP are obeyed by number, and journeys hear of the rest."""

from datetime import timedelta
from typing import Any

import pytest

from fermata.database import Pool
from fermata.feedback import Bounce, Feedback, FeedbackDoor, InboundText, Keyword, TextDoor
from fermata.ingest import Ingest
from fermata.ledger import begin_send, give_back
from fermata.vocabulary import Channel, FeedbackKind, Reason
from tests.integration.feedback.sent import REGISTRY, decided, sent, somebody, suppressed, told
from tests.people import NOON, Enrolled

NUMBER = "+442071838750"
LATER = NOON + timedelta(minutes=5)
STOPPED = {("sms", NUMBER): "stop_reply"}


@pytest.fixture
def texts(pool: Pool) -> TextDoor:
    """The way in for texts."""
    return TextDoor(pool, Ingest(pool, REGISTRY))


def text(body: str, source_id: str = "SM1", **more: Any) -> InboundText:
    return InboundText("texter", source_id, NUMBER, "+15005550006", body, **more)


async def consent(pool: Pool, person: Enrolled) -> Any:
    return await pool.fetchval("SELECT consent -> 'sms' ->> 'marketing' FROM profiles WHERE id = $1", person.profile_id)


async def test_stop_holds_for_everybody_who_has_the_number(pool: Pool, texts: TextDoor, ada: Enrolled) -> None:
    grace = await somebody(pool, "grace", addresses={"sms": NUMBER})
    other = await somebody(pool, "other", addresses={"sms": "+442071838751"})
    taken = await texts.take(text("Stop."), LATER)
    assert (taken.keyword, taken.people, taken.duplicate) == (Keyword.STOP, 2, False)
    assert [await consent(pool, each) for each in (ada, grace, other)] == ["revoked", "revoked", "granted"]
    assert await suppressed(pool) == STOPPED
    assert [name for name, _ in await told(pool)] == ["Unsubscribed", "Unsubscribed"]
    row = await pool.fetchrow("SELECT source, evidence FROM consent_log WHERE status = 'revoked' LIMIT 1")
    assert row is not None
    assert (row["source"], row["evidence"]["text"]) == ("text message", "Stop.")


async def test_start_takes_it_back_and_a_stop_that_is_told_again_does_not_return(
    pool: Pool, texts: TextDoor, ada: Enrolled
) -> None:
    await texts.take(text("STOP"), LATER)
    await texts.take(text("start", "SM2"), LATER + timedelta(minutes=1))
    assert (await consent(pool, ada), await suppressed(pool)) == ("granted", {})
    assert (await texts.take(text("STOP"), LATER + timedelta(minutes=2))).duplicate
    assert (await consent(pool, ada), await suppressed(pool)) == ("granted", {})


async def test_yes_starts_again_only_what_was_stopped(pool: Pool, texts: TextDoor, ada: Enrolled) -> None:
    assert (await texts.take(text("Yes!"), LATER)).keyword is None
    assert [(name, each["keyword"]) for name, each in await told(pool)] == [("SMS Received", "yes")]
    await texts.take(text("ARRÊT", "SM2"), LATER)
    assert await consent(pool, ada) == "revoked"
    assert (await texts.take(text("YES", "SM3"), LATER)).keyword is Keyword.START
    assert await suppressed(pool) == {}


async def test_start_does_not_lift_what_bounced(pool: Pool, texts: TextDoor, door: FeedbackDoor, ada: Enrolled) -> None:
    decision_id = await sent(pool, ada, channel=Channel.SMS)
    bounced = Feedback("texter", "b1", FeedbackKind.BOUNCED, NOON, decision_id=decision_id, bounce=Bounce.HARD)
    await texts.take(text("STOP"), LATER)
    await door.take([bounced], LATER)
    await texts.take(text("START", "SM2"), LATER)
    assert await suppressed(pool) == {("sms", NUMBER): "hard_bounce"}


async def test_a_text_reaches_the_run_with_what_it_answers_and_without_its_words(
    pool: Pool, texts: TextDoor, ada: Enrolled
) -> None:
    decision_id = await sent(pool, ada, channel=Channel.SMS)
    await texts.take(text("Do you have it in blue?"), LATER)
    assert await told(pool) == [
        (
            "SMS Received",
            {
                "channel": "sms",
                "decision_id": str(decision_id),
                "journey": "cart_recovery",
                "message_key": "hello",
                "provider": "texter",
            },
        )
    ]
    stored = await pool.fetchval("SELECT properties FROM events WHERE name = 'SMS Received'")
    assert stored["message_body"] == "Do you have it in blue?"


async def test_help_is_known_and_changes_nothing(pool: Pool, texts: TextDoor, ada: Enrolled) -> None:
    assert (await texts.take(text("INFO"), LATER)).keyword is Keyword.HELP
    assert (await consent(pool, ada), await suppressed(pool)) == ("granted", {})


async def test_a_stop_from_a_number_that_nobody_has_suppresses_it_all_the_same(pool: Pool, texts: TextDoor) -> None:
    taken = await texts.take(text("STOP"), LATER)
    assert (taken.people, await suppressed(pool)) == (0, STOPPED)
    assert await pool.fetchval("SELECT count(*) FROM profiles") == 0


async def test_what_the_provider_has_understood_counts(pool: Pool, texts: TextDoor, ada: Enrolled) -> None:
    await texts.take(text("leave me alone", keyword=Keyword.STOP), LATER)
    assert await consent(pool, ada) == "revoked"


async def test_whom_the_provider_refuses_for_a_stop_that_it_heard_is_suppressed_until_a_start(
    pool: Pool, texts: TextDoor, ada: Enrolled
) -> None:
    decision_id = await decided(pool, ada, channel=Channel.SMS)
    await begin_send(pool, decision_id, NOON)
    await give_back(pool, decision_id, NOON, Reason.SUPPRESSED_BY_PROVIDER, "they said STOP")
    assert await suppressed(pool) == {("sms", NUMBER): "provider_list"}
    await texts.take(text("yes"), LATER)
    assert await suppressed(pool) == {}
