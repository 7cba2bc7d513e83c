"""Any signed JSON becomes an event by a mapping of its fields."""

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.unit.events.webhooks.deliveries import NOW, external_ids_of, refusal_of, the_event_of
from tests.unit.events.webhooks.signing import CHAT, standard


def chat(**changes: Any) -> dict[str, Any]:
    """The body with changes at dotted paths, ``__`` for the point."""
    body = copy.deepcopy(CHAT)
    for path, value in changes.items():
        *parents, last = path.split("__")
        inside = body
        for step in parents:
            inside = inside[step]
        inside[last] = value
    return body


def test_every_field_is_found_where_the_mapping_says() -> None:
    event = the_event_of(standard(CHAT, at=NOW))
    assert (event.name, event.original_name) == ("Live Chat Conversation Started", "conversation_started")
    assert (event.user_id, event.anonymous_id) == ("42", "c-1")
    assert event.context["traits"] == {"email": "ada@example.com"}
    assert external_ids_of(event) == {"chat_visitor_id": "v-9"}
    assert event.occurred_at == datetime(2026, 3, 8, 6, 6, 40, 500000, tzinfo=UTC)
    assert event.message_id == "chat:msg_1"
    assert event.properties == {"conversation_id": "77", "agent_name": "Grace"}


@pytest.mark.parametrize("at", [1772950000, 1772950000000, "2026-03-08T06:06:40Z", "2026-03-08T07:06:40+01:00"])
def test_a_time_is_text_with_an_offset_or_seconds_or_milliseconds(at: object) -> None:
    assert the_event_of(standard(chat(data__at=at), at=NOW)).occurred_at == datetime(2026, 3, 8, 6, 6, 40, tzinfo=UTC)


def test_without_a_time_it_happened_when_it_came_in() -> None:
    assert the_event_of(standard(chat(data__at=None), at=NOW)).occurred_at == NOW


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (chat(type=None), "type"),
        (chat(type=7), "type"),
        (chat(data__at=True), "data.at"),
        (chat(data__at=1e300), "data.at"),
        (chat(data__visitor__user=["42"]), "data.visitor.user"),
        (chat(data__visitor__email=7), "data.visitor.email"),
        (chat(data__visitor__id={}), "data.visitor.id"),
        (chat(data__visitor={}), "userId"),
        (chat(data="nothing"), "userId"),
    ],
)
def test_what_cannot_be_is_refused_with_its_path(body: dict[str, Any], field: str) -> None:
    assert refusal_of(standard(body, at=NOW))[0] == field
