"""Five thousand calls of a hundred people over twenty hours, and their sending by the SDKs that people have."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import rudderstack.analytics.request
import segment.analytics.request
from rudderstack.analytics.client import Client as RudderClient
from segment.analytics.client import Client as SegmentClient

from tests.integration.api.served import Served

_SPACING = timedelta(seconds=14)
_PEOPLE = 100


@dataclass(frozen=True)
class Message:
    """A call of an SDK: the method and what it is given."""

    method: str
    arguments: dict[str, Any]

    @property
    def id(self) -> str:
        """Its message id."""
        return str(self.arguments["message_id"])


def made(number: int, seed: int) -> list[Message]:
    """Calls of every kind, in the order in which they happened, the last one just now."""
    random = Random(seed)  # noqa: S311 - the same calls every time
    begin = datetime.now(UTC) - number * _SPACING
    return [_call(random, n, begin + n * _SPACING) for n in range(number)]


def _call(random: Random, n: int, at: datetime) -> Message:
    person = random.randrange(_PEOPLE)
    common = {"user_id": f"user {person}", "message_id": f"m{n}", "timestamp": at}
    device = {"anonymous_id": f"device {person}-{random.randrange(3)}"}
    match random.randrange(14):
        case 0 | 1 | 2:
            return Message("identify", {**common, **device, "traits": _traits(random, person)})
        case 3:
            return Message("page", {**common, **device, "name": random.choice(["Home", "Cart"])})
        case 4:
            return Message("screen", {**common, "name": "Cart", "context": {"timezone": "Asia/Tokyo"}})
        case 5:
            group = random.randrange(5)
            return Message("group", {**common, "group_id": f"g{group}", "traits": {"seats": random.randrange(9)}})
        case 7:  # before they sign in, or after they have signed out
            del common["user_id"]
            return Message("identify", {**common, **device, "traits": _traits(random, person)})
        case 8:
            del common["user_id"]
            offline = {"externalIds": [{"type": "loyalty_card", "id": f"card {person}"}]}
            known_by = {"traits": {"email": f"person{person}@example.com"}}
            return Message("track", {**common, **device, "event": "Product Viewed", "context": {**offline, **known_by}})
        case 6:
            return Message("alias", {**common, "previous_id": f"former {person}-{random.randrange(2)}"})
        case _:
            name = random.choice(["Product Viewed", "Product Viewed", "Product Added", "Order Completed"])
            properties = {"product_id": f"p{random.randrange(50)}", "price": random.randrange(1, 99) + 0.5}
            return Message("track", {**common, **device, "event": name, "properties": properties})


def _traits(random: Random, person: int) -> dict[str, Any]:
    some: dict[str, Any] = {
        "email": random.choice([f"person{person}@example.com", None]),
        "phone": random.choice([f"+4420794{person:05}", None]),
        "timezone": random.choice(["Europe/Paris", "America/New_York"]),
        "address": random.choice([{"country": "US", "state": "NY"}, {"country": "FR"}, {"state": "CA"}]),
        "consent": {random.choice(["email", "sms"]): {"marketing": random.choice(["granted", "revoked"])}},
        "quiet_hours": random.choice([None, {"start": "22:00", "end": "07:00"}]),
        "do_not_disturb": random.random() < 0.1,
        "plan": random.choice(["free", "pro"]),
    }
    return {name: some[name] for name in random.sample(sorted(some), k=random.randint(1, 4))}


def send(client: Any, messages: Iterable[Message]) -> None:
    """Makes the calls; the client sends them in batches from a thread of its own."""
    for message in messages:
        getattr(client, message.method)(**message.arguments)


@contextmanager
def segment_sdk(served: Served, errors: list[Exception]) -> Iterator[Any]:
    """Segment's Python SDK, as it is."""
    with _closing(SegmentClient, segment.analytics.request, served, errors) as client:
        yield client


@contextmanager
def rudder_sdk(served: Served, errors: list[Exception]) -> Iterator[Any]:
    """RudderStack's Python SDK, as it is."""
    with _closing(RudderClient, rudderstack.analytics.request, served, errors) as client:
        yield client


@contextmanager
def _closing(kind: Any, transport: Any, served: Served, errors: list[Exception]) -> Iterator[Any]:
    client = kind(
        served.write_key, host=served.url, on_error=lambda error, _: errors.append(error), max_retries=1, gzip=True
    )
    try:
        yield client
    finally:
        client.shutdown()
        transport._session.close()  # it has none of its own way to let its connections go
