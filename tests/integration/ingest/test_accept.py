"""What one request leaves in the database: all of it, once, and nothing of what was there before."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from fermata.database import Pool
from fermata.events import IncomingEvent, Rejection, parse
from fermata.ingest import CHANNEL, Ingest, Receipt
from fermata.ledger import close_run

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def event(name: str, user: str = "ada", *, at: datetime = NOON, **more: Any) -> IncomingEvent:
    payload = {"type": "track", "event": name, "userId": user, "timestamp": at.isoformat(), **more}
    return parse(payload, received_at=max(at, NOON))


async def send(door: Ingest, *events: IncomingEvent, now: datetime = NOON) -> Receipt:
    return await door.accept(events, (), now)


async def routings(pool: Pool) -> list[dict[str, str]]:
    return [row["routing"] for row in await pool.fetch("SELECT routing FROM events ORDER BY occurred_at, id")]


async def dispatched(pool: Pool) -> list[tuple[str, str]]:
    rows = await pool.fetch("SELECT kind, payload->>'name' AS name FROM dispatches ORDER BY id")
    return [(row["kind"], row["name"]) for row in rows]


async def counted(pool: Pool, tables: Sequence[str] = ("events", "profiles", "identities", "dispatches")) -> list[int]:
    return [await pool.fetchval(f"SELECT count(*) FROM {table}") for table in tables]  # noqa: S608 - our own names


async def test_a_trigger_starts_a_run_and_leaves_a_dispatch_with_the_event(door: Ingest, pool: Pool) -> None:
    added = event("Product Added", properties={"product_id": "p1", "email": "ada@example.com"})
    assert await send(door, added) == Receipt(accepted=1, duplicates=0, rejected=0)
    run = await pool.fetchrow("SELECT * FROM journey_runs")
    assert run is not None
    stored = await pool.fetchrow("SELECT * FROM events")
    assert stored is not None
    assert (run["journey"], run["state"], run["ended_at"]) == ("cart", "active", None)
    assert run["workflow_id"] == f"cart/{run['profile_id']}"
    assert run["trigger_event_id"] == stored["id"]
    assert stored["routing"] == {"cart": "started"}
    assert stored["properties"] == {"product_id": "p1", "email": "ada@example.com"}
    dispatch = await pool.fetchrow("SELECT * FROM dispatches")
    assert dispatch is not None
    assert (dispatch["kind"], dispatch["run_id"], dispatch["due_at"]) == ("start", run["id"], NOON)
    assert dispatch["payload"]["properties"] == {"product_id": "p1"}  # nothing personal goes into a history


async def test_the_same_message_again_has_no_effect_whatever(door: Ingest, pool: Pool) -> None:
    added = event("Product Added", messageId="m1")
    await send(door, added)
    before = await counted(pool)
    # Under another name, even: it is the message id that counts.
    again = event("Product Added", "somebody-else", messageId="m1")
    assert await send(door, added, again) == Receipt(accepted=0, duplicates=2, rejected=0)
    assert await counted(pool) == before


async def test_a_message_twice_in_one_request_counts_once(door: Ingest, pool: Pool) -> None:
    added = event("Product Added", messageId="m1")
    assert await send(door, added, added) == Receipt(accepted=1, duplicates=1, rejected=0)
    assert await counted(pool) == [1, 1, 1, 1]


async def test_an_event_that_is_no_trigger_never_starts_a_run(door: Ingest, pool: Pool) -> None:
    await send(door, event("Product Viewed"), event("Order Completed"), event("Unheard Of"))
    assert await counted(pool, ("journey_runs", "dispatches")) == [0, 0]
    assert await routings(pool) == [{}, {}, {}]


async def test_an_awaited_event_goes_to_the_active_run_and_no_other_does(door: Ingest, pool: Pool) -> None:
    later = NOON + timedelta(minutes=1)
    await send(door, event("Product Added"))
    await send(door, event("Product Viewed", at=later), event("Unheard Of", at=later), now=later)
    assert await dispatched(pool) == [("start", "Product Added"), ("signal", "Product Viewed")]
    assert {"cart": "reached"} in await routings(pool)


async def test_a_trigger_of_somebody_enrolled_goes_to_the_run_as_a_signal(door: Ingest, pool: Pool) -> None:
    await send(door, event("Product Added"), event("Product Added", at=NOON + timedelta(seconds=1)))
    assert await dispatched(pool) == [("start", "Product Added"), ("signal", "Product Added")]
    assert await routings(pool) == [{"cart": "started"}, {"cart": "already_enrolled"}]


async def test_reentry_is_blocked_until_its_time_has_passed_since_the_end_of_the_last_run(
    door: Ingest, pool: Pool
) -> None:
    await send(door, event("Product Added"))
    ended = NOON + timedelta(days=1)
    async with pool.acquire() as connection:
        run_id = await connection.fetchval("SELECT id FROM journey_runs")
        await close_run(connection, run_id, "completed", "last line", ended)
    for at in (ended + timedelta(days=7, seconds=-1), ended + timedelta(days=7)):
        await send(door, event("Product Added", at=at), now=at)
    assert await routings(pool) == [{"cart": "started"}, {"cart": "reentry_blocked"}, {"cart": "started"}]


async def test_a_goal_that_came_in_before_its_trigger_keeps_the_run_from_starting(door: Ingest, pool: Pool) -> None:
    bought = NOON + timedelta(minutes=5)
    await send(door, event("Order Completed", at=bought), now=bought)
    await send(door, event("Product Added", at=NOON), now=bought)
    assert await routings(pool) == [{"cart": "goal_met"}, {}]
    assert await counted(pool, ("journey_runs", "dispatches")) == [0, 0]


async def test_a_goal_in_the_same_request_keeps_the_run_from_starting_in_any_order(door: Ingest, pool: Pool) -> None:
    bought = event("Order Completed", at=NOON + timedelta(minutes=5))
    await send(door, bought, event("Product Added", at=NOON), now=NOON + timedelta(minutes=5))
    assert await routings(pool) == [{"cart": "goal_met"}, {}]


async def test_an_earlier_goal_does_not_keep_a_run_from_starting(door: Ingest, pool: Pool) -> None:
    await send(door, event("Order Completed", at=NOON - timedelta(seconds=1)))
    await send(door, event("Product Added"))
    assert (await routings(pool))[1] == {"cart": "started"}


async def test_holdouts_are_on_record_ended_and_never_reached(door: Ingest, pool: Pool) -> None:
    await send(door, *(event("Category Viewed", f"user {n}") for n in range(200)))
    rows = await pool.fetch("SELECT state, reason, ended_at, count(*) AS n FROM journey_runs GROUP BY 1, 2, 3")
    by_state = {row["state"]: row for row in rows}
    assert by_state["holdout"]["reason"] == "holdout_journey"
    assert by_state["holdout"]["ended_at"] == NOON
    assert by_state["active"]["ended_at"] is None
    assert 60 < by_state["holdout"]["n"] < 140
    assert await pool.fetchval("SELECT count(*) FROM dispatches") == by_state["active"]["n"]


async def test_somebody_held_out_once_is_held_out_again(door: Ingest, pool: Pool) -> None:
    for n in range(40):
        await send(door, event("Category Viewed", f"user {n}"))
    held = {row["profile_id"] for row in await pool.fetch("SELECT profile_id FROM journey_runs WHERE state='holdout'")}
    later = NOON + timedelta(days=30)
    await send(door, *(event("Category Viewed", f"user {n}", at=later) for n in range(40)), now=later)
    rows = await pool.fetch("SELECT profile_id FROM journey_runs WHERE state='holdout' AND started_at=$1", later)
    assert {row["profile_id"] for row in rows} == held


async def test_dispatches_of_a_profile_stand_in_the_order_in_which_the_events_occurred(
    door: Ingest, pool: Pool
) -> None:
    viewed = [event("Product Viewed", at=NOON + timedelta(seconds=n), properties={"n": n}) for n in range(20)]
    await send(door, event("Product Added"))
    await send(door, *reversed(viewed), now=NOON + timedelta(minutes=1))
    rows = await pool.fetch("SELECT payload->'properties'->>'n' AS n FROM dispatches WHERE kind='signal' ORDER BY id")
    assert [row["n"] for row in rows] == [str(n) for n in range(20)]


async def test_rejections_are_kept_with_field_and_reason(door: Ingest, pool: Pool) -> None:
    refused = Rejection(field="timestamp", message="names no offset", payload='{"a": 1}', door="track")
    receipt = await door.accept([event("Product Viewed")], [refused], NOON)
    assert receipt == Receipt(accepted=1, duplicates=0, rejected=1)
    row = await pool.fetchrow("SELECT field, reason, payload, received_at, door, resent_at FROM rejected_events")
    assert row is not None
    assert tuple(row) == ("timestamp", "names no offset", '{"a": 1}', NOON, "track", None)


async def test_a_commit_with_dispatches_wakes_the_listener_and_another_does_not(door: Ingest, pool: Pool) -> None:
    heard: list[str] = []

    def hear(*notice: object) -> None:
        heard.append(str(notice[-1]))

    async with pool.acquire() as listener:
        await listener.add_listener(CHANNEL, hear)
        await send(door, event("Unheard Of"))
        await send(door, event("Product Added"))
        await listener.fetchval("SELECT 1")  # notices of what was committed before come with the answer
        await listener.remove_listener(CHANNEL, hear)
    assert heard == ["1"]
