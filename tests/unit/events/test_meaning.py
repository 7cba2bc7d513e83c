"""What the calls of the spec besides track and identify are understood to say."""

from datetime import UTC, datetime
from typing import Any

import pytest

from fermata.errors import InvalidEvent
from fermata.events import IncomingEvent, Kind, parse

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def called(kind: Kind, **more: Any) -> IncomingEvent:
    return parse({"userId": "ada", **more}, received_at=NOW, kind=kind)


@pytest.mark.parametrize(
    ("kind", "said", "name"),
    [
        ("page", {"name": "Home"}, "Viewed Home Page"),
        ("page", {"name": "Trail shoes", "category": "Catalogue"}, "Viewed Trail shoes Page"),
        ("page", {"category": "Catalogue", "name": " "}, "Viewed Catalogue Page"),
        ("page", {}, "Loaded a Page"),
        ("screen", {"name": "Cart"}, "Viewed Cart Screen"),
        ("screen", {}, "Loaded a Screen"),
    ],
)
def test_a_page_and_a_screen_are_events_named_after_them(kind: Kind, said: dict[str, Any], name: str) -> None:
    assert called(kind, **said).name == name


def test_name_and_category_are_among_the_properties_of_a_page() -> None:
    event = called("page", name="Home", category="Shop", properties={"path": "/", "category": "its own"})
    assert event.properties == {"name": "Home", "category": "its own", "path": "/"}


def test_a_group_is_a_trait_of_its_member() -> None:
    event = called("group", groupId=7, traits={"name": "Initech", "plan": None, "id": "not this"})
    assert (event.name, event.properties) == ("Grouped", {"groupId": "7"})
    assert event.other_traits == {"group": {"id": "7", "name": "Initech"}}


def test_an_alias_gives_a_former_name() -> None:
    event = called("alias", previousId=42.0)
    assert (event.name, event.user_id, event.previous_id) == ("Aliased", "ada", "42")


@pytest.mark.parametrize(
    ("kind", "said", "field"),
    [
        ("group", {}, "groupId"),
        ("group", {"groupId": " "}, "groupId"),
        ("group", {"groupId": "g", "traits": []}, "traits"),
        ("alias", {}, "previousId"),
        ("alias", {"previousId": "device", "userId": None, "anonymousId": "device"}, "userId"),
        ("page", {"name": 7}, "name"),
        ("screen", {"properties": "none"}, "properties"),
    ],
)
def test_what_cannot_be_understood_is_refused_by_its_field(kind: Kind, said: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidEvent) as refusal:
        called(kind, **said)
    assert refusal.value.field == field
