"""Every recorded run replays on the code here: a change that would break a run in flight fails this."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from tests.acceptance.world import all_journeys
from tests.replay.changed import ChangedCartRecovery
from tests.replay.record import SCENARIOS
from worker.plugin import fermata_plugin

HISTORIES = sorted(Path(__file__).with_name("histories").glob("*.json"))


def _history(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(path.stem, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_a_recorded_run_replays(path: Path) -> None:
    replayer = Replayer(workflows=list(all_journeys().classes.values()), plugins=[fermata_plugin()])
    await replayer.replay_workflow(_history(path))


def _recorded(journey: str) -> set[str]:
    return {path.stem.split(".")[1] for path in HISTORIES if path.stem.startswith(f"{journey}.")}


@pytest.mark.parametrize("journey", sorted({name.split(".")[0] for name in SCENARIOS}))
def test_every_way_through_a_journey_that_ships_is_recorded(journey: str) -> None:
    assert _recorded(journey) == {name.split(".")[1] for name in SCENARIOS if name.startswith(f"{journey}.")}


async def test_a_step_put_in_without_a_patch_is_found_by_replay() -> None:
    path = next(path for path in HISTORIES if path.stem == "cart_recovery.reminder_then_discount")
    replayer = Replayer(workflows=[ChangedCartRecovery], plugins=[fermata_plugin()])
    with pytest.raises(NondeterminismError):
        await replayer.replay_workflow(_history(path))


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
