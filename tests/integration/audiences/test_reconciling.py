"""Audiences come to hold whom they are to hold: many people in a request, and whatever the platforms answer."""

import asyncio
from datetime import datetime, timedelta
from hashlib import sha256

import pytest

from fermata.audiences.membership import cut, forget, leave_run
from fermata.channels.ads_reconciling import Reconciler
from fermata.channels.port import Accepted, Rejected
from fermata.database import Pool
from fermata.ledger import Policies
from fermata.vocabulary import Reason
from tests.ad_platforms import AdPlatforms, Fault, Key
from tests.audience_members import send_ads
from tests.people import NOON, Enrolled, enrol
from tests.policies import under

_HOUR = timedelta(hours=1)


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


ADA_AT_META = {("email", _hash("ada@example.com")), ("phone", _hash("442071838750"))}
ADA_AT_GOOGLE = {("email", _hash("ada@example.com")), ("phone", _hash("+442071838750"))}


@pytest.fixture
async def policies(pool: Pool) -> Policies:
    return await under(pool, "version = 1")


class Case:
    """People, platforms, and a clock that stands still until it is told."""

    def __init__(self, pool: Pool, policies: Policies, platforms: AdPlatforms, reconciler: Reconciler) -> None:
        self.pool = pool
        self.policies = policies
        self.platforms = platforms
        self.reconciler = reconciler
        self.now = NOON

    async def want(self, person: Enrolled, audience: str = "shoes") -> object:
        return await send_ads(self.pool, self.policies, self.platforms.declared(), person, audience, self.now)

    async def run_ends(self, person: Enrolled) -> None:
        async with self.pool.acquire() as connection:
            await leave_run(connection, person.run_id, "Order Completed", self.now)

    async def tell(self) -> int:
        return await self.reconciler.reconcile(lambda: self.now)

    async def member(self, person: Enrolled) -> dict[str, object]:
        row = await self.pool.fetchrow("SELECT * FROM audience_members WHERE profile_id = $1", person.profile_id)
        return dict(row)


@pytest.fixture
def case(pool: Pool, policies: Policies, platforms: AdPlatforms, reconciler: Reconciler) -> Case:
    return Case(pool, policies, platforms, reconciler)


async def _people(pool: Pool, count: int) -> list[Enrolled]:
    return [await enrol(pool, addresses={"email": f"person{number}@example.com"}) for number in range(count)]


def _keys(*numbers: int) -> set[Key]:
    return {("email", _hash(f"person{number}@example.com")) for number in numbers}


async def test_a_person_is_known_by_hashes_as_each_platform_wants_them(case: Case) -> None:
    ada = await enrol(case.pool)
    assert isinstance(await case.want(ada, "shoes"), Accepted)
    assert isinstance(await case.want(ada, "shirts"), Accepted)
    await case.tell()
    assert case.platforms.of("1001") == ADA_AT_META
    assert case.platforms.of("2002") == ADA_AT_GOOGLE


async def test_dots_in_a_gmail_address_do_not_count_at_google(case: Case) -> None:
    ada = await enrol(case.pool, addresses={"email": " A.da@GMail.com"})
    await case.want(ada, "shirts")
    await case.tell()
    assert case.platforms.of("2002") == {("email", _hash("ada@gmail.com"))}


async def test_many_people_are_one_request(case: Case) -> None:
    for person in await _people(case.pool, 40):
        await case.want(person)
    assert await case.tell() == 40
    assert [(asked.change, asked.people) for asked in case.platforms.requests] == [("add", 40)]
    assert await case.tell() == 0


async def test_what_is_wanted_already_is_not_told_again(case: Case) -> None:
    ada = await enrol(case.pool)
    await case.want(ada)
    await case.tell()
    await case.want(ada)
    assert await case.tell() == 0


async def test_the_end_of_the_run_takes_its_person_out(case: Case) -> None:
    ada = await enrol(case.pool)
    await case.want(ada)
    await case.tell()
    await case.run_ends(ada)
    await case.tell()
    assert case.platforms.of("1001") == set()
    assert (await case.member(ada))["told"] == []


async def test_a_withdrawal_before_anything_was_told_tells_nothing(case: Case) -> None:
    ada = await enrol(case.pool)
    await case.want(ada)
    await case.run_ends(ada)
    assert await case.tell() == 1
    assert case.platforms.requests == []


async def test_an_address_that_changed_is_taken_out_and_the_new_one_put_in(case: Case) -> None:
    ada = await enrol(case.pool, addresses={"email": "ada@example.com"})
    await case.want(ada)
    await case.tell()
    await case.pool.execute("UPDATE profiles SET addresses = $1", {"email": "countess@example.com"})
    await case.pool.execute("UPDATE audience_members SET due_at = $1", NOON)
    await case.tell()
    assert case.platforms.of("1001") == {("email", _hash("countess@example.com"))}
    await case.run_ends(ada)
    await case.tell()
    assert case.platforms.of("1001") == set()


async def test_a_withdrawal_names_what_was_told_although_the_address_is_another(case: Case) -> None:
    ada = await enrol(case.pool, addresses={"email": "ada@example.com"})
    await case.want(ada)
    await case.tell()
    await case.pool.execute("UPDATE profiles SET addresses = $1", {"email": "countess@example.com"})
    await case.run_ends(ada)
    await case.tell()
    assert case.platforms.of("1001") == set()


async def test_a_suppressed_address_is_told_to_nobody(case: Case) -> None:
    ada = await enrol(case.pool)
    await _suppress(case.pool, "email", "ada@example.com", NOON)
    await case.want(ada)
    await case.tell()
    assert case.platforms.of("1001") == {("phone", _hash("442071838750"))}


async def test_who_has_no_address_left_is_refused_at_once(case: Case) -> None:
    ada = await enrol(case.pool, addresses={"email": "ada@example.com"})
    await _suppress(case.pool, "email", "ada@example.com", NOON)
    answer = await case.want(ada)
    assert isinstance(answer, Rejected)
    assert answer.reason is Reason.MISSING_ADDRESS
    assert await case.tell() == 0


async def test_a_lost_answer_is_asked_for_again_and_changes_nothing(case: Case) -> None:
    case.platforms.faults = [Fault(status=502, taken=True)]
    ada = await enrol(case.pool)
    await case.want(ada)
    await case.tell()
    assert (await case.member(ada))["failures"] == 1
    assert await case.tell() == 0, "not before its time"
    case.now += timedelta(minutes=1)
    await case.tell()
    assert case.platforms.of("1001") == ADA_AT_META
    assert (await case.member(ada))["failures"] == 0


async def test_an_add_whose_answer_was_lost_is_withdrawn_all_the_same(case: Case) -> None:
    case.platforms.faults = [Fault(status=502, taken=True)]
    ada = await enrol(case.pool)
    await case.want(ada)
    await case.tell()
    await case.run_ends(ada)
    case.now += timedelta(minutes=1)
    await case.tell()
    assert case.platforms.of("1001") == set()


async def test_a_platform_that_asks_to_be_left_alone_is_left_alone_and_the_other_is_not(case: Case) -> None:
    case.platforms.faults = [Fault(status=429, retry_after=600)]
    ada, bob = await enrol(case.pool), (await _people(case.pool, 1))[0]
    await case.want(ada, "shoes")
    await case.tell()
    case.now += timedelta(minutes=5)
    await case.want(bob, "shoes")
    await case.want(bob, "shirts")
    await case.tell()
    assert [asked.platform for asked in case.platforms.requests] == ["meta", "google"]
    case.now += timedelta(minutes=5)
    await case.tell()
    assert case.platforms.of("1001") == ADA_AT_META | _keys(0)


async def test_a_platform_that_is_busy_for_no_time_is_not_asked_without_a_pause(case: Case) -> None:
    case.platforms.faults = [Fault(status=429, retry_after=0)]
    await case.want(await enrol(case.pool))
    assert await case.tell() == 1
    assert await case.tell() == 0
    case.now += timedelta(seconds=5)
    assert await case.tell() == 1
    assert case.platforms.of("1001") == ADA_AT_META


@pytest.mark.parametrize("audience", ["shoes", "shirts"])
async def test_an_answer_without_sense_is_no_yes(case: Case, audience: str) -> None:
    case.platforms.faults = [Fault(status=200, body={"surprise": True})]
    ada = await enrol(case.pool)
    await case.want(ada, audience)
    await case.tell()
    assert (await case.member(ada))["told_at"] is None
    case.now += timedelta(minutes=1)
    await case.tell()
    assert case.platforms.of({"shoes": "1001", "shirts": "2002"}[audience]) != set()


async def test_a_rate_limit_in_the_body_is_not_now(case: Case) -> None:
    case.platforms.faults = [Fault(status=400, body={"error": {"code": 80003, "message": "too many calls"}})]
    ada = await enrol(case.pool)
    await case.want(ada)
    await case.tell()
    case.now += timedelta(minutes=1)
    await case.tell()
    assert case.platforms.of("1001") == ADA_AT_META


async def test_a_token_that_is_refused_loses_nobody(case: Case) -> None:
    case.platforms.faults = [Fault(status=401, body={"error": {"code": 190, "message": "expired"}})]
    ada = await enrol(case.pool)
    await case.want(ada)
    await case.tell()
    assert "token" in str((await case.member(ada))["detail"])
    case.now += timedelta(minutes=5)
    await case.tell()
    assert case.platforms.of("1001") == ADA_AT_META


@pytest.mark.parametrize(("audience", "id_"), [("shoes", "1001"), ("shirts", "2002")])
async def test_who_cannot_be_read_holds_nobody_else_up_and_is_on_record(case: Case, audience: str, id_: str) -> None:
    people = await _people(case.pool, 9)
    case.platforms.unreadable = {_hash("person4@example.com")}
    for person in people:
        await case.want(person, audience)
    await case.tell()
    assert case.platforms.of(id_) == _keys(*(number for number in range(9) if number != 4))
    assert "cannot read" in str((await case.member(people[4]))["detail"])
    assert (await case.member(people[3]))["detail"] is None
    assert await case.tell() == 0, "nothing is tried that cannot succeed"


async def test_who_makes_a_whole_request_impossible_is_found_by_halves(case: Case) -> None:
    people = await _people(case.pool, 9)
    case.platforms.refuses_all_with = {_hash("person4@example.com")}
    for person in people:
        await case.want(person)
    await case.tell()
    assert case.platforms.of("1001") == _keys(*(number for number in range(9) if number != 4))
    assert "refuses" in str((await case.member(people[4]))["detail"])


async def test_a_wish_that_changes_while_it_is_told_is_told_again(case: Case) -> None:
    ada = await enrol(case.pool)
    await case.want(ada)
    case.platforms.meanwhile = lambda: case.run_ends(ada)
    await case.tell()
    assert case.platforms.of("1001") == ADA_AT_META
    case.platforms.meanwhile = None
    await case.tell()
    assert case.platforms.of("1001") == set()


async def test_two_reconcilers_share_the_work(case: Case, platforms: AdPlatforms, reconciler: Reconciler) -> None:
    for person in await _people(case.pool, 20):
        await case.want(person)
    counted = await asyncio.gather(*(reconciler.reconcile(lambda: NOON) for _ in range(4)))
    assert sum(counted) == 20
    assert sum(asked.people for asked in platforms.requests) == 20


async def test_the_frequency_cut_takes_a_person_out_until_it_clears(case: Case) -> None:
    ada = await enrol(case.pool)
    await case.want(ada)
    await case.tell()
    async with case.pool.acquire() as connection:
        await cut(connection, ada.profile_id, NOON + _HOUR, NOON)
    await case.tell()
    assert case.platforms.of("1001") == set()
    case.now += timedelta(minutes=59)
    await case.tell()
    assert case.platforms.of("1001") == set()
    case.now += timedelta(minutes=1)
    await case.tell()
    assert case.platforms.of("1001") == ADA_AT_META


async def test_a_run_that_ends_in_the_cut_ends_the_return_too(case: Case) -> None:
    ada = await enrol(case.pool)
    await case.want(ada)
    async with case.pool.acquire() as connection:
        await cut(connection, ada.profile_id, NOON + _HOUR, NOON)
    await case.run_ends(ada)
    case.now += 2 * _HOUR
    await case.tell()
    assert case.platforms.of("1001") == set()


async def test_the_sixth_ad_of_a_day_is_the_cut_and_decisions_say_so(
    pool: Pool, platforms: AdPlatforms, reconciler: Reconciler
) -> None:
    case = Case(pool, await under(pool, "version = 1\n[channels.ads]\n"), platforms, reconciler)
    ada = await enrol(pool)
    for _ in range(5):
        assert isinstance(await case.want(ada), Accepted)
        case.now += _HOUR
    await case.tell()
    assert platforms.of("1001") == ADA_AT_META
    assert await case.want(ada) is None
    reasons = await pool.fetch("SELECT action, reason FROM decisions ORDER BY decided_at, id")
    assert tuple(reasons[-1]) == ("drop", "frequency_capped")
    await case.tell()
    assert platforms.of("1001") == set()
    assert (await case.member(ada))["returns_at"] == NOON + timedelta(days=1)
    case.now = NOON + timedelta(days=1)
    await case.tell()
    assert platforms.of("1001") == ADA_AT_META


async def test_erasure_takes_them_out_and_leaves_nothing(case: Case) -> None:
    ada = await enrol(case.pool)
    await case.want(ada)
    await case.tell()
    async with case.pool.acquire() as connection:
        await forget(connection, ada.profile_id, NOON)
    assert await case.pool.fetchval("SELECT count(*) FROM audience_members WHERE profile_id IS NOT NULL") == 0
    case.platforms.faults = [Fault()]
    await case.tell()
    case.now += timedelta(minutes=1)
    await case.tell()
    assert case.platforms.of("1001") == set()
    assert await case.pool.fetchval("SELECT count(*) FROM audience_members") == 0


async def _suppress(pool: Pool, channel: str, address: str, at: datetime) -> None:
    await pool.execute(
        "INSERT INTO suppressions (channel, address, reason, created_at) VALUES ($1, $2, 'complained', $3)",
        channel,
        address,
        at,
    )
