"""Events for the ingest: known people who look at products, each event with ids of its own."""

from base64 import b64encode
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import uuid4

import orjson

from cli.bench.http_sender import HttpSender

_PEOPLE = 2_000
_AT_ONCE = 500
_CART_EVERY = 200
_SHOPPERS = 5_000


class Traffic:
    """Makes requests and sends them.

    Args:
        write_key: Of the API.
    """

    def __init__(self, write_key: str) -> None:
        basic = b64encode(f"{write_key}:".encode()).decode()
        self._headers = {"Authorization": f"Basic {basic}"}
        self._numbers = count()
        self._mixed = count()

    async def send_everybody(self, sender: HttpSender) -> None:
        """Makes all of them known to the API."""
        for _ in range(_PEOPLE // _AT_ONCE):
            await self.send_batch(sender, _AT_ONCE)

    async def send_single(self, sender: HttpSender) -> int:
        """Sends one event to the API. Returns 1."""
        await sender.post("/v1/track", orjson.dumps(self._event()), self._headers)
        return 1

    async def send_mixed(self, sender: HttpSender) -> int:
        """Sends one event, of two hundred one that somebody puts something into their cart with. Returns 1."""
        event = self._event()
        if (number := next(self._mixed)) % _CART_EVERY == 0:
            event |= {"event": "Product Added", "userId": f"shopper-{number // _CART_EVERY % _SHOPPERS}"}
        await sender.post("/v1/track", orjson.dumps(event), self._headers)
        return 1

    async def send_batch(self, sender: HttpSender, number: int) -> int:
        """Sends a batch to the API, and returns how many events it held.

        Args:
            sender: Where to.
            number: Of events, each of another person's.
        """
        batch = {"batch": [self._event() for _ in range(number)]}
        await sender.post("/v1/batch", orjson.dumps(batch), self._headers)
        return number

    async def send_carts(self, sender: HttpSender, number: int) -> None:
        """Sends a batch in which people put something into their cart, each of whom nobody has heard of.

        Args:
            sender: Where to.
            number: Of people.
        """
        carts = [{**self._event(), "event": "Product Added", "userId": str(uuid4())} for _ in range(number)]
        await sender.post("/v1/batch", orjson.dumps({"batch": carts}), self._headers)

    async def send_bare(self, sender: HttpSender) -> int:
        """Sends one event to the bare endpoint. Returns 1."""
        await sender.post("/track", orjson.dumps(self._event()), self._headers)
        return 1

    def _event(self) -> dict[str, Any]:
        return {
            "type": "track",
            "event": "Product Viewed",
            "userId": f"person-{next(self._numbers) % _PEOPLE}",
            "messageId": str(uuid4()),
            "timestamp": datetime.now(UTC).isoformat(),
            "properties": {"product_id": "p1", "name": "Trail shoe", "price": 89.5, "currency": "EUR"},
        }
