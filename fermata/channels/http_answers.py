"""What a provider's HTTP answer means for the message: taken, refused, or not now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson

from fermata.channels.port import Accepted, Busy, Rejected, without_address
from fermata.channels.retry_after import read_http_date, read_retry_after
from fermata.vocabulary import Channel, Reason

_MISCONFIGURED = frozenset({401, 402, 403, 405, 407})
_NO_SUCH_ADDRESS = frozenset({404, 410})
_NOT_NOW = frozenset({408, 425, 429})
_LOST_BEHIND_A_GATEWAY = frozenset({502, 504})
_CONFLICT = 409
_TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A provider's answer.

    Args:
        status: The HTTP status.
        headers: Its headers.
        body: Its body; None where it was longer than we read.
    """

    status: int
    headers: httpx.Headers
    body: bytes | None

    @property
    def document(self) -> Mapping[str, Any]:
        """The JSON object in its body; empty where there is none."""
        try:
            read: object = orjson.loads(self.body or b"")
        except orjson.JSONDecodeError:
            return {}
        return read if isinstance(read, dict) else {}

    @property
    def surely_not_taken(self) -> bool:
        """Of a "not now": whether the message was surely not taken. A gateway that lost the answer cannot say."""
        return self.status not in _LOST_BEHIND_A_GATEWAY


def read_answer(answer: HttpAnswer, *, channel: Channel, address: str) -> Accepted | Rejected | Busy:
    """Reads an answer.

    Args:
        answer: What came back.
        channel: Decides what "no such address" means.
        address: Taken out of the provider's words.
    """
    status = answer.status
    words = without_address(f"{status} {_text(answer)}", address)
    if 200 <= status < 300 or status == _CONFLICT:
        # 409: the provider knows the key. With an id, this message is already its own; without, it is still at work.
        identifier = identifier_in(answer)
        if identifier is not None:
            return Accepted(identifier)
        return Busy(None, f"the provider's answer makes no sense: {words}", certain=False)
    if status in _NO_SUCH_ADDRESS:
        reason = Reason.NO_PUSH_TOKEN if channel is Channel.PUSH else Reason.INVALID_ADDRESS
        return Rejected(reason, f"the provider knows no such address: {words}")
    if status in _NOT_NOW or status >= 500:
        detail = f"the provider is busy: {words}"
        return Busy(retry_after_in(answer), detail, certain=answer.surely_not_taken, outage=status != _TOO_MANY)
    if status in _MISCONFIGURED or status < 400:
        detail = f"the provider does not serve us at this URL: {words}"
        return Rejected(Reason.PROVIDER_MISCONFIGURED, detail, permanent=False)
    return Rejected(Reason.PROVIDER_REJECTED, f"the provider refuses the message: {words}")


def identifier_in(answer: HttpAnswer) -> str | None:
    """The id in the answer's JSON; None where there is none."""
    value = answer.document.get("id")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and 0 < len(value) <= 255 else None


def retry_after_in(answer: HttpAnswer) -> timedelta | None:
    """How long the answer asks us to wait; None where it does not."""
    now = read_http_date(answer.headers.get("Date")) or datetime.now(UTC)
    return read_retry_after(answer.headers.get("Retry-After"), now=now)


def _text(answer: HttpAnswer) -> str:
    return "(body too long)" if answer.body is None else answer.body[:2000].decode("utf-8", "replace")
