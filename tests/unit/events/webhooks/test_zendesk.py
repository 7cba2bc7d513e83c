"""Zendesk's webhooks become standard events of those who asked."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.unit.events.webhooks.deliveries import NOW, events_of, external_ids_of, refusal_of, the_event_of
from tests.unit.events.webhooks.samples import ZENDESK, ZENDESK_TICKET, ZENDESK_USER, zendesk_event
from tests.unit.events.webhooks.signing import RATING, zendesk


def test_a_ticket_that_is_opened_belongs_to_who_asked() -> None:
    event = the_event_of(zendesk(ZENDESK["ticket.created"], at=NOW))
    assert event.name == "Support Ticket Opened"
    assert event.message_id == "helpdesk:cbe4028c-7239-495d-b020-f22348516046"
    assert event.occurred_at == datetime(2026, 3, 8, 6, 53, 57, 123456, tzinfo=UTC)
    assert event.properties == {
        "ticket_id": "5158",
        "subject": "Where is my order?",
        "status": "open",
        "priority": "high",
        "channel": "web_service",
        "ticket_type": "question",
        "opened_at": "2026-03-08T06:53:57+00:00",
    }
    assert external_ids_of(event) == {"zendesk_user_id": "8447388090494"}


def test_a_ticket_is_solved_when_its_status_becomes_so_and_no_other() -> None:
    solved = the_event_of(zendesk(ZENDESK["ticket.status_changed"], at=NOW))
    assert solved.name == "Support Ticket Solved"
    assert (solved.properties["status"], solved.properties["previous_status"]) == ("solved", "open")
    change = {"current": "PENDING", "previous": "OPEN"}
    pending = the_event_of(zendesk(zendesk_event("ticket.status_changed", ZENDESK_TICKET, change), at=NOW))
    assert pending.name == "zen:event-type:ticket.status_changed"
    assert pending.properties["event"] == change


def test_a_user_is_known_by_their_address_from_then_on() -> None:
    event = the_event_of(zendesk(ZENDESK["user.created"], at=NOW))
    assert (event.kind, event.traits.email) == ("identify", "ada@example.com")
    assert external_ids_of(event) == {"zendesk_user_id": "8447388090494"}


@pytest.mark.parametrize("role", ["agent", "admin"])
def test_those_who_answer_are_nobodys_customers(role: str) -> None:
    assert events_of(zendesk(zendesk_event("user.created", {**ZENDESK_USER, "role": role}, {}), at=NOW)) == ()


def test_a_rating_comes_by_a_trigger_of_ones_own_and_a_mapping() -> None:
    event = the_event_of(zendesk(RATING, at=NOW, source="ratings", variable="RATINGS_SECRET"))
    assert event.name == "Support Ticket Rated"
    assert event.message_id == "ratings:01GDD4N1Y6XJ8ZSFSQ5MSB39JM"
    assert event.properties == {"ticket_id": "5158", "rating": "good", "comment": "Quick!"}
    assert event.context["traits"] == {"email": "ada@example.com"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"detail": {}}, "type"),
        ({**ZENDESK["ticket.created"], "detail": []}, "detail"),
        ({**ZENDESK["ticket.created"], "time": "now"}, "timestamp"),
        (zendesk_event("organization.created", {"id": "1"}, {}), "userId"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(body: dict[str, Any], field: str) -> None:
    assert refusal_of(zendesk(body, at=NOW))[0] == field
