"""``fermata bench`` measures with real parts. No figure is held against a bound here: machines differ."""

import asyncio
import os
import signal
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from cli.stack.waiting import until
from tests.integration.bench.bench_program import LIMIT, Finished, finish, is_empty, left_running, run, running

_SMALL = {
    "pairs": 1,
    "seconds": 0.02,
    "lines": 50,
    "rows": 2000,
    "messages": 60,
    "limit": 50,
    "runs": 4,
    "cached": 30,
    "minutes": 0.1,
    "rate": 50,
}
TINY = tuple(word for name, size in _SMALL.items() for word in (f"--{name}", str(size)))
COMPARISONS = {
    "decide": 5,
    "ledger": 9,
    "cost": 23,
    "journeys": 8,
    "ingest": 4,
    "routing": 2,
    "latency": 2,
    "replay": 4,
    "memory": 5,
    "paths": 1,
    "console": 23,
    "herd": 4,
    "soak": 2,
}
_SHORT = (("decide", "ledger"),)
_LONG = (("cost", "replay", "console"), ("ingest", "herd", "routing", "paths"), ("journeys", "latency", "memory"))
# The others are on demand, by FERMATA_BENCHMARKS=all: they take minutes.
IN_ONE_PROCESS = _SHORT + (_LONG if os.environ.get("FERMATA_BENCHMARKS") == "all" else ())
_MOMENT = timedelta(seconds=5)


@pytest.mark.parametrize("names", IN_ONE_PROCESS, ids=" ".join)
async def test_benchmarks_print_one_document_with_a_ratio_for_every_comparison(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    finished = await run(tmp_path, *names, "--json", *TINY)
    assert (finished.status, finished.err) == (0, "")
    document = orjson.loads(finished.out)
    assert document["machine"]["cores"] > 0
    assert document["sizes"] == _SMALL
    found = {each["name"]: each for each in document["benchmarks"]}
    assert {name: len(each["comparisons"]) for name, each in found.items()} == {
        name: COMPARISONS[name] for name in names
    }
    for comparison in (comparison for each in found.values() for comparison in each["comparisons"]):
        assert comparison["ratio"]["median"] == pytest.approx(comparison["ours"] / comparison["baseline"])
        assert (comparison["target"] is None) == (comparison["reached"] is None)
    if "ledger" in found:  # it says how a decision finds what it reads
        notes = found["ledger"]["notes"]
        assert [note.split()[0] for note in notes] == ["lock_profile", "read_facts", "record_decision"]
        assert "reservations_that_count" in notes[1]
    assert await until(lambda: not left_running(tmp_path), limit=_MOMENT)
    assert is_empty(tmp_path)


async def test_a_person_gets_a_table_of_80_columns_and_nothing_else_in_a_pipe(tmp_path: Path) -> None:
    finished = await run(tmp_path, "decide", *TINY)
    told = finished.out.decode()
    assert (finished.status, finished.err) == (0, "")
    assert "\x1b" not in told
    assert max(map(len, told.splitlines())) <= 80
    assert "fermata policy decide" in told


async def test_a_name_that_nobody_knows_is_wrong_usage_and_the_names_are_told(tmp_path: Path) -> None:
    finished = await run(tmp_path, "decode")
    assert finished.status == 2
    assert "no benchmark is named 'decode'" in finished.err
    assert all(name in finished.err for name in COMPARISONS)


async def test_help_shows_how_to_run_one(tmp_path: Path) -> None:
    finished = await run(tmp_path, "--help")
    assert finished.status == 0
    assert "Example: fermata bench decide" in finished.out.decode()


async def test_ctrl_c_while_a_process_is_measured_leaves_nothing(tmp_path: Path) -> None:
    async with running(tmp_path, "decide", "--lines", "500000") as process:
        decides = await until(lambda: any("policy decide" in each for each in left_running(tmp_path)), limit=LIMIT)
        assert decides
        finished = await _interrupted(process)
    assert (finished.status, finished.out) == (130, b"")
    assert await until(lambda: not left_running(tmp_path), limit=_MOMENT)


async def test_ctrl_c_while_a_ledger_is_filled_leaves_nothing(tmp_path: Path) -> None:
    async with running(tmp_path, "ledger", "--rows", "3000000") as process:
        filling = await until(lambda: any("INSERT" in each for each in left_running(tmp_path)), limit=LIMIT)
        assert filling
        finished = await _interrupted(process)
    assert (finished.status, finished.out) == (130, b"")
    assert await until(lambda: not left_running(tmp_path), limit=_MOMENT)
    assert is_empty(tmp_path)


async def _interrupted(process: asyncio.subprocess.Process) -> Finished:
    """What a terminal does at Ctrl-C: the signal goes to the whole process group."""
    os.killpg(process.pid, signal.SIGINT)
    return await finish(process)
