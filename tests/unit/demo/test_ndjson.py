"""Someone's own events from a file: one a line, bad lines told by their number, in constant memory."""

import tracemalloc
from pathlib import Path

import orjson
import pytest

from cli.demo.ndjson import read_events
from cli.demo.outgoing import Outgoing
from fermata.errors import NotFound


def read(path: Path) -> tuple[list[Outgoing], dict[int, str]]:
    refused: dict[int, str] = {}
    return list(read_events(path, refused.__setitem__)), refused


def write(path: Path, *lines: bytes) -> Path:
    path.write_bytes(b"\n".join(lines))
    return path


def test_a_bad_line_is_told_by_its_number_and_the_others_are_read(tmp_path: Path) -> None:
    lines = (b'{"userId":"a"}', b'{"userId": ', b"", b"[1]", b"null", b'"text"', b'{"userId":"b"}')
    events, refused = read(write(tmp_path / "events.ndjson", *lines))
    assert [event.line for event in events] == [1, 7]
    assert refused.keys() == {2, 4, 5, 6}
    assert refused[2].startswith("not JSON: ")
    assert refused[4] == "an event is a JSON object, not a list"
    assert refused[5] == "an event is a JSON object, not null"


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    events, refused = read(write(tmp_path / "events.ndjson", b'\xef\xbb\xbf{"userId":"a"}\r', b'{"userId":"b"}\r', b""))
    assert [orjson.loads(event.body) for event in events] == [{"userId": "a"}, {"userId": "b"}]
    assert refused == {}


def test_bytes_that_are_no_utf8_are_told(tmp_path: Path) -> None:
    events, refused = read(write(tmp_path / "events.ndjson", b'{"userId":"\xff"}', b'{"userId":"b"}'))
    assert [event.line for event in events] == [2]
    assert refused.keys() == {1}


def test_the_time_of_the_event_is_kept_and_that_of_its_first_sending_is_not(tmp_path: Path) -> None:
    kept = {"userId": "a", "timestamp": "2019-10-01T00:00:00Z"}
    line = orjson.dumps({**kept, "sentAt": "2019-10-01T00:00:01Z", "receivedAt": "2019-10-01T00:00:02Z"})
    events, _ = read(write(tmp_path / "events.ndjson", line))
    assert orjson.loads(events[0].body) == kept


def test_an_endless_line_is_passed_over_without_being_held(tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson"
    with path.open("wb") as file:
        file.write(b'{"userId":"a"}\n{"userId":"')
        for _ in range(40):
            file.write(b"x" * 1024 * 1024)
        file.write(b'"}\n{"userId":"b"}\n')
    tracemalloc.start()
    events, refused = read(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [event.line for event in events] == [1, 3]
    assert refused == {2: "longer than 1048576 bytes"}
    assert most < 8 * 1024 * 1024


def test_a_long_file_is_read_in_constant_memory(tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson"
    with path.open("wb") as file:
        for number in range(100_000):
            file.write(b'{"type":"track","userId":"u%d","event":"Product Viewed"}\n' % number)
    tracemalloc.start()
    count = sum(1 for _ in read_events(path, lambda line, message: None))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 100_000
    assert most < 1024 * 1024


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"cannot read .*nowhere\.ndjson: No such file or directory"):
        read(tmp_path / "nowhere.ndjson")
