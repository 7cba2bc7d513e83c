"""Two profiles that turn out to be one person become one: nothing is lost, and no limit starts anew."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from fermata.database import Pool, survivor_of
from fermata.events import parse
from fermata.ingest import Ingest, claim
from fermata.journeys import ProfileMerged
from fermata.ledger import begin_send, decide_and_reserve, give_back
from fermata.vocabulary import Action, Reason
from tests.people import NOON, enrol
from tests.policies import under

TWO_A_DAY = """
version = 1
[channels.email]
window = "always"
caps = [{ limit = 2, per = "1d" }]
when_capped = "defer"
"""
MARCH = datetime(2026, 3, 10, 12, tzinfo=UTC)


async def send(door: Ingest, *payloads: dict[str, Any], at: datetime = MARCH) -> None:
    await door.accept([parse(each, received_at=at) for each in payloads], (), at)


def track(event: str, minutes: int = 0, **rest: Any) -> dict[str, Any]:
    at = MARCH - timedelta(hours=1) + timedelta(minutes=minutes)
    return {"type": "track", "event": event, "timestamp": at.isoformat(), **rest}


def identify(minutes: int = 0, traits: dict[str, Any] | None = None, **rest: Any) -> dict[str, Any]:
    at = MARCH - timedelta(hours=1) + timedelta(minutes=minutes)
    return {"type": "identify", "traits": traits or {}, "timestamp": at.isoformat(), **rest}


async def owner(pool: Pool, kind: str, value: str) -> UUID:
    found: UUID = await pool.fetchval("SELECT profile_id FROM identities WHERE kind = $1 AND value = $2", kind, value)
    return found


async def test_a_visitor_who_signs_in_becomes_part_of_the_known_profile(door: Ingest, pool: Pool) -> None:
    await send(door, track("Product Viewed", anonymousId="a1"), identify(1, {"city": "Lyon"}, anonymousId="a1"))
    await send(door, identify(2, {"first_name": "Ada"}, userId="ada"))
    visitor = await owner(pool, "anonymous_id", "a1")
    await send(door, track("Signed In", 3, userId="ada", anonymousId="a1", messageId="m-link"))
    ada = await owner(pool, "user_id", "ada")
    assert await owner(pool, "anonymous_id", "a1") == ada
    assert [row["id"] for row in await pool.fetch("SELECT id FROM profiles")] == [ada]
    assert await pool.fetchval("SELECT traits FROM profiles") == {"city": "Lyon", "first_name": "Ada"}
    assert await pool.fetchval("SELECT count(*) FROM events WHERE profile_id = $1", ada) == 4
    merge = await pool.fetchrow("SELECT * FROM profile_merges")
    assert merge is not None
    assert (merge["loser_id"], merge["survivor_id"], merge["message_id"]) == (visitor, ada, "m-link")
    assert (merge["name"], merge["other_name"]) == ("user_id:ada", "anonymous_id:a1")


async def test_an_id_that_was_merged_away_leads_to_the_survivor_however_often(door: Ingest, pool: Pool) -> None:
    await send(door, track("X", anonymousId="a1"))
    first = await owner(pool, "anonymous_id", "a1")
    await send(door, identify(1, {"email": "Ada@Example.com "}, anonymousId="a2"))
    await send(door, identify(2, {"email": "ada@example.com"}, anonymousId="a1"))
    second = await owner(pool, "anonymous_id", "a2")
    assert second == await owner(pool, "anonymous_id", "a1")
    await send(door, track("Y", userId="ada"))
    await send(door, track("Y", 3, userId="ada", anonymousId="a2"))
    ada = await owner(pool, "user_id", "ada")
    for former in {first, second} - {ada}:
        assert await survivor_of(pool, former) == ada
    assert await pool.fetchval("SELECT count(*) FROM profiles") == 1


async def test_an_event_with_only_a_hashed_email_finds_the_person(door: Ingest, pool: Pool) -> None:
    await send(door, identify(traits={"email": "ada@example.com"}, userId="ada"))
    hashed = hashlib.sha256(b"ada@example.com").hexdigest()
    ways: list[dict[str, Any]] = [
        {"context": {"externalIds": [{"id": " ADA@example.com", "type": "email"}]}},
        {"context": {"externalIds": [{"id": hashed, "type": "email", "encoding": "sha256"}]}},
        {"context": {"traits": {"email": "ada@example.com"}}},
        {"context": {"traits": {"email_sha256": hashed.upper()}}},
    ]
    for n, names in enumerate(ways):
        await send(door, track("In Store Purchase", n, messageId=f"offline-{n}", **names))
    ada = await owner(pool, "user_id", "ada")
    assert await pool.fetchval("SELECT count(*) FROM events WHERE profile_id = $1", ada) == 5
    assert await pool.fetchval("SELECT value FROM identities WHERE kind = 'email'") == hashed


@pytest.mark.parametrize("junk", ["null", "Unknown", "00000000-0000-0000-0000-000000000000", " undefined "])
async def test_nobodys_id_joins_no_strangers(door: Ingest, pool: Pool, junk: str) -> None:
    for person in ("ada", "bob", "eve"):
        await send(door, identify(traits={"email": "test@test.com"}, userId=person, anonymousId=junk))
        await send(door, track("X", 1, userId=junk, anonymousId=f"device of {person}"))
    assert await pool.fetchval("SELECT count(*) FROM profiles") == 6
    assert await pool.fetchval("SELECT count(*) FROM identities WHERE kind = 'email'") == 0
    assert await pool.fetchval("SELECT count(*) FROM events WHERE marks ? 'nobodys_name'") == 6


async def test_a_shared_device_joins_no_two_mailboxes(door: Ingest, pool: Pool) -> None:
    for n, person in enumerate(("ada", "bob", "eve")):
        names = {"anonymousId": "kiosk", "context": {"device": {"id": "till-7"}}}
        await send(door, identify(n, {"email": f"{person}@example.com"}, **names))
    assert await pool.fetchval("SELECT count(*) FROM profiles") == 3
    assert await pool.fetchval("SELECT count(*) FROM profile_merges") == 0
    assert await pool.fetchval("SELECT count(*) FROM events WHERE marks ? 'left_apart'") == 2


async def test_of_two_consents_the_stricter_stands_and_of_two_facts_the_later(door: Ingest, pool: Pool) -> None:
    granted = {
        "consent": {"email": {"marketing": "granted"}, "sms": {"marketing": "granted"}},
        "timezone": "Asia/Tokyo",
    }
    revoked = {"consent": {"email": {"marketing": "revoked"}}, "timezone": "Europe/Paris"}
    await send(door, identify(1, revoked, anonymousId="a1"), identify(2, granted, userId="ada"))
    await send(door, track("Signed In", 3, userId="ada", anonymousId="a1"))
    row = await pool.fetchrow("SELECT consent, time_zone FROM profiles")
    assert row is not None
    assert row["consent"] == {"email": {"marketing": "revoked"}, "sms": {"marketing": "granted"}}
    assert row["time_zone"] == "Asia/Tokyo"
    await send(door, identify(4, granted, userId="ada"))
    assert await pool.fetchval("SELECT consent -> 'email' ->> 'marketing' FROM profiles") == "granted"


async def test_the_losers_run_goes_on_for_the_survivor_or_ends_where_that_one_is_there_already(
    door: Ingest, pool: Pool
) -> None:
    await send(door, track("Signed Up", anonymousId="a1"), track("Product Added", 1, anonymousId="a1"))
    await send(door, track("Product Added", 2, userId="ada"))
    await send(door, track("Product Viewed", 3, userId="ada", anonymousId="a1"))
    ada = await owner(pool, "user_id", "ada")
    rows = await pool.fetch("SELECT journey, state, reason, profile_id, workflow_id FROM journey_runs ORDER BY id")
    assert {row["profile_id"] for row in rows} == {ada}
    assert [(row["journey"], row["state"], row["reason"]) for row in rows] == [
        ("welcome", "active", None),
        ("cart", "exited", "profile_merged"),
        ("cart", "active", None),
    ]
    words = await pool.fetch(
        "SELECT r.journey, d.kind, d.payload FROM dispatches d JOIN journey_runs r ON r.id = d.run_id"
        " WHERE d.kind = 'merged' ORDER BY d.id"
    )
    assert [(row["journey"], ProfileMerged.model_validate(row["payload"])) for row in words] == [
        ("welcome", ProfileMerged(profile_id=ada)),
        ("cart", ProfileMerged(profile_id=ada, ends=True)),
    ]
    # And re-entry is judged on both: the week after either cart is over for neither.
    await send(door, track("Order Completed", 4, userId="ada"))
    await pool.execute("UPDATE journey_runs SET ended_at = $1, state = 'converted' WHERE ended_at IS NULL", MARCH)
    await send(door, track("Signed Up", 5, userId="ada", messageId="again"))
    assert await pool.fetchval("SELECT routing FROM events WHERE message_id = 'again'") == {
        "welcome": "reentry_blocked"
    }


async def test_a_goal_that_the_other_profile_has_reached_ends_the_run(door: Ingest, pool: Pool) -> None:
    await send(door, track("Product Added", anonymousId="a1"), track("Order Completed", 1, userId="ada"))
    await send(door, identify(2, userId="ada", anonymousId="a1"))
    kinds = await pool.fetch("SELECT kind, payload ->> 'name' AS name FROM dispatches ORDER BY id")
    assert [(row["kind"], row["name"]) for row in kinds] == [
        ("start", "Product Added"),
        ("merged", None),
        ("signal", "Order Completed"),
    ]


async def test_what_is_on_its_way_to_a_run_stays_before_what_follows_the_merge(door: Ingest, pool: Pool) -> None:
    await send(door, track("Product Added", anonymousId="a1"))
    await send(door, identify(1, userId="ada"))
    await send(door, track("Product Viewed", 2, userId="ada", anonymousId="a1"))
    order = []
    while True:
        async with pool.acquire() as connection, connection.transaction():
            claimed = await claim(connection, limit=10, now=MARCH)
            order += [(each.kind, str(each.profile_id)) for each in claimed]
            await connection.execute(
                "UPDATE dispatches SET delivered_at = now() WHERE id = ANY($1::bigint[])", [each.id for each in claimed]
            )
        if not claimed:
            break
    ada = str(await owner(pool, "user_id", "ada"))
    assert order == [("start", ada), ("merged", ada), ("signal", ada)]


async def test_every_table_that_holds_something_of_a_profile_is_moved(pool: Pool) -> None:
    """A profile can only be removed when nothing points to it: each key to ``profiles`` guards a merge."""
    columns = await pool.fetch(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'profile_id' AND table_schema = 'public'"
    )
    guarded = await pool.fetch(
        "SELECT DISTINCT conrelid::regclass::text AS name FROM pg_constraint"
        " WHERE confrelid = 'profiles'::regclass AND contype = 'f'"
    )
    unguarded = {row["table_name"] for row in columns} - {row["name"] for row in guarded}
    # A dispatch keeps its place in the queue of the profile that it was left for; a reservation goes with its decision.
    assert unguarded == {"dispatches", "reservations"}


async def merge_people(door: Ingest, pool: Pool, one: UUID, other: UUID, name: str) -> None:
    """Has an event say that two profiles are one person."""
    for profile, value in ((one, f"user {name}"), (other, f"device {name}")):
        await pool.execute(
            "INSERT INTO identities (kind, value, profile_id, first_seen_at) VALUES ($1, $2, $3, $4)",
            "user_id" if profile == one else "anonymous_id",
            value,
            profile,
            NOON,
        )
    payload = track("Signed In", userId=f"user {name}", anonymousId=f"device {name}")
    await send(door, {**payload, "timestamp": NOON.isoformat()}, at=NOON)


async def test_exposures_add_up_and_a_decision_for_the_former_profile_counts_for_the_survivor(
    door: Ingest, pool: Pool
) -> None:
    one, other = await enrol(pool, journey="cart"), await enrol(pool, journey="welcome")
    policies = await under(pool, TWO_A_DAY)
    for person in (one, other):
        decision = await decide_and_reserve(pool, policies, person.attempt("first"), NOON)
        assert decision.action is Action.SEND
    await merge_people(door, pool, one.profile_id, other.profile_id, "ada")
    # Two e-mails a day are allowed, and both are taken.
    for person in (one, other):
        again = await decide_and_reserve(pool, policies, person.attempt("second"), NOON + timedelta(hours=1))
        assert (again.action, again.reason) == (Action.DEFER, Reason.FREQUENCY_CAPPED)
    owners = await pool.fetch(
        "SELECT profile_id FROM decisions UNION SELECT profile_id FROM reservations"
        " UNION SELECT profile_id FROM deferrals"
    )
    assert [row["profile_id"] for row in owners] == [one.profile_id]


async def test_a_run_that_a_merge_has_ended_sends_nothing_any_more(door: Ingest, pool: Pool) -> None:
    one, other = await enrol(pool, journey="cart"), await enrol(pool, journey="cart")
    policies = await under(pool, TWO_A_DAY)
    reserved = await decide_and_reserve(pool, policies, other.attempt("first"), NOON)
    await merge_people(door, pool, one.profile_id, other.profile_id, "ada")
    late = await decide_and_reserve(pool, policies, other.attempt("second"), NOON)
    assert (late.action, late.reason) == (Action.DROP, Reason.PROFILE_MERGED)
    state = await pool.fetchval("SELECT state FROM reservations WHERE decision_id = $1", reserved.id)
    assert state == "released"


async def test_merging_while_everybody_decides_never_frees_a_cap(door: Ingest, pool: Pool) -> None:
    """Ten pairs, each with forty attempts at once and a merge in the middle of them: two e-mails a person."""
    pairs = [(await enrol(pool, journey="cart"), await enrol(pool, journey="welcome")) for _ in range(10)]
    policies = await under(pool, TWO_A_DAY)

    async def attempt(n: int, pair: int, side: int) -> None:
        await asyncio.sleep(0)
        person = pairs[pair][side]
        decision = await decide_and_reserve(pool, policies, person.attempt(f"step-{n}"), NOON)
        if decision.action is Action.SEND and n % 7 == 0:
            await begin_send(pool, decision.id, NOON)
            await give_back(pool, decision.id, NOON, Reason.PROVIDER_REJECTED, "no such mailbox")

    async def merge(pair: int) -> None:
        one, other = pairs[pair]
        await merge_people(door, pool, one.profile_id, other.profile_id, str(pair))

    work = [attempt(n, pair, side) for n in range(20) for pair in range(10) for side in (0, 1)]
    for pair in range(10):
        work.insert(37 * (pair + 1), merge(pair))
    await asyncio.gather(*work)

    for one, other in pairs:
        survivor = await survivor_of(pool, other.profile_id) or other.profile_id
        # Before its merge each side may have had two, and two that went out may have been given back.
        for n in range(4):
            taken = await pool.fetchval(
                "SELECT count(*) FROM reservations WHERE profile_id = $1 AND state NOT IN ('released', 'failed')",
                survivor,
            )
            assert taken <= 4
            late = await decide_and_reserve(pool, policies, (one, other)[n % 2].attempt(f"late-{n}"), NOON)
            # From the merge on there is one cap of two for both.
            assert (late.action is Action.SEND) == (taken < 2)
    assert await pool.fetchval("SELECT count(*) FROM profiles") == 10
