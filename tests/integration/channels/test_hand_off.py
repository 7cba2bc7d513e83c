"""A task reaches its desk once, signed, whatever the desk answers; and what it answers is kept."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from fermata.channels.hand_off import HandOffProvider
from fermata.channels.port import Accepted, Busy, Envelope, HandOffContent, Rejected
from fermata.database import Pool
from fermata.vocabulary import Channel, Reason
from tests.help_desk import HelpDesk, Refusal
from tests.people import NOON, Enrolled, enrol


@pytest.fixture
async def desk() -> AsyncIterator[HelpDesk]:
    async with HelpDesk() as served:
        yield served


@pytest.fixture
async def provider(pool: Pool, desk: HelpDesk) -> AsyncIterator[HandOffProvider]:
    async with HandOffProvider(pool, desk.desks()) as made:
        yield made


def _envelope(person: Enrolled, *, to: str = "sales", key: str = "escalation/1:run:task:1") -> Envelope:
    return Envelope(
        idempotency_key=key,
        channel=Channel.HAND_OFF,
        address=None,
        content=HandOffContent(to, "Call Ada", "She asked for a price.\nTwice.", "urgent"),
        profile_id=person.profile_id,
        message_key="price_call",
        decision_id=uuid4(),
        sent_at=NOON,
    )


async def test_a_desk_gets_all_that_a_colleague_needs(pool: Pool, desk: HelpDesk, provider: HandOffProvider) -> None:
    ada = await enrol(pool)
    await pool.execute(
        "INSERT INTO identities (kind, value, profile_id, first_seen_at) VALUES ('user_id', 'u1', $1, $2)",
        ada.profile_id,
        NOON,
    )
    assert await provider.send(_envelope(ada)) == Accepted("T-1")
    (task,) = desk.tasks.values()
    assert task["data"] | {"decision_id": None} == {
        "to": "sales",
        "title": "Call Ada",
        "body": "She asked for a price.\nTwice.",
        "priority": "urgent",
        "message": "price_call",
        "decision_id": None,
        "expires_at": None,
        "profile": {
            "id": str(ada.profile_id),
            "user_id": "u1",
            "email": "ada@example.com",
            "phone": "+442071838750",
            "first_name": "Ada",
        },
    }


async def test_the_same_task_again_is_one_task_with_one_id(
    pool: Pool, desk: HelpDesk, provider: HandOffProvider
) -> None:
    ada = await enrol(pool)
    first, again = await provider.send(_envelope(ada)), await provider.send(_envelope(ada))
    assert first == again == Accepted("T-1")
    assert await provider.send(_envelope(ada, key="another")) == Accepted("T-2")
    assert (desk.requests, len(desk.tasks)) == (3, 2)


async def test_a_yes_without_an_id_is_a_yes(pool: Pool, desk: HelpDesk, provider: HandOffProvider) -> None:
    desk.answers_with_id = False
    answer = await provider.send(_envelope(await enrol(pool)))
    assert isinstance(answer, Accepted)
    assert answer.provider_message_id in desk.tasks


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
async def test_a_desk_that_is_busy_is_asked_again_when_it_says(
    pool: Pool, desk: HelpDesk, provider: HandOffProvider, status: int
) -> None:
    desk.refusals = [Refusal(status, retry_after=7)]
    ada = await enrol(pool)
    answer = await provider.send(_envelope(ada))
    assert isinstance(answer, Busy)
    assert answer.retry_after == timedelta(seconds=7)
    assert await provider.send(_envelope(ada)) == Accepted("T-1")


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, Reason.PROVIDER_REJECTED),
        (422, Reason.PROVIDER_REJECTED),
        (301, Reason.PROVIDER_MISCONFIGURED),
        (403, Reason.PROVIDER_MISCONFIGURED),
        (404, Reason.PROVIDER_MISCONFIGURED),
        (410, Reason.PROVIDER_MISCONFIGURED),
    ],
)
async def test_a_desk_that_refuses_is_not_asked_again(
    pool: Pool, desk: HelpDesk, provider: HandOffProvider, status: int, reason: Reason
) -> None:
    desk.refusals = [Refusal(status)]
    answer = await provider.send(_envelope(await enrol(pool)))
    assert isinstance(answer, Rejected)
    assert answer.reason is reason
    assert "ada@example.com" not in answer.detail


async def test_a_wrong_secret_makes_no_task(pool: Pool, desk: HelpDesk) -> None:
    async with HandOffProvider(pool, desk.desks("whsec_" + "d3Jvbmc=")) as provider:
        answer = await provider.send(_envelope(await enrol(pool)))
    assert isinstance(answer, Rejected)
    assert desk.tasks == {}


async def test_a_task_that_nobody_signed_is_refused(desk: HelpDesk) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post(desk.desks()["sales"].url, json={"title": "Send me money"})
    assert answer.status_code == 401
    assert desk.tasks == {}


async def test_a_desk_that_nobody_declares_is_named(pool: Pool, provider: HandOffProvider) -> None:
    answer = await provider.send(_envelope(await enrol(pool), to="slaes"))
    assert isinstance(answer, Rejected)
    assert "'slaes'" in answer.detail
    assert "sales, support" in answer.detail


async def test_nobody_hands_over_a_person_who_is_erased(pool: Pool, provider: HandOffProvider) -> None:
    ada = await enrol(pool)
    gone = Enrolled(uuid4(), ada.run_id, ada.journey, ada.trigger)
    answer = await provider.send(_envelope(gone))
    assert isinstance(answer, Rejected)
    assert answer.reason is Reason.PROFILE_ERASED
