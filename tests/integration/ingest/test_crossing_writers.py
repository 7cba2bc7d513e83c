"""Sixty-four writers tell of the same fifty people by crossing names, while messages to them are decided."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from cli.stack.waiting import until
from fermata.database import Pool, open_pool
from fermata.events import IncomingEvent, parse
from fermata.ingest import Ingest
from fermata.journeys import JourneyDefinition, Message, Registry, Trigger
from fermata.ledger import Attempt, Policies, decide_and_reserve
from fermata.vocabulary import Action, Channel
from tests.policies import under

WRITERS, PEOPLE, CALLS = 64, 50, 1_500
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
TWO_A_DAY = """
version = 1
[channels.email]
window = "always"
caps = [{ limit = 2, per = "1d" }]
when_capped = "defer"
"""
JOURNEYS = Registry(
    {
        "cart": JourneyDefinition(trigger=Trigger("Product Added")),
        "browse": JourneyDefinition(trigger=Trigger("Product Viewed")),
    }
)
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
LINKS = (
    ("userId", "anonymousId"),
    ("userId", "second"),
    ("userId", "email"),
    ("email", "anonymousId"),
    ("phone", "second"),
    ("phone", "email"),
    ("card", "phone"),
    ("device", "second"),
    ("former", "third"),
    ("former", "card"),
)
"""Names that stand together in some call of everybody's; with the alias from ``former`` to ``userId`` they are one."""


def calls(random: Random) -> list[dict[str, Any]]:
    """What is told of everybody: each link at least once, one alias, and much else, in no order."""
    told = [call(random, person, *names) for person in range(PEOPLE) for names in LINKS]
    told += [alias(person) for person in range(PEOPLE)]
    names = sorted({name for link in LINKS for name in link})
    while len(told) < CALLS:
        told.append(call(random, random.randrange(PEOPLE), *random.sample(names, k=random.randint(1, 3))))
    random.shuffle(told)
    return [{**each, "messageId": f"m{n}", "timestamp": occurred(n)} for n, each in enumerate(told)]


def occurred(n: int) -> str:
    return (NOON - timedelta(hours=1) + timedelta(seconds=n)).isoformat()


def alias(person: int) -> dict[str, Any]:
    return {"type": "alias", "previousId": f"former {person}", "userId": f"user {person}"}


def call(random: Random, person: int, *names: str) -> dict[str, Any]:
    """A call that names its person so; at times it lets e-mails go out, at others it starts a run."""
    given = set(names)
    context: dict[str, Any] = {"traits": {}}
    if "email" in given:
        context["traits"]["email"] = f"p{person}@example.org"
    if "phone" in given:
        context["traits"]["phone"] = f"+4420718387{person:02}"
    if "card" in given:
        context["externalIds"] = [{"type": "loyalty_card", "id": f"card {person}"}]
    if "device" in given:
        context["device"] = {"id": f"device {person}"}
    anonymous = next((name for name in ("anonymousId", "second", "third") if name in given), None)
    said = {
        "userId": next((f"{name} {person}" for name in ("userId", "former") if name in given), None),
        "anonymousId": f"{anonymous} {person}" if anonymous else None,
        "context": context,
    }
    said["userId"] = said["userId"] and str(said["userId"]).replace("userId", "user")
    if random.random() < 0.4:
        consent = {"email": {"marketing": "granted"}}
        reachable = {"email": f"p{person}@example.org", "consent": consent, "address": {"country": "GB"}}
        return {**said, "type": "identify", "traits": {**context["traits"], **reachable}}
    event = random.choice(["Product Added", "Product Viewed", "Cart Viewed"])
    return {**said, "type": "track", "event": event}


async def test_sixty_four_writers_lose_nothing_make_one_profile_a_person_and_free_no_cap(
    pool: Pool, database_url: str
) -> None:
    random = Random(64)  # noqa: S311 - the same crossings every time
    told = calls(random)
    policies = await under(pool, TWO_A_DAY)
    async with open_pool(database_url, most=48) as many:
        door = Ingest(many, JOURNEYS)
        requests = iter(list(_requests(told, random)))
        writing = asyncio.gather(*(_write(door, requests) for _ in range(WRITERS)))
        deciding = [asyncio.create_task(_decide(many, policies, writing, n)) for n in range(8)]
        await writing
        await asyncio.gather(*deciding)

    stored = {row["message_id"] for row in await pool.fetch("SELECT message_id FROM events")}
    assert stored == {each["messageId"] for each in told}
    assert await pool.fetchval("SELECT count(*) FROM profiles") == PEOPLE
    assert await pool.fetchval("SELECT count(*) FROM profile_merges") > PEOPLE
    users = await pool.fetch("SELECT profile_id, count(*) AS names FROM identities GROUP BY profile_id")
    assert len(users) == PEOPLE
    await _check_caps(pool)
    await _check_runs(pool)


def _requests(told: list[dict[str, Any]], random: Random) -> Iterator[list[dict[str, Any]]]:
    place = 0
    while place < len(told):
        size = random.choice([1, 1, 2, 5])
        yield told[place : place + size]
        place += size


async def _write(door: Ingest, requests: Iterator[list[dict[str, Any]]]) -> None:
    for request in requests:
        await door.accept([parse(each, received_at=NOON) for each in request], (), NOON)


async def _decide(pool: Pool, policies: Policies, writing: "asyncio.Future[Any]", worker: int) -> None:
    """Has every run ask to send again and again, by the profile that it believes to be its own."""
    steps: Counter[UUID] = Counter()
    while not writing.done():
        for row in await pool.fetch("SELECT id, profile_id, journey FROM journey_runs WHERE ended_at IS NULL"):
            steps[row["id"]] += 1
            step = f"step-{worker}-{steps[row['id']]}"
            attempt = Attempt(
                run_id=row["id"],
                profile_id=row["profile_id"],
                journey=row["journey"],
                message=Message(key="hello", channels=(Channel.EMAIL,)),
                step=step,
                visit=1,
                dedupe_key=f"{row['id']}:{step}",
                priority=50,
                asked_at=NOON,
            )
            await decide_and_reserve(pool, policies, attempt, NOON)
        await asyncio.sleep(0)


async def _check_caps(pool: Pool) -> None:
    """Each e-mail went under a cap of two that counted all that its profile, as it then was, had had."""
    rows = await pool.fetch(
        "SELECT profile_id, action, reason, facts FROM decisions WHERE reason <> 'consent_missing' ORDER BY id"
    )
    sends = [row for row in rows if row["action"] == Action.SEND]
    assert len(sends) >= PEOPLE
    by_asked: defaultdict[str, list[int]] = defaultdict(list)
    for send in sends:
        by_asked[send["facts"]["profile"]["id"]].append(len(send["facts"].get("exposures", [])))
    for seen in by_asked.values():
        # One profile's first e-mail saw fewer before it than its second, which saw the first: never a third.
        assert sorted(seen) == sorted(set(seen))
        assert max(seen) < 2
    # Whoever was merged with something on record has it on record still.
    counted = await pool.fetch(
        "SELECT r.profile_id, count(*) AS held, count(*) FILTER (WHERE d.profile_id = r.profile_id) AS agree"
        " FROM reservations r JOIN decisions d ON d.id = r.decision_id GROUP BY r.profile_id"
    )
    assert sum(row["held"] for row in counted) == len(sends)
    assert all(row["held"] == row["agree"] for row in counted)


async def _check_runs(pool: Pool) -> None:
    """Nobody is twice in a journey, and whoever had to leave it was told."""
    doubles = await pool.fetchval(
        "SELECT count(*) FROM (SELECT 1 FROM journey_runs WHERE ended_at IS NULL"
        " GROUP BY profile_id, journey HAVING count(*) > 1) doubled"
    )
    assert doubles == 0
    ended = await pool.fetch("SELECT id, state, reason FROM journey_runs WHERE ended_at IS NOT NULL")
    assert {(row["state"], row["reason"]) for row in ended} == {("exited", "profile_merged")}
    told = {
        row["run_id"]
        for row in await pool.fetch(
            "SELECT DISTINCT run_id FROM dispatches WHERE kind = 'merged' AND payload -> 'ends' = 'true'"
        )
    }
    assert told == {row["id"] for row in ended}


async def test_a_writer_who_waited_takes_nothing_back_that_was_linked_earlier_meanwhile(pool: Pool) -> None:
    doors = [Ingest(pool, Registry({})) for _ in range(3)]

    def told(message_id: str, hour: int, former: str) -> IncomingEvent:
        at = NOON.replace(hour=hour).isoformat()
        alias = {"type": "alias", "previousId": former, "userId": "ada", "messageId": message_id, "timestamp": at}
        return parse(alias, received_at=NOON)

    await doors[0].accept([parse({"type": "identify", "userId": "ada", "messageId": "m0"}, received_at=NOON)], (), NOON)
    async with pool.acquire() as holding, holding.transaction():
        await holding.execute("SELECT 1 FROM profiles FOR UPDATE")

        async def so_many_wait(number: int) -> bool:
            return int(await pool.fetchval(WAITING)) == number

        earlier = asyncio.create_task(doors[1].accept([told("m1", 8, "first")], (), NOON))
        assert await until(lambda: so_many_wait(1), limit=timedelta(seconds=10))
        later = asyncio.create_task(doors[2].accept([told("m2", 10, "second")], (), NOON))
        assert await until(lambda: so_many_wait(2), limit=timedelta(seconds=10))
    await asyncio.gather(earlier, later)
    [row] = await pool.fetch("SELECT linked_at, anchored_at FROM identities WHERE value = 'ada'")
    assert {row["linked_at"], row["anchored_at"]} == {NOON.replace(hour=8)}
