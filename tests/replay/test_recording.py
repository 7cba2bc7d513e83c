"""What is recorded has nobody in it, still replays, and is a way that was not recorded yet."""

import base64
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory

from fermata.errors import ConfigurationError
from tests.replay.changes.by_length import CartRecoveryByLength
from tests.replay.changes.unpatched import CartRecoveryWithAStepPutIn
from worker.replay.kept_words import KeptWords
from worker.replay.recorded import find_histories, read_history
from worker.replay.recording import Recorder
from worker.replay.replaying import replay_one
from worker.replay.scrubbing import scrub
from workflows.discovery import Journeys, discover

_HISTORIES = Path(__file__).with_name("histories")
_CARTS = discover(("workflows.cart_recovery",))
_IDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SOMEBODYS = {
    "customer": "Ada Lovelace",
    "mail_of_the_card": "ada@analytical.example",
    "note": "please ring twice",
    "telephone": 442071838750,
    "born": "1815-12-10",
    "one_time_code": "483920",
    "latitude": 51.50735,
    "bob@analytical.example": True,
    "device": {"token": "dGhlIHRva2Vu"},
}


def lived_by_ada() -> WorkflowHistory:
    """A run whose trigger says much of its person, and which an operator has ended."""
    document = json.loads((_HISTORIES / "cart_recovery.converted_in_the_first_wait.json").read_text(encoding="utf-8"))
    for event in document["events"]:
        for attributes in event.values():
            if isinstance(attributes, dict):
                attributes |= {"identity": "4711@adas-laptop"} if "identity" in attributes else {}
                _add(attributes.get("input", {}).get("payloads", []))
    timer = next(event for event in document["events"] if event["eventType"] == "EVENT_TYPE_TIMER_STARTED")
    timer["userMetadata"]["summary"]["data"] = _written("Wait 1 hour (by Ada Lovelace: please ring twice)")
    return WorkflowHistory.from_json("cart_recovery/of-ada", json.dumps(document))


def _add(payloads: list[dict[str, Any]]) -> None:
    for payload in payloads:
        value = json.loads(base64.b64decode(payload["data"]))
        value.get("trigger", value).setdefault("properties", {}).update(_SOMEBODYS)
        payload["data"] = _written(value)


def _written(value: Any) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


def _read(node: Any) -> Iterator[str]:
    """Every text of a history, those in payloads too."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from [base64.b64decode(value).decode()] if name == "data" else _read(value)
    elif isinstance(node, list):
        for value in node:
            yield from _read(value)
    else:
        yield str(node)


async def each(*histories: WorkflowHistory) -> AsyncIterator[WorkflowHistory]:
    for history in histories:
        yield history


async def test_names_addresses_tokens_and_free_words_are_taken_out_and_the_run_still_replays() -> None:
    before = lived_by_ada()
    scrubbed = scrub(before, KeptWords(_CARTS))
    said = "\n".join(_read(scrubbed.history))
    for personal in ("Ada", "ada@", "ring twice", "442071838750", "1815", "483920", "51.50", "bob@", "dGhl", "laptop"):
        assert personal in "\n".join(_read(json.loads(before.to_json())))
        assert personal not in said
    assert "Product Added" in said
    assert '"text-1"' in said
    assert scrubbed.texts >= 4
    assert scrubbed.numbers >= 2
    after = WorkflowHistory.from_json("cart_recovery/of-nobody", json.dumps(scrubbed.history))
    assert await replay_one(after, _CARTS) is None


def test_an_id_is_replaced_by_the_same_one_wherever_it_stands() -> None:
    recorded = read_history(_HISTORIES / "cart_recovery.merged_into_a_user_then_sent.json")
    document = _changed(
        json.loads(recorded.to_json()), lambda text: text.replace("00000000-0000-4000", "5f0c3a9e-71d2-4b1f")
    )
    before = _IDS.findall("\n".join(_read(document)))
    lived = WorkflowHistory.from_json("cart_recovery/of-somebody", json.dumps(document))
    after = _IDS.findall("\n".join(_read(scrub(lived, KeptWords(_CARTS)).history)))
    assert len(set(before)) > 5
    assert not set(before) & set(after)
    assert [before.index(found) for found in before] == [after.index(found) for found in after]


def _changed(node: Any, change: Callable[[str], str]) -> Any:
    """A history with every text of it changed, those in payloads too."""
    if isinstance(node, dict):
        return {
            name: _written(json.loads(change(base64.b64decode(value).decode())))
            if name == "data"
            else _changed(value, change)
            for name, value in node.items()
        }
    if isinstance(node, list):
        return [_changed(each, change) for each in node]
    return change(node) if isinstance(node, str) else node


async def test_a_way_through_a_journey_is_recorded_once_and_named_by_its_end(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "histories", _CARTS)
    first, again = [found async for found in recorder.record(each(lived_by_ada(), lived_by_ada()), None)]
    assert (first.result, again.result, again.file) == ("recorded", "known", first.file)
    assert find_histories([tmp_path]) == [tmp_path / "histories/cart_recovery.converted_order_completed.json"]
    later = Recorder(tmp_path / "histories", _CARTS)
    assert [found.result async for found in later.record(each(lived_by_ada()), None)] == ["known"]
    assert [found.result async for found in later.record(each(lived_by_ada()), "by_name")] == ["recorded"]


async def test_a_run_that_does_not_replay_is_not_recorded(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, Journeys({"cart_recovery": CartRecoveryWithAStepPutIn}))
    history = read_history(_HISTORIES / "cart_recovery.reminder_then_discount.json")
    (found,) = [found async for found in recorder.record(each(history), None)]
    assert (found.result, found.file) == ("breaks", None)
    assert "workflow.patched" in (found.why or "")
    with pytest.raises(ConfigurationError, match="no recorded run"):
        find_histories([tmp_path])


async def test_a_text_that_the_way_depends_on_has_to_be_named_to_stay(tmp_path: Path) -> None:
    history, journeys = lived_by_ada(), Journeys({"cart_recovery": CartRecoveryByLength})
    (found,) = [found async for found in Recorder(tmp_path, journeys).record(each(history), None)]
    assert found.result == "breaks"
    assert "--keep TEXT" in (found.why or "")
    (found,) = [found async for found in Recorder(tmp_path, journeys, ("Ada Lovelace",)).record(each(history), None)]
    assert found.result == "recorded"
