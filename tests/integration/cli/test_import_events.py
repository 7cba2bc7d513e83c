"""``fermata import``, as a program on a real database: whatever happens to it, each line counts once."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fermata.database import Pool
from tests.integration.cli.conftest import Fermata

START = datetime(2026, 1, 5, 12, tzinfo=UTC)


def tracked(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "messageId": f"m{number}",
        "userId": f"u{number % 50}",
        "event": "Product Viewed",
        "properties": {"product_id": str(number % 7), "price": 5},
        "timestamp": (START + timedelta(seconds=number)).isoformat(),
        **changes,
    }


def write(path: Path, lines: Iterable[dict[str, Any] | str]) -> Path:
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


async def stored(pool: Pool) -> int:
    number: int = await pool.fetchval("SELECT count(*) FROM events")
    return number


async def test_a_file_is_imported_and_a_bad_line_is_named_and_kept(
    fermata: Fermata, pool: Pool, tmp_path: Path
) -> None:
    lines: list[dict[str, Any] | str] = [
        tracked(1),
        "{",
        tracked(2, timestamp=None),
        "",
        tracked(3, properties={"price": "$5"}),
        "[1]",
        tracked(4),
        tracked(1),
        {**tracked(5), "messageId": None},
        {**tracked(5), "messageId": None},
    ]
    file = write(tmp_path / "events.ndjson", lines)
    done = fermata("import", str(file))
    rejects = tmp_path / "events.rejects.ndjson"
    assert done.returncode == 1
    assert done.stdout.startswith(
        f"{file}: 3 events accepted, 2 duplicates, 4 lines rejected and kept in {rejects}, in "
    )
    assert [line.split(": ")[0] for line in done.stderr.splitlines()] == [f"{file}:{n}" for n in (2, 3, 5, 6)]
    assert f"{file}:3: timestamp: is missing; what is imported must say when it happened" in done.stderr
    kept = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert [(each["line"], each["field"]) for each in kept] == [
        (2, ""),
        (3, "timestamp"),
        (5, "properties.price"),
        (6, ""),
    ]
    assert kept[0]["text"] == "{"
    assert await stored(pool) == 3
    assert await pool.fetchval("SELECT bool_and(marks = '[\"historical\"]') FROM events")
    assert await pool.fetchval("SELECT count(*) FROM rejected_events") == 0


async def test_importing_again_reads_only_what_was_added_since(fermata: Fermata, pool: Pool, tmp_path: Path) -> None:
    file = write(tmp_path / "events.ndjson", [tracked(1), "{", tracked(2)])
    fermata("import", str(file))
    again = fermata("import", str(file))
    assert again.returncode == 1  # a line of it was rejected, and still is
    assert "Nothing is new: all 3 lines were done before" in again.stdout
    assert again.stderr == ""
    with file.open("a") as end:
        end.write(json.dumps(tracked(3)))
    more = json.loads(fermata("import", str(file), "--json").stdout)
    assert (more["accepted"], more["duplicates"], more["rejected"], more["resumed_after_line"]) == (3, 0, 1, 3)
    assert len((tmp_path / "events.rejects.ndjson").read_text().splitlines()) == 1
    assert await stored(pool) == 3


async def test_a_file_that_was_mended_is_read_from_its_start(fermata: Fermata, pool: Pool, tmp_path: Path) -> None:
    file = write(tmp_path / "events.ndjson", [tracked(1), "{", tracked(3)])
    assert fermata("import", str(file)).returncode == 1
    write(file, [tracked(1), tracked(2), tracked(3)])
    mended = fermata("import", str(file), "--json")
    outcome = json.loads(mended.stdout)
    assert mended.returncode == 0
    assert mended.stderr == f"{file} was changed in the lines that were imported before: it is read from its start\n"
    assert (outcome["accepted"], outcome["duplicates"], outcome["rejects"]) == (1, 2, None)
    assert not (tmp_path / "events.rejects.ndjson").exists()
    assert await stored(pool) == 3


async def test_restart_reads_everything_again_and_stores_nothing_twice(
    fermata: Fermata, pool: Pool, tmp_path: Path
) -> None:
    file = write(tmp_path / "events.ndjson", [tracked(n) for n in range(700)])
    assert json.loads(fermata("import", str(file), "--json").stdout)["accepted"] == 700
    again = json.loads(fermata("import", str(file), "--restart", "--json").stdout)
    assert (again["accepted"], again["duplicates"], again["resumed_after_line"]) == (0, 700, None)
    assert await stored(pool) == 700


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGINT], ids=["SIGKILL", "Ctrl-C"])
async def test_an_import_that_is_killed_goes_on_and_loses_and_doubles_nothing(
    fermata: Fermata, database_url: str, pool: Pool, tmp_path: Path, kill: signal.Signals
) -> None:
    lines: list[dict[str, Any] | str] = [tracked(n) if n % 40 else "{" for n in range(1, 8001)]
    file = write(tmp_path / "events.ndjson", lines)
    cut_off = 0
    for _ in range(3):
        if await killed(database_url, pool, file, kill, after=await stored(pool) + 400):
            cut_off += 1
    assert cut_off == 3
    assert 1000 < await stored(pool) < 7800
    rest = fermata("import", str(file), "--json")
    outcome = json.loads(rest.stdout)
    assert (outcome["lines"], outcome["accepted"], outcome["duplicates"], outcome["rejected"]) == (8000, 7800, 0, 200)
    assert outcome["resumed_after_line"] >= 1500
    assert await stored(pool) == 7800
    assert await pool.fetchval("SELECT count(DISTINCT message_id) FROM events") == 7800
    rejects = [json.loads(line) for line in (tmp_path / "events.rejects.ndjson").read_text().splitlines()]
    assert [each["line"] for each in rejects] == list(range(40, 8001, 40))


async def killed(database_url: str, pool: Pool, file: Path, kill: signal.Signals, *, after: int) -> bool:
    """Starts an import, and kills it as soon as so many events are stored; says whether it was still running."""
    environment = {**os.environ, "FERMATA_DATABASE_URL": database_url}
    command = [sys.executable, "-m", "cli", "import", str(file)]
    quiet = asyncio.subprocess.DEVNULL
    running = await asyncio.create_subprocess_exec(*command, env=environment, stdout=quiet, stderr=quiet)
    while running.returncode is None and await stored(pool) < after:
        pass  # each look takes as long as the database's answer
    running.send_signal(kill)
    return await running.wait() in (-kill, 130)


def test_a_file_that_is_not_there_is_named(fermata: Fermata, tmp_path: Path) -> None:
    missing = fermata("import", str(tmp_path / "none.ndjson"))
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr == f"fermata: cannot read {tmp_path / 'none.ndjson'}: No such file or directory\n"


async def test_an_event_of_today_starts_what_it_would_start_by_http(
    fermata: Fermata, pool: Pool, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    fresh = tracked(1, event="Product Added", timestamp=(now - timedelta(minutes=5)).isoformat())
    old = tracked(2, event="Product Added", timestamp=(now - timedelta(days=3)).isoformat())
    assert fermata("import", str(write(tmp_path / "events.ndjson", [fresh, old]))).returncode == 0
    routed = dict(await pool.fetch("SELECT message_id, routing ->> 'cart_recovery' FROM events"))
    assert routed["m1"] in ("started", "holdout_journey", "holdout_global")
    assert routed["m2"] == "event_too_late"


async def test_names_of_the_deployments_own_hold_here_too_and_are_enriched(
    fermata: Fermata, pool: Pool, tmp_path: Path
) -> None:
    verbs = tmp_path / "verbs.toml"
    verbs.write_text('[verbs."Product Viewed"]\naliases = ["regarded"]\n')
    products = tmp_path / "products.ndjson"
    products.write_text('{"product_id": "1", "name": "Trail shoe"}')
    assert fermata("import", "--catalog", str(products)).returncode == 0
    file = write(tmp_path / "events.ndjson", [tracked(1, event="regarded")])
    assert fermata("import", str(file), FERMATA_VERBS=str(verbs)).returncode == 0
    row = await pool.fetchrow("SELECT name, properties, enrichment FROM events")
    assert row is not None
    assert (row["name"], row["properties"]["name"]) == ("Product Viewed", "Trail shoe")
    assert row["enrichment"] == {"added": ["name"]}
