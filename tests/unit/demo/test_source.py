"""What a demo sends, and what it tells whoever sent it."""

from pathlib import Path

import orjson
import pytest

from cli.demo.document import Document
from cli.demo.observation import Observation, Places, RunCounts
from cli.demo.sender import Tally
from cli.demo.source import MadeUpShoppers, OwnEvents
from fermata.errors import NotFound
from tests.unit.demo.conftest import NOW


def test_made_up_shoppers_come_in_two_acts() -> None:
    source = MadeUpShoppers(NOW)
    first, second = (list(act.events) for act in source.acts(Tally()))
    assert len(first) == len(source.traffic.first_visits)
    assert len(second) == len(source.traffic.return_visits)


def test_made_up_shoppers_have_a_headline(observation: Observation) -> None:
    headline = MadeUpShoppers(NOW).headline(observation)
    assert headline.startswith("250 shoppers in 25 time zones sent 2,")
    assert headline.endswith("events; 63 messages went out and 18 are held for a better hour.")


def test_an_answer_that_the_model_knows_to_be_wrong_is_told(observation: Observation) -> None:
    source = MadeUpShoppers(NOW)
    truth = source.traffic.truth
    right = Tally(truth.valid, truth.duplicates, truth.malformed)
    assert source.notes(observation, right) == ()
    wrong = Tally(truth.valid + 1, truth.duplicates, truth.malformed - 1)
    (note,) = source.notes(observation, wrong)
    assert str(truth.malformed) in note


def test_own_events_are_one_act_as_long_as_the_file(tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson"
    path.write_bytes(b'{"userId":"a"}\nnot json\n{"userId":"b"}')
    tally = Tally()
    (act,) = OwnEvents(path).acts(tally)
    assert sum(event.weight for event in act.events) == act.total - len(b"not json\n")
    assert tally.rejected == 1


def test_bad_lines_are_told_by_number_and_only_the_first_of_them(tmp_path: Path, observation: Observation) -> None:
    path = tmp_path / "events.ndjson"
    path.touch()
    tally = Tally()
    for line in range(1, 31):
        tally.refuse(line, "not JSON")
    notes = OwnEvents(path).notes(observation, tally)
    assert notes[0] == "line 1: not JSON"
    assert notes[10] == "and 20 more events refused"


def test_profiles_that_cannot_be_reached_are_told_with_the_mend(tmp_path: Path, observation: Observation) -> None:
    path = tmp_path / "events.ndjson"
    path.touch()
    (note,) = OwnEvents(path).notes(observation, Tally())
    assert note.startswith("14 profiles have no address and cannot be reached: send identify with traits.email")


def test_events_that_start_nothing_are_told_with_what_would(tmp_path: Path, observation: Observation) -> None:
    path = tmp_path / "events.ndjson"
    path.touch()
    idle = observation.model_copy(update={"runs": RunCounts(), "without_address": 0})
    (note,) = OwnEvents(path).notes(idle, Tally())
    assert "begins with the event “Product Added”" in note


def test_a_file_that_is_not_there_is_told_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"cannot read .*: No such file or directory"):
        OwnEvents(tmp_path / "nowhere.ndjson")


def test_the_document_has_what_scripts_read(observation: Observation, places: Places) -> None:
    document = orjson.loads(Document.of(observation, places, ["a note"]).model_dump_json())
    assert document["events"] == {"accepted": 2223, "duplicates": 83, "rejected": 45}
    assert (
        document["runs"].items()
        >= {"started": 132, "completed": 48, "converted": 30, "exited": 7, "active": 47}.items()
    )
    assert document["decisions"]["defer"]["outside_window"] == 43
    assert document["messages"].items() >= {"email": 31, "sms": 6, "push": 24, "in_app": 0, "ads": 0}.items()
    assert document["smtp_received"] == 31
    assert document["cap_violations"] == 0
    assert document["temporal_ui"] == "http://127.0.0.1:8233"
    assert len(document["held"]) == 18
    assert document["notes"] == ["a note"]
