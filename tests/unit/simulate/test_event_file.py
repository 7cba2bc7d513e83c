"""The events of a simulation, read from a file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.simulate.event_file import read_event_file
from fermata.errors import InvalidEvent, NotFound


def written(folder: Path, *lines: str) -> Path:
    path = folder / "events.ndjson"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_instants_become_times_after_the_first_whatever_their_order(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '{"event": "Order Completed", "timestamp": "2026-03-05T09:00:00+01:00"}',
        "",
        '{"type": "page", "userId": "ada", "timestamp": "2026-03-04T08:00:00Z"}',
    )
    read = read_event_file(path)
    assert read.first_at == datetime(2026, 3, 4, 8, 0, tzinfo=UTC)
    assert [(call.after, call.is_nobodys) for call in read.calls] == [
        (timedelta(0), False),
        (timedelta(days=1), True),
    ]


def test_durations_count_from_the_start_and_a_line_without_a_time_goes_with_the_one_before(tmp_path: Path) -> None:
    path = written(tmp_path, '{"event": "A"}', '{"event": "B", "timestamp": "P1DT2H"}', '{"event": "C"}')
    read = read_event_file(path)
    assert read.first_at is None
    assert [call.after for call in read.calls] == [timedelta(0), timedelta(days=1, hours=2), timedelta(days=1, hours=2)]
    assert all("timestamp" not in call.call for call in read.calls)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "2: not JSON"),
        ("[]", "2: an event is a JSON object, not list"),
        ('{"event": "A", "timestamp": "tomorrow"}', "2: timestamp: 'tomorrow' is not an ISO 8601 time"),
        ('{"event": "A", "timestamp": "P1M"}', "2: timestamp: 'P1M' is no duration"),
        ('{"event": "A", "timestamp": "P9999D"}', "2: timestamp: 'P9999D' is more than ten years"),
        ('{"event": "Product Added", "properties": {"price": "much"}}', "2: properties.price:"),
        ('{"type": "tracks"}', "2: type: must be one of"),
    ],
)
def test_a_bad_line_is_named_with_its_field(tmp_path: Path, line: str, fault: str) -> None:
    with pytest.raises(InvalidEvent, match=fault):
        read_event_file(written(tmp_path, '{"event": "A"}', line))


def test_a_file_without_events_or_none_at_all_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidEvent, match="holds no event"):
        read_event_file(written(tmp_path, ""))
    with pytest.raises(NotFound, match="cannot read"):
        read_event_file(tmp_path / "missing.ndjson")
