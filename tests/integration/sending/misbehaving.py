"""A provider on a real socket that goes wrong as it is told, and remembers what it delivered all the same."""

import asyncio
from typing import Literal

import orjson

from cli.stack.provider_ledger import ProviderLedger, ProviderMessage
from tests.raw_server import RawServer

Mood = Literal["well", "500", "429", "401", "hangs", "resets", "delivers_and_resets", "lies", "slow"]
"""``slow``: well, after half a second. ``lies``: it says 200, delivers nothing, and its body is broken."""


class Misbehaving(RawServer):
    """Speaks as the HTTP provider of our own shape does, in one of several moods.

    Args:
        mood: How it begins.
    """

    def __init__(self, mood: Mood = "well") -> None:
        super().__init__()
        self.mood: Mood = mood
        self.retry_after = 1
        self.asked = 0
        self._ledger = ProviderLedger()

    @property
    def delivered(self) -> list[ProviderMessage]:
        """What reached people, the oldest first."""
        return [message for message in self._ledger.messages if message.delivered]

    async def answer(self, first: str, headers: dict[str, str], body: bytes, writer: asyncio.StreamWriter) -> bool:
        """Answers as its mood is."""
        del first
        self.asked += 1
        mood = self.mood
        if mood == "hangs":
            await asyncio.Event().wait()
        if mood == "resets":
            return False
        status: str = mood
        said = b"{}"
        if mood == "slow":
            await asyncio.sleep(0.5)
        if mood in ("well", "slow", "delivers_and_resets"):
            reply = self._ledger.take("", headers["idempotency-key"], orjson.loads(body))
            status, said = "202", orjson.dumps({"id": reply.message_id})
        if mood == "delivers_and_resets":
            return False
        if mood == "lies":
            status, said = "200", b'{"id": '
        again = f"Retry-After: {self.retry_after}\r\n" if mood == "429" else ""
        writer.write(f"HTTP/1.1 {status} X\r\n{again}Content-Length: {len(said)}\r\n\r\n".encode() + said)
        await writer.drain()
        return True
