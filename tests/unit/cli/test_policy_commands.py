"""``fermata policy``, called as it is on a command line."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

CASE: dict[str, Any] = {
    "at": "2026-03-04T12:00:00Z",
    "message": {"key": "m", "channels": ["email"]},
    "profile": {
        "id": "p",
        "timezone": "Europe/London",
        "addresses": {"email": "ada@example.com"},
        "consent": {"email": {"marketing": "granted"}},
    },
}
LINE = json.dumps(CASE).encode() + b"\n"


def _fermata(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "cli", "policy", *arguments]
    return subprocess.run(command, input=given, capture_output=True, timeout=60, check=False)


def _lines(output: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_every_case_gets_its_decision_in_order() -> None:
    night = json.dumps({**CASE, "at": "2026-03-04T23:00:00Z"}).encode()
    ended = _fermata("decide", given=LINE + night)
    assert ended.returncode == 0
    assert ended.stderr == b""
    first, second = _lines(ended.stdout)
    assert (first["action"], first["channel"], first["next_eligible_at"]) == ("send", "email", None)
    assert (second["action"], second["reason"]) == ("defer", "outside_window")
    assert second["next_eligible_at"] == "2026-03-05T09:00:00Z"
    assert second["policy"].startswith("sha256:")
    assert second["trace"]


def test_a_bad_line_gives_an_error_in_its_place_and_the_rest_is_decided() -> None:
    bad = [
        b'{"at": "2026-03-04T12:00:00", "message": {"key": "m", "channels": ["email"]}, "profile": {}}',
        b"not json",
        b"caf\xe9",
        b"x" * 1_000_000,
        b'{"at": "0001-01-01T00:00:00+14:00", "message": {"key": "m", "channels": ["email"]}, "profile": {}}',
        b"[]",
    ]
    ended = _fermata("decide", given=LINE + b"\n".join(bad) + b"\n" + LINE)
    told = _lines(ended.stdout)
    assert ended.returncode == 1
    assert [told[0]["action"], told[-1]["action"]] == ["send", "send"]
    errors = [line["error"] for line in told[1:-1]]
    assert [error["line"] for error in errors] == [2, 3, 4, 5, 6, 7]
    messages = [error["message"] for error in errors]
    assert "at: " in messages[0]
    assert messages[1] == "Invalid JSON: expected ident at column 2"
    assert "not UTF-8" in messages[2]
    assert "longer than" in messages[3]
    assert all("\n" not in message for message in messages)


def test_another_policy_decides_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text('version = 1\n[channels.email]\nwindow = "never"\n')
    (decision,) = _lines(_fermata("decide", "--policy", str(file), given=LINE).stdout)
    assert (decision["action"], decision["reason"]) == ("drop", "outside_window")


def test_an_answer_comes_before_the_next_question() -> None:
    command = [sys.executable, "-m", "cli", "policy", "decide"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(3):
            process.stdin.write(LINE)
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["action"] == "send"
        process.stdin.close()
        assert process.wait(timeout=30) == 0


def test_check_names_every_fault_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text('version = 1\n[channels.email]\nwindow = "9-20"\ncolour = "red"\n')
    ended = _fermata("check", str(file))
    assert ended.returncode == 1
    first, second = ended.stderr.decode().splitlines()
    assert "line 3, [channels.email], window = '9-20'" in first
    assert "line 4, [channels.email], colour = 'red'" in second


def test_check_says_which_policy_a_valid_file_is(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text("version = 1\n")
    ended = _fermata("check", str(file))
    assert ended.returncode == 0
    assert b"valid, sha256:" in ended.stdout


def test_a_missing_file_is_one_line_on_stderr() -> None:
    ended = _fermata("check", "nowhere.toml")
    assert ended.returncode == 1
    assert ended.stderr.decode().splitlines() == [
        "fermata: nowhere.toml: cannot be read: No such file or directory; name a TOML file"
    ]


def test_the_schema_is_printed_as_json() -> None:
    assert json.loads(_fermata("schema").stdout)["title"] == "Policy"


def test_memory_stays_flat_however_many_cases_come(tmp_path: Path) -> None:
    few, many = (_peak_memory(tmp_path, lines) for lines in (200, 10_000))
    assert many < few * 1.25, f"{few} KiB for 200 lines, {many} KiB for 10,000"


def _peak_memory(folder: Path, lines: int) -> int:
    """The most memory that one process took for so many cases, in KiB, by the system's own account of it."""
    cases = folder / "cases.ndjson"
    cases.write_bytes(LINE * lines)
    with cases.open("rb") as given, (folder / "out").open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "cli", "policy", "decide"], stdin=given, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss
