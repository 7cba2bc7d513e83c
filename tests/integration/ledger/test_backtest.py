"""A backtest decides what was decided again under another policy: what it says can be counted by hand."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from fermata.database import Pool, Queries
from fermata.ledger import decide_and_reserve
from fermata.ledger.backtest import backtest
from fermata.ledger.backtest_result import Backtest, Change, How
from fermata.policy import Facts, InvalidPolicy, decide, default_document, default_policy, parse_policy
from fermata.vocabulary import Action, Reason
from tests.people import NOON, enrol
from tests.policies import enact, under
from tests.recorded import record
from tests.unit.policy.cases import given, random_case

OPEN = "version = 1\n"
AFTERNOON = 'version = 1\n[channels.email]\nwindow = "14:00-20:00"\nwhen_capped = "drop"\n'
SINCE, UNTIL = NOON - timedelta(days=1), NOON + timedelta(days=1)
EVER, LATEST = NOON - timedelta(days=5000), NOON + timedelta(days=5000)


def random_facts(seed: int, number: int) -> list[Facts]:
    """Cases of every kind, the same ones every time."""
    random = Random(seed)  # noqa: S311 - repeatable cases, no secret
    return [Facts.model_validate_json(orjson.dumps(given(random_case(random)))) for _ in range(number)]


async def test_the_policy_that_decided_changes_nothing(pool: Pool) -> None:
    await enact(pool, default_document())
    await record(pool, await enrol(pool), random_facts(1, 600), default_policy())
    result = await backtest(pool, default_document(), since=EVER, until=LATEST)
    assert (result.decisions, result.changed, result.changes, result.short_memory) == (600, 0, (), 0)


async def test_facts_read_back_from_the_table_decide_as_they_did(pool: Pool) -> None:
    policy, cases = default_policy(), random_facts(2, 400)
    ids = await record(pool, await enrol(pool), cases, policy)
    rows = await pool.fetch("SELECT id, facts::text, trace FROM decisions")
    kept = {row["id"]: row for row in rows}
    for identifier, case in zip(ids, cases, strict=True):
        facts = Facts.model_validate_json(kept[identifier]["facts"], strict=True)
        assert facts == case
        told = json.loads(decide(facts, policy).to_json())["trace"]
        assert [entry["rule"] for entry in told] == [entry["rule"] for entry in kept[identifier]["trace"]]


async def test_what_the_ledger_itself_recorded_is_decided_again_alike(pool: Pool) -> None:
    policies = await under(pool, default_document())
    random = Random(3)  # noqa: S311 - repeatable cases, no secret
    for _ in range(15):
        person = await enrol(
            pool,
            time_zone=random.choice([None, "America/St_Johns", "Australia/Lord_Howe", "Europe/Paris"]),
            country=random.choice([None, "US", "FR"]),
            quiet_hours=random.choice([None, {"start": "22:00", "end": "07:30"}]),
        )
        for step in range(6):
            at = NOON + timedelta(minutes=random.randrange(3 * 24 * 60))
            attempt = person.attempt(f"step-{step}", channels=("sms", "push", "email"), priority=random.randrange(100))
            await decide_and_reserve(pool, policies, attempt, at)
    result = await backtest(pool, default_document(), since=EVER, until=LATEST)
    assert (result.decisions, result.changed) == (90, 0)


@pytest.fixture
async def a_day(pool: Pool) -> Pool:
    """Under a policy without a rule: 5 mails in the morning in cart, 3 in the afternoon, one unwanted; 2 in trial."""
    policies = await under(pool, OPEN)
    for number in range(9):
        refuses = {"email": {"marketing": "revoked"}} if number == 8 else {"email": {"marketing": "granted"}}
        person = await enrol(pool, journey="cart", consent=refuses)
        hour = 10 if number < 5 else 15
        await decide_and_reserve(pool, policies, person.attempt(), NOON.replace(hour=hour))
    for _ in range(2):
        person = await enrol(pool, journey="trial")
        await decide_and_reserve(pool, policies, person.attempt(), NOON.replace(hour=9))
    return pool


async def test_a_stricter_policy_gives_the_differences_that_can_be_counted_by_hand(a_day: Pool) -> None:
    result = await backtest(a_day, AFTERNOON, since=SINCE, until=UNTIL)
    assert (result.decisions, result.changed, result.policy) == (11, 7, parse_policy(AFTERNOON).version)
    (change,) = result.changes
    assert (change.before.action, change.before.reason) == (Action.SEND, Reason.ELIGIBLE)
    assert (change.after.action, change.after.reason) == (Action.DEFER, Reason.OUTSIDE_WINDOW)
    assert (change.count, change.how, len(change.examples)) == (7, None, 3)
    first = await a_day.fetchval("SELECT id FROM decisions ORDER BY decided_at, id LIMIT 1")
    assert change.examples[0] == first
    cart, trial = result.journeys
    assert (cart.journey, cart.decisions, cart.changed) == ("cart", 9, 5)
    assert (cart.before, cart.after) == (
        {Action.SEND: 8, Action.DEFER: 0, Action.DROP: 1},
        {Action.SEND: 3, Action.DEFER: 5, Action.DROP: 1},
    )
    assert (trial.journey, trial.decisions, trial.changed) == ("trial", 2, 2)


async def test_a_hold_that_would_end_at_another_time_is_a_change_too(a_day: Pool) -> None:
    await a_day.execute("DELETE FROM reservations")
    await a_day.execute("DELETE FROM decisions")
    policies = await under(a_day, AFTERNOON)
    ada = await enrol(a_day)
    await decide_and_reserve(a_day, policies, ada.attempt(), NOON)
    evening = AFTERNOON.replace("14:00", "18:00")
    noonish = AFTERNOON.replace("14:00", "12:30")
    assert _how(await backtest(a_day, evening, since=SINCE, until=UNTIL)) is How.LATER
    assert _how(await backtest(a_day, noonish, since=SINCE, until=UNTIL)) is How.EARLIER


async def test_only_what_was_decided_in_the_time_asked_for_is_decided_again(a_day: Pool) -> None:
    since = NOON.replace(hour=10)
    assert (await backtest(a_day, OPEN, since=since, until=UNTIL)).decisions == 9
    assert (await backtest(a_day, OPEN, since=since, until=NOON.replace(hour=15))).decisions == 5
    assert (await backtest(a_day, OPEN, since=UNTIL, until=UNTIL)).decisions == 0


async def test_decisions_whose_facts_cannot_be_read_are_counted_and_named(a_day: Pool) -> None:
    morning = NOON.replace(hour=10)
    await a_day.execute('UPDATE decisions SET facts = \'{"at": "yesterday"}\' WHERE decided_at = $1', morning)
    result = await backtest(a_day, AFTERNOON, since=SINCE, until=UNTIL)
    assert (result.decisions, result.unreadable, result.changed) == (6, 5, 2)
    assert len(result.unreadable_examples) == 3
    assert result.unreadable_examples[0].fault.startswith("at: ")


async def test_facts_that_may_lack_exposures_are_named(a_day: Pool) -> None:
    month = AFTERNOON + 'caps = [{ limit = 9, per = "30d" }]\n'
    assert (await backtest(a_day, month, since=SINCE, until=UNTIL)).short_memory == 11
    assert (await backtest(a_day, AFTERNOON, since=SINCE, until=UNTIL)).short_memory == 0


async def test_a_faulty_policy_is_refused_with_its_place(pool: Pool) -> None:
    with pytest.raises(InvalidPolicy, match=r"mine.toml: line 1, limit = 2"):
        await backtest(pool, "limit = 2\n", since=SINCE, until=UNTIL, source="mine.toml")


async def test_several_processes_find_what_one_finds_and_tell_how_far_they_are(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fermata.ledger.backtest._WORTH_A_PROCESS", 1)
    await record(pool, await enrol(pool), random_facts(4, 1600), default_policy())
    told: list[tuple[int, int]] = []
    alone = await backtest(pool, AFTERNOON, since=EVER, until=LATEST)
    together = await backtest(
        pool,
        AFTERNOON,
        since=EVER,
        until=LATEST,
        processes=2,
        progress=lambda done, total: told.append((done, total)),
    )
    assert together == alone
    assert alone.changed > 100
    assert told == [(500, 1600), (1000, 1600), (1500, 1600), (1600, 1600)]


async def test_a_backtest_writes_nothing(a_day: Pool) -> None:
    rows = await a_day.fetch("SELECT * FROM decisions ORDER BY id")
    await backtest(a_day, AFTERNOON, since=SINCE, until=UNTIL)
    assert await a_day.fetch("SELECT * FROM decisions ORDER BY id") == rows


async def test_a_backtest_of_a_day_reads_that_day_alone_by_its_index(pool: Pool) -> None:
    await record(pool, await enrol(pool), random_facts(7, 2000), default_policy())
    await pool.execute("ANALYZE decisions")
    for statement in Queries("fermata.ledger", "backtest.sql").values():
        plan = await pool.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", SINCE, UNTIL)
        assert '"decisions_by_time"' in plan
        assert "Seq Scan" not in plan


async def test_the_command_prints_what_changes_in_80_columns_and_as_json(
    a_day: Pool, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "afternoon.toml"
    file.write_text(AFTERNOON)
    told = _fermata(database_url, str(file), "--since", "2026-03-01T00:00:00Z")
    assert (told.returncode, told.stderr) == (0, b"")
    text = told.stdout.decode()
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "7 would end in another way (63.6%)." in text
    assert "7 send eligible → defer outside_window" in text
    assert "fermata explain " in text
    assert "\x1b" not in text
    document = json.loads(_fermata(database_url, str(file), "--since", "2026-03-01T00:00:00Z", "--json").stdout)
    assert (document["decisions"], document["changed"]) == (11, 7)
    assert Backtest.model_validate(document).changes[0].count == 7


@pytest.mark.parametrize("since", ["yesterday", "P1M", "2026-03-01", "PT", "P99999999999D"])
def test_a_since_that_is_no_time_is_wrong_usage(database_url: str, tmp_path: Path, since: str) -> None:
    file = tmp_path / "open.toml"
    file.write_text(OPEN)
    answer = _fermata(database_url, str(file), "--since", since)
    assert answer.returncode == 2
    assert b"--since" in answer.stderr


async def test_memory_does_not_grow_with_the_number_of_decisions(pool: Pool, database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "afternoon.toml"
    file.write_text(AFTERNOON)
    person = await enrol(pool)
    peaks = []
    for seed, number in ((5, 500), (6, 7000)):
        await record(pool, person, random_facts(seed, number), default_policy())
        peaks.append(await asyncio.to_thread(_peak_memory, database_url, file))
    few, many = peaks
    assert many < few * 1.25, f"{few} KiB for 500 decisions, {many} KiB for 7,500"


def _how(result: Backtest) -> How | None:
    change: Change
    (change,) = result.changes
    return change.how


def _command(file: str, *options: str) -> list[str]:
    return [sys.executable, "-m", "cli", "policy", "backtest", file, *options]


def _environment(database_url: str) -> dict[str, str]:
    return {**os.environ, "FERMATA_DATABASE_URL": database_url, "COLUMNS": "80"}


def _fermata(database_url: str, file: str, *options: str) -> "subprocess.CompletedProcess[bytes]":
    environment: dict[str, Any] = _environment(database_url)
    return subprocess.run(_command(file, *options), env=environment, capture_output=True, timeout=120, check=False)


_MEASURED = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""A small program between us: the system counts to a new process what its parent had, and a test run has much."""


def _peak_memory(database_url: str, file: Path) -> int:
    """The most memory that the process took, in KiB, by the system's own account of it."""
    command = _command(str(file), "--since", "2020-01-01T00:00:00Z", "--json")
    ended = subprocess.run(
        [sys.executable, "-c", _MEASURED, *command], env=_environment(database_url), capture_output=True, check=True
    )
    return int(ended.stdout)
