"""The activities of the cart journey by hand, as one would write them first: ask the cap, note it, send, note that.

One cap, one table, no trace, no templates, no fallback, no consent: what is left of Fermata when it is left out.
"""

from email.message import EmailMessage
from urllib.parse import urlsplit

import aiosmtplib
import httpx
from temporalio import activity

from cli.bench.by_hand.cart import BareMessage
from fermata.database import Pool

TABLE = """
CREATE TABLE bare_sends (
    key text PRIMARY KEY,
    profile_id uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    sent_at timestamptz
);
CREATE INDEX ON bare_sends (profile_id, asked_at)
"""
_COUNT = "SELECT count(*) FROM bare_sends WHERE profile_id = $1 AND asked_at > now() - interval '1 day'"
_NOTE = "INSERT INTO bare_sends (key, profile_id, asked_at) VALUES ($1, $2, now()) ON CONFLICT DO NOTHING"
_SENT = "UPDATE bare_sends SET sent_at = now() WHERE key = $1"
_MOST = 1000


class HandWritten:
    """Decides and sends.

    Args:
        pool: With the table.
        smtp_url: Of the mail server.
        provider: Of text messages, with a base address.
    """

    def __init__(self, pool: Pool, smtp_url: str, provider: httpx.AsyncClient) -> None:
        self._pool = pool
        address = urlsplit(smtp_url)
        self._smtp = (address.hostname or "", address.port or 25)
        self._provider = provider

    @activity.defn(name="bare_decide")
    async def decide(self, message: BareMessage) -> str:
        """Counts what the person got within a day, and notes that one more is to go, in one transaction."""
        async with self._pool.acquire() as connection, connection.transaction():
            if await connection.fetchval(_COUNT, message.profile_id) >= _MOST:
                return "drop"
            await connection.execute(_NOTE, _key(message), message.profile_id)
        return "send"

    @activity.defn(name="bare_send")
    async def send(self, message: BareMessage) -> str:
        """Sends, and notes that it is sent."""
        if message.channel == "email":
            await self._mail(message)
        else:
            body = {"to": "+442071838750", "channel": "sms", "message": message.key, "text": "Your cart waits."}
            headers = {"Idempotency-Key": _key(message)}
            (await self._provider.post("/sms/v1/messages", json=body, headers=headers)).raise_for_status()
        await self._pool.execute(_SENT, _key(message))
        return "sent"

    async def _mail(self, message: BareMessage) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"] = "hello@example.com", f"{message.profile_id}@example.com"
        mail["Subject"], mail["Message-ID"] = "Your cart", f"<{_key(message).replace('/', '.')}@example.com>"
        mail.set_content("You left something in your cart.")
        host, port = self._smtp
        await aiosmtplib.send(mail, hostname=host, port=port)


def _key(message: BareMessage) -> str:
    return f"{message.profile_id}/{message.key}/{message.channel}"
