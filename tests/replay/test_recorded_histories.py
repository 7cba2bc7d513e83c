"""Every recorded run replays on the code here: a change that would break a run in flight fails this."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cli.replay.testing import Fingerprint, RecordedRun
from tests.replay.record import SCENARIOS

HISTORIES = sorted(Path(__file__).with_name("histories").glob("*.json"))


async def test_a_recorded_run_replays(recorded_run: RecordedRun) -> None:
    await recorded_run.replays()


def test_the_steps_of_a_journey_are_those_that_runs_in_flight_know(fingerprint: Fingerprint) -> None:
    fingerprint.holds()


def test_every_scenario_of_a_journey_that_ships_is_recorded_and_its_steps_are_known() -> None:
    assert {path.stem for path in HISTORIES} >= set(SCENARIOS)
    known = {path.stem for path in Path(__file__).with_name("fingerprints").iterdir()}
    assert known == {name.partition(".")[0] for name in SCENARIOS}


def test_the_recorded_runs_take_little_room() -> None:
    assert sum(path.stat().st_size for path in HISTORIES) < 1_500_000


def test_histories_hold_no_address_no_name_and_no_words_of_a_message() -> None:
    for path in HISTORIES:
        text = " ".join(_payloads(json.loads(path.read_text(encoding="utf-8")))).lower()
        assert path.stem.split(".")[0] in text, "the payloads were to be read"
        for personal in ("ada@example.com", "+442071838750", "token-of-ada", '"ada"', "trail shoe"):
            assert personal not in text, f"{path.name} holds {personal!r}"


def _payloads(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "data" and isinstance(value, str):
                yield base64.b64decode(value).decode("utf-8", "replace")
            else:
                yield from _payloads(value)
    elif isinstance(node, list):
        for value in node:
            yield from _payloads(value)
