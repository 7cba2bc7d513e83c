"""What people do and say takes them out of audiences, with the event that says so; two who are one are in once."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from fermata.channels.port import Accepted, Rejected
from fermata.database import Pool
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import Registry
from fermata.ledger import Policies, close_run
from fermata.vocabulary import Reason
from tests.ad_platforms import AdPlatforms
from tests.audience_members import send_ads
from tests.people import GRANTED, NOON, Enrolled, enrol, store_event
from tests.policies import under

_HOUR = timedelta(hours=1)
_CONSENT = {**GRANTED, "ads": {"marketing": "granted"}}


class Case:
    """People who are in audiences, and the door by which is heard of them."""

    def __init__(self, pool: Pool, policies: Policies, platforms: AdPlatforms) -> None:
        self.pool = pool
        self.policies = policies
        self.declared = platforms.declared()
        self.door = Ingest(pool, Registry({}))

    async def person(self, name: str, **facts: Any) -> Enrolled:
        person = await enrol(self.pool, consent=_CONSENT, **facts)
        for kind in ("user_id", "anonymous_id"):
            await self.pool.execute(
                "INSERT INTO identities (kind, value, profile_id, first_seen_at) VALUES ($1, $2, $3, $4)",
                kind,
                f"{kind}-of-{name}",
                person.profile_id,
                NOON,
            )
        return person

    async def want(self, person: Enrolled, audience: str = "shoes", at: datetime = NOON) -> object:
        return await send_ads(self.pool, self.policies, self.declared, person, audience, at)

    async def hear(self, received_at: datetime = NOON + _HOUR, **payload: Any) -> None:
        event = parse({"messageId": f"m-{received_at}-{payload}"[:90], **payload}, received_at=received_at)
        await self.door.accept([event], (), received_at)

    async def buys(self, name: str, at: datetime, received_at: datetime | None = None) -> None:
        await self.hear(
            received_at or at,
            type="track",
            event="Order Completed",
            userId=f"user_id-of-{name}",
            timestamp=at.isoformat(),
        )

    async def standing(self, profile_id: UUID) -> dict[str, tuple[bool, str]]:
        rows = await self.pool.fetch("SELECT * FROM audience_members WHERE profile_id = $1", profile_id)
        return {row["audience"]: (row["wanted"], row["reason"]) for row in rows}


@pytest.fixture
async def case(pool: Pool, platforms: AdPlatforms) -> Case:
    return Case(pool, await under(pool, "version = 1"), platforms)


async def test_a_purchase_ends_membership_where_the_audience_says_so(case: Case) -> None:
    ada = await case.person("ada")
    await case.want(ada, "shoes")
    await case.want(ada, "care")
    await case.buys("ada", NOON + _HOUR)
    assert await case.standing(ada.profile_id) == {"shoes": (False, "Order Completed"), "care": (True, "eligible")}


async def test_a_purchase_from_before_the_runs_trigger_ends_nothing(case: Case) -> None:
    ada = await case.person("ada")
    await case.want(ada)
    await case.buys("ada", NOON - _HOUR, received_at=NOON + _HOUR)
    assert await case.standing(ada.profile_id) == {"shoes": (True, "eligible")}


async def test_another_persons_purchase_ends_nothing(case: Case) -> None:
    ada, _ = await case.person("ada"), await case.person("bob")
    await case.want(ada)
    await case.buys("bob", NOON + _HOUR)
    assert await case.standing(ada.profile_id) == {"shoes": (True, "eligible")}


async def test_a_purchase_between_decision_and_send_keeps_a_person_out(case: Case) -> None:
    ada = await case.person("ada")
    await store_event(case.pool, ada.profile_id, "Order Completed", NOON + timedelta(seconds=1))
    answer = await case.want(ada)
    assert isinstance(answer, Rejected)
    assert answer.reason is Reason.ELIGIBILITY_FAILED
    assert await case.standing(ada.profile_id) == {}


async def test_a_run_that_ends_between_decision_and_send_keeps_a_person_out(case: Case) -> None:
    ada = await case.person("ada")
    async with case.pool.acquire() as connection:
        await close_run(connection, ada.run_id, "exited", "Cart Cleared", NOON)
    answer = await case.want(ada)
    assert answer is None or isinstance(answer, Rejected)
    assert await case.standing(ada.profile_id) == {}


async def test_a_no_to_ads_ends_every_membership_and_one_to_email_ends_none(case: Case) -> None:
    ada = await case.person("ada")
    await case.want(ada)
    await case.want(ada, "care")
    no = {"consent": {"email": {"marketing": "revoked"}}}
    await case.hear(type="identify", userId="user_id-of-ada", traits=no)
    assert {wanted for wanted, _ in (await case.standing(ada.profile_id)).values()} == {True}
    no = {"consent": {"ads": {"marketing": "revoked"}}}
    await case.hear(NOON + 2 * _HOUR, type="identify", userId="user_id-of-ada", traits=no)
    assert set((await case.standing(ada.profile_id)).values()) == {(False, "consent_revoked")}


async def test_an_address_that_changes_makes_the_membership_due(case: Case) -> None:
    ada = await case.person("ada")
    await case.want(ada)
    await case.pool.execute("UPDATE audience_members SET due_at = NULL")
    await case.hear(type="identify", userId="user_id-of-ada", traits={"email": "countess@example.com"})
    assert await case.pool.fetchval("SELECT due_at FROM audience_members") == NOON + _HOUR


async def test_the_latest_run_that_asked_holds_the_membership(case: Case) -> None:
    ada = await case.person("ada")
    await case.want(ada)
    async with case.pool.acquire() as connection:
        await close_run(connection, ada.run_id, "completed", "came to its end", NOON + _HOUR)
    assert await case.standing(ada.profile_id) == {"shoes": (False, "came to its end")}


async def _sign_in(case: Case, user: str, visitor: str) -> None:
    names = {"userId": f"user_id-of-{user}", "anonymousId": f"anonymous_id-of-{visitor}"}
    await case.hear(NOON + 3 * _HOUR, type="track", event="Signed In", **names)


async def _visitor(case: Case, name: str, journey: str = "browse") -> Enrolled:
    """Somebody without a user id, who can become part of somebody with one."""
    person = await case.person(name, journey=journey, addresses={"email": f"{name}@example.com"})
    await case.pool.execute("DELETE FROM identities WHERE profile_id = $1 AND kind = 'user_id'", person.profile_id)
    return person


async def _of_the_two(case: Case) -> list[dict[str, Any]]:
    return [dict(row) for row in await case.pool.fetch("SELECT * FROM audience_members")]


async def test_two_who_are_one_keep_what_either_wanted_and_remember_what_either_told(case: Case) -> None:
    ada, visitor = await case.person("ada"), await _visitor(case, "bob")
    await case.want(ada)
    await case.want(visitor)
    for person, key in ((ada, "a" * 64), (visitor, "b" * 64)):
        told = [["email", key]]
        await case.pool.execute("UPDATE audience_members SET told = $2 WHERE profile_id = $1", person.profile_id, told)
    await _sign_in(case, "ada", "bob")
    (row,) = await _of_the_two(case)
    assert (row["wanted"], sorted(key for _, key in row["told"])) == (True, ["a" * 64, "b" * 64])
    assert row["due_at"] is not None


@pytest.mark.parametrize(("left", "joined", "wanted"), [(1, 2, True), (2, 1, False), (1, 1, False)])
async def test_of_two_words_the_later_holds_and_of_two_at_once_the_withdrawal(
    case: Case, left: int, joined: int, wanted: bool
) -> None:
    ada, visitor = await case.person("ada"), await _visitor(case, "bob")
    await case.want(ada)
    await case.want(visitor)
    change = "UPDATE audience_members SET wanted = $2, wanted_since = $3 WHERE profile_id = $1"
    await case.pool.execute(change, ada.profile_id, False, NOON + timedelta(minutes=left))
    await case.pool.execute(change, visitor.profile_id, True, NOON + timedelta(minutes=joined))
    await _sign_in(case, "ada", "bob")
    (row,) = await _of_the_two(case)
    assert row["wanted"] is wanted


async def test_what_one_of_two_bought_takes_both_out(case: Case) -> None:
    _, visitor = await case.person("ada"), await _visitor(case, "bob")
    await case.want(visitor)
    await case.buys("ada", NOON + _HOUR)
    assert await case.standing(visitor.profile_id) == {"shoes": (True, "eligible")}
    await _sign_in(case, "ada", "bob")
    (row,) = await _of_the_two(case)
    assert (row["wanted"], row["reason"]) == (False, "Order Completed")


async def test_the_end_of_a_run_by_the_merge_itself_withdraws_nothing_of_the_run_that_goes_on(case: Case) -> None:
    ada, visitor = await case.person("ada"), await _visitor(case, "bob", journey="cart_recovery")
    await case.want(ada)
    await case.want(visitor)
    await _sign_in(case, "ada", "bob")
    (row,) = await _of_the_two(case)
    assert (row["wanted"], row["run_id"]) == (True, ada.run_id)


async def test_an_answer_on_its_way_settles_nothing_of_two_who_became_one(case: Case) -> None:
    ada, visitor = await case.person("ada"), await _visitor(case, "bob")
    await case.want(ada)
    await case.want(visitor)
    lease = NOON + 5 * _HOUR
    await case.pool.execute("UPDATE audience_members SET claim = 7, due_at = $1", lease)
    await _sign_in(case, "ada", "bob")
    (row,) = await _of_the_two(case)
    assert (row["claim"], row["due_at"]) == (8, lease)


async def test_an_accepted_send_is_a_wish_and_no_request(case: Case, platforms: AdPlatforms) -> None:
    ada = await case.person("ada")
    assert isinstance(await case.want(ada), Accepted)
    assert platforms.requests == []
