"""An event on its way out: its bytes, the names that its order depends on, and where it came from."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import orjson

from cli.demo.payload import Payload


@dataclass(frozen=True)
class Outgoing:
    """One event, ready to send.

    Args:
        body: Its JSON.
        names: Its user id and anonymous id, as far as it has them: events that share a name must stay in order.
        line: Its line in a file; 0 where it comes from none.
        weight: How far sending it moves a progress bar.
    """

    body: bytes
    names: tuple[str, ...]
    line: int = 0
    weight: int = 1

    @classmethod
    def of(cls, payload: Payload, *, line: int = 0, weight: int = 1) -> Self:
        """Makes an event ready to send."""
        names = tuple(f"{kind}:{payload[kind]}" for kind in ("userId", "anonymousId") if payload.get(kind))
        return cls(orjson.dumps(payload), names, line, weight)


def outgoing(payloads: Iterable[Payload]) -> Iterator[Outgoing]:
    """Makes a sequence of events ready to send, one at a time."""
    return map(Outgoing.of, payloads)
