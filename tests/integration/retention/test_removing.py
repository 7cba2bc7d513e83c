"""What has had its time goes, and nothing that a run or a cap may still look at."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from fermata.database import Pool, Queries
from fermata.errors import ConfigurationError
from fermata.ledger import Policies, begin_send, close_run, decide_and_reserve, settle_sent
from fermata.retention import Keep, Removed, remove_old
from fermata.retention.removing import first_id_at
from fermata.settings import Settings, read_settings
from fermata.vocabulary import Action
from tests.integration.retention.aged import event_at, id_at
from tests.people import NOON, Enrolled, enrol
from tests.policies import under
from worker.retaining import kept_by

_DAY = timedelta(days=1)
_NOW = NOON + 100 * _DAY
_ONE_A_MONTH = """
version = 1
[channels.email]
window = "always"
caps = [{ limit = 1, per = "30d" }]
when_capped = "drop"
"""


class _Stopped(Exception):
    """Somebody ends the process."""


async def _sent(pool: Pool, policies: Policies, person: Enrolled, at: datetime) -> UUID:
    """A message that went out, was heard of, and had a short link; its decision has an id of that time."""
    decided = await decide_and_reserve(pool, policies, person.attempt(f"step-{at:%j}"), at)
    assert decided.action is Action.SEND
    await begin_send(pool, decided.id, at, provider="smtp")
    await settle_sent(pool, decided.id, at, provider="smtp", provider_message_id="m")
    identifier = id_at(at)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("UPDATE decisions SET id = $2 WHERE id = $1", decided.id, identifier)
        await connection.execute(
            "UPDATE reservations SET decision_id = $2 WHERE decision_id = $1", decided.id, identifier
        )
    await pool.execute("INSERT INTO short_links VALUES ($1, $2, 'https://shop.example')", str(identifier), identifier)
    await pool.execute(
        "INSERT INTO feedback (id, decision_id, source, source_id, kind, occurred_at, received_at)"
        " VALUES ($1, $1, 'smtp', $2, 'delivered', $3, $3)",
        identifier,
        str(identifier),
        at,
    )
    return identifier


async def _left(pool: Pool, table: str, key: str = "id") -> set[UUID]:
    return {row[key] for row in await pool.fetch(f"SELECT {key} FROM {table}")}  # noqa: S608 - of this file


@pytest.mark.parametrize("page", [1, 1000])
async def test_old_events_go_but_for_what_an_active_run_may_look_at(pool: Pool, page: int) -> None:
    gone, here = await enrol(pool, at=NOON), await enrol(pool, at=NOON)
    async with pool.acquire() as connection:
        await close_run(connection, gone.run_id, "completed", "its end", NOON + _DAY)
    before, since = NOON - 50 * _DAY, NOON + _DAY
    old = [await event_at(pool, person, at) for person in (gone, here) for at in (before, since)]
    young = await event_at(pool, gone, _NOW - 5 * _DAY)
    await pool.execute("UPDATE events SET id = $2 WHERE id = $1", here.trigger.id, trigger := id_at(NOON))
    await pool.execute("UPDATE journey_runs SET trigger_event_id = $2 WHERE id = $1", here.run_id, trigger)
    removed = await remove_old(pool, Keep(events=30 * _DAY), _NOW, page=page)
    assert removed == Removed(events=3)
    left = await _left(pool, "events")
    assert left - {gone.trigger.id} == {old[3], young, trigger}


async def test_a_decision_goes_with_all_that_is_of_it_once_its_run_is_over(pool: Pool) -> None:
    policies = await under(pool, _ONE_A_MONTH)
    over, active = await enrol(pool), await enrol(pool)
    theirs, kept = await _sent(pool, policies, over, NOON), await _sent(pool, policies, active, NOON)
    async with pool.acquire() as connection:
        await close_run(connection, over.run_id, "completed", "its end", NOON + _DAY)
    assert await remove_old(pool, Keep(decisions=90 * _DAY), _NOW) == Removed(decisions=1)
    assert theirs not in await _left(pool, "decisions")
    tables = {"decisions": "id", "reservations": "decision_id", "short_links": "decision_id", "feedback": "decision_id"}
    assert [await _left(pool, table, key) for table, key in tables.items()] == [{kept}] * 4


async def test_what_a_cap_counts_stays_however_short_it_was_to_be_kept(pool: Pool) -> None:
    policies, ada = await under(pool, _ONE_A_MONTH), await enrol(pool)
    await _sent(pool, policies, ada, _NOW - 20 * _DAY)
    async with pool.acquire() as connection:
        await close_run(connection, ada.run_id, "completed", "its end", _NOW - 19 * _DAY)
    assert await remove_old(pool, Keep(decisions=_DAY), _NOW) == Removed()
    await pool.execute("UPDATE journey_runs SET ended_at = NULL, state = 'active'")
    again = await decide_and_reserve(pool, policies, ada.attempt("another"), _NOW)
    assert (again.action, str(again.reason)) == (Action.DROP, "frequency_capped")


async def test_dispatches_and_rejected_events_go_when_nobody_needs_them(pool: Pool) -> None:
    over, active = await enrol(pool), await enrol(pool)
    async with pool.acquire() as connection:
        await close_run(connection, over.run_id, "completed", "its end", NOON)
    for person, delivered in ((over, NOON), (over, None), (active, NOON), (over, _NOW)):
        await pool.execute(
            "INSERT INTO dispatches (profile_id, run_id, kind, due_at, created_at, delivered_at)"
            " VALUES ($1, $2, 'signal', $3, $3, $4)",
            person.profile_id,
            person.run_id,
            NOON if delivered != _NOW else _NOW,
            delivered,
        )
    for at in (NOON, _NOW):
        await pool.execute(
            "INSERT INTO rejected_events (id, received_at, door, field, reason, payload)"
            " VALUES ($1, $2, 'track', 'event', 'is missing', '{}')",
            id_at(at),
            at,
        )
    keep = Keep(dispatches=30 * _DAY, rejected=30 * _DAY)
    assert await remove_old(pool, keep, _NOW) == Removed(dispatches=1, rejected=1)
    assert await pool.fetchval("SELECT count(*) FROM dispatches") == 3


async def test_only_one_removes_at_a_time_and_who_is_stopped_leaves_the_rest(pool: Pool) -> None:
    ada = await enrol(pool)
    async with pool.acquire() as connection:
        await close_run(connection, ada.run_id, "completed", "its end", NOON)
    for hours in range(20):
        await event_at(pool, ada, NOON - timedelta(hours=hours))
    keep = Keep(events=30 * _DAY)

    async def stopped(_kind: str, removed: int) -> None:
        if removed == 5:
            assert await remove_old(pool, keep, _NOW) is None, "somebody is at it"
            raise _Stopped

    with pytest.raises(_Stopped):
        await remove_old(pool, keep, _NOW, page=1, told=stopped)
    assert await remove_old(pool, keep, _NOW) == Removed(events=20 - 5)


@pytest.mark.parametrize("kind", ["events", "decisions", "dispatches", "rejected_events"])
async def test_a_page_is_found_by_the_key_whatever_the_table_holds(pool: Pool, kind: str) -> None:
    statement = Queries("fermata.retention")[kind.removesuffix("_events")]
    first = 0 if kind == "dispatches" else UUID(int=0)
    given = (first, NOON, 1000) if kind == "dispatches" else (first, NOON, 1000, first_id_at(NOON))
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        plan = await connection.fetch(f"EXPLAIN {statement}", *given)
    assert f"{kind}_pkey" in "\n".join(row[0] for row in plan).replace("events_before", "events")


def test_without_settings_everything_is_kept_and_too_short_a_time_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept_by(Settings()).everything
    monkeypatch.setenv("FERMATA_KEEP_EVENTS", "P400D")
    monkeypatch.setenv("FERMATA_KEEP_DECISIONS", "")
    assert kept_by(read_settings()) == Keep(events=timedelta(days=400))
    monkeypatch.setenv("FERMATA_KEEP_EVENTS", "P1D")
    with pytest.raises(ConfigurationError, match="FERMATA_KEEP_EVENTS"):
        read_settings()
