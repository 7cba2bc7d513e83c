"""Bad events of every kind that services send by mistake. The door must refuse each of them, naming the field."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from cli.demo.payload import Payload

_MORE_THAN_ALLOWED = 33 * 1024


def _without(*fields: str) -> Callable[[Payload], Payload]:
    return lambda event: {name: value for name, value in event.items() if name not in fields}


def _with(**fields: object) -> Callable[[Payload], Payload]:
    return lambda event: {**event, **fields}


def _as_identify(**fields: object) -> Callable[[Payload], Payload]:
    return lambda event: {**_without("event", "properties")(event), "type": "identify", **fields}


KINDS: Mapping[str, Callable[[Payload], Payload]] = MappingProxyType(
    {
        "no identity": _without("userId", "anonymousId"),
        "a user id that is an object": _with(userId={"id": 7}),
        "no event name": _without("event"),
        "an event name that is a number": _with(event=17),
        "an unknown type": _with(type="purchase"),
        "no type": _without("type"),
        "a naive time": _with(timestamp="2026-03-08T06:30:00"),
        "a time that is none": _with(timestamp="yesterday, about noon"),
        "properties that are text": _with(properties="a blue one"),
        "traits that are a list": _as_identify(traits=["email", "phone"]),
        "a time zone that is nowhere": _as_identify(traits={"timezone": "Europe/Atlantis"}),
        "a consent that is a guess": _as_identify(traits={"consent": {"email": {"marketing": "probably"}}}),
        "quiet hours that are none": _as_identify(traits={"quiet_hours": {"start": "late", "end": "25:00"}}),
        "a NUL character": _with(properties={"name": "Tempo\0road shoe"}),
        "more than 32 KB": _with(properties={"note": "la " * (_MORE_THAN_ALLOWED // 3)}),
    }
)
"""By what is wrong with it: makes a good track event bad."""
