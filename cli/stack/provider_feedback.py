"""How the stand-in provider tells afterwards what became of a message: by signed webhooks (Standard Webhooks)."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import orjson
from pydantic import BaseModel, ConfigDict, SecretStr
from standardwebhooks import Webhook

from cli.stack.provider_ledger import ProviderMessage

_PATIENCE = 10.0  # seconds


class Hook(BaseModel):
    """Where it tells.

    Args:
        url: ``https://your-host/webhooks/NAME``.
        secret: With which it signs: base64, with or without ``whsec_`` before it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    secret: SecretStr


async def tell(hook: Hook, message: ProviderMessage, kind: str, **more: Any) -> int:  # noqa: ANN401 - JSON
    """Tells what became of a message, and returns the HTTP status of the answer.

    Args:
        hook: Where.
        message: Which.
        kind: ``delivered``, ``bounced``, ``complained``, ``opened``, ``clicked``, ``unsubscribed`` or ``replied``.
        more: Further fields: ``bounce``, ``url``, ``reason``, ….
    """
    return await _post(hook, f"message.{kind}", {"id": message.id, "key": message.key, **more})


async def pass_on(hook: Hook, sender: str, text: str) -> int:
    """Passes on a text that somebody wrote, and returns the HTTP status of the answer.

    Args:
        hook: Where.
        sender: Who wrote, in E.164.
        text: What.
    """
    return await _post(hook, "message.received", {"from": sender, "to": "+15005550006", "text": text})


async def _post(hook: Hook, kind: str, data: dict[str, Any]) -> int:
    now = datetime.now(UTC)
    body = orjson.dumps({"type": kind, "timestamp": now.isoformat(), "data": data}).decode()
    name = f"msg_{uuid4().hex}"
    headers = {
        "content-type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(hook.secret.get_secret_value()).sign(name, now, body),
    }
    async with httpx.AsyncClient(timeout=_PATIENCE) as client:
        return (await client.post(hook.url, content=body, headers=headers)).status_code
