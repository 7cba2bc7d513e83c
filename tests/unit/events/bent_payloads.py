"""Payloads in the Segment spec, and what chance makes of them: strategies for hypothesis."""

import copy
from typing import Any

from hypothesis import strategies as st

TRACK: dict[str, Any] = {
    "type": "track",
    "messageId": "m1",
    "userId": "ada",
    "anonymousId": "device",
    "event": "Product Added",
    "properties": {"product_id": "p1", "price": 9.5, "products": [{"sku": "a"}]},
    "context": {"timezone": "Europe/Paris", "locale": "fr-FR", "device": {"token": "t"}},
    "timestamp": "2026-03-08T06:30:00Z",
    "originalTimestamp": "2026-03-08T06:30:00Z",
    "sentAt": "2026-03-08T06:30:01Z",
}
IDENTIFY: dict[str, Any] = {
    "type": "identify",
    "messageId": "m2",
    "userId": 42,
    "traits": {
        "email": "ada@example.com",
        "phone": "+12125550100",
        "push_token": "t",
        "timezone": "Europe/Paris",
        "locale": "fr",
        "address": {"country": "US", "state": "NY"},
        "consent": {"email": {"marketing": "granted"}},
        "quiet_hours": {"start": "22:00", "end": "07:00"},
        "do_not_disturb": False,
        "do_not_disturb_until": "2026-12-24T00:00:00Z",
        "plan": "pro",
    },
}
OTHER_CALLS: tuple[dict[str, Any], ...] = (
    {"type": "page", "messageId": "m3", "anonymousId": "device", "name": "Home", "category": "Shop", "properties": {}},
    {"type": "screen", "messageId": "m4", "userId": "ada", "name": "Cart", "properties": {"items": 2}},
    {"type": "group", "messageId": "m5", "userId": "ada", "groupId": 7, "traits": {"name": "Initech", "seats": 4}},
    {"type": "alias", "messageId": "m6", "userId": "ada", "previousId": "device"},
)

ODD_TEXTS = (
    *("", " ", "\0", "\\u0000", "\ud800", "null", "NaN", "🥁" * 200, "x" * 300, "x" * 40_000),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-30T00:00:00Z", "2026-03-08T06:30:00+23:59"),
    *("Europe/../Paris", "US-NY", "24:00"),
)
odd_text = st.text(max_size=20) | st.sampled_from(ODD_TEXTS)
odd_value: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=-(2**70), max_value=2**70)
    | st.floats()
    | odd_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(odd_text, inner, max_size=4),
    max_leaves=12,
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The path to everything inside a payload."""
    found: list[tuple[str | int, ...]] = []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += [(*path, key), *places(inner, (*path, key))]
    return found


@st.composite
def bent(draw: st.DrawFn, payload: dict[str, Any]) -> dict[str, Any]:
    """A payload in which one to three things are taken out, replaced, or joined by a stranger."""
    result = copy.deepcopy(payload)
    for _ in range(draw(st.integers(1, 3))):
        *parents, last = draw(st.sampled_from(places(result) or [("event",)]))
        inside: Any = result
        for step in parents:
            inside = inside[step]
        match draw(st.sampled_from(["remove", "replace", "replace", "join"])):
            case "remove" if last in inside or isinstance(last, int):
                del inside[last]
            case "join" if isinstance(inside, dict):
                inside[draw(odd_text)] = draw(odd_value)
            case _:
                inside[last] = draw(odd_value)
    return result
