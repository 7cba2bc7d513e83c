"""A body of many messages: each is read as if it had been sent alone, and a bad one loses only itself."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from fermata.errors import InvalidEvent
from fermata.events import MOST_MESSAGES, Mark, TooManyMessages, read

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TWO_HOURS_AGO = (NOW - timedelta(hours=2)).isoformat()
VIEWED: dict[str, Any] = {"type": "track", "userId": "ada", "event": "Product Viewed", "timestamp": TWO_HOURS_AGO}


def test_sent_at_of_the_batch_stands_in_for_the_messages_own() -> None:
    an_hour_slow = (NOW - timedelta(hours=1)).isoformat()
    own = {**VIEWED, "sentAt": NOW.isoformat()}
    reading = read("batch", {"batch": [VIEWED, own], "sentAt": an_hour_slow}, received_at=NOW)
    assert [NOW - event.occurred_at for event in reading.events] == [timedelta(hours=1), timedelta(hours=2)]


def test_a_refused_message_is_kept_with_all_that_the_batch_said_of_it() -> None:
    sent_at = NOW.isoformat()
    body = {"batch": [{**VIEWED, "event": 7, "messageId": "m1"}], "sentAt": sent_at, "context": {"locale": "fr"}}
    [refused] = read("import", body, received_at=NOW).refused
    assert (refused.index, refused.message_id, refused.rejection.field) == (0, "m1", "event")
    assert refused.rejection.door == "import"
    kept = orjson.loads(refused.rejection.payload)
    assert (kept["sentAt"], kept["context"]) == (sent_at, {"locale": "fr"})


def test_an_import_believes_the_time_of_each_message_and_wants_one() -> None:
    timeless = {"type": "track", "userId": "ada", "event": "Product Viewed"}
    years_later = (NOW - timedelta(minutes=1)).isoformat()
    body = {"batch": [{**VIEWED, "timestamp": "2019-03-08T06:30:00Z", "sentAt": "2019-03-08T08:00:00Z"}, timeless]}
    reading = read("import", {**body, "sentAt": years_later}, received_at=NOW)
    [event] = reading.events
    assert event.occurred_at == datetime(2019, 3, 8, 6, 30, tzinfo=UTC)
    assert event.marks == {Mark.HISTORICAL}
    assert [refused.rejection.field for refused in reading.refused] == ["timestamp"]


@pytest.mark.parametrize(
    ("body", "field"), [([], ""), ({}, "batch"), ({"batch": [], "context": 1}, "context"), ({"batch": {}}, "batch")]
)
def test_what_is_wrong_with_the_whole_batch_refuses_it(body: object, field: str) -> None:
    with pytest.raises(InvalidEvent) as refusal:
        read("batch", body, received_at=NOW)
    assert refusal.value.field == field


def test_a_batch_may_have_only_so_many_messages() -> None:
    with pytest.raises(TooManyMessages, match="2,501 messages; at most 2,500"):
        read("batch", {"batch": [VIEWED] * (MOST_MESSAGES + 1)}, received_at=NOW)
