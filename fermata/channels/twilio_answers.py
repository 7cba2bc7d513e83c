"""What Twilio's answer to a text message means (https://www.twilio.com/docs/api/errors)."""

from collections.abc import Mapping
from typing import Any

from fermata.channels.http_answers import HttpAnswer, retry_after_in
from fermata.channels.port import Accepted, Busy, Rejected, without_address
from fermata.vocabulary import Reason

_STOPPED = frozenset({21610})
"""Whoever has the number said STOP to this sender."""
_NO_SUCH_NUMBER = frozenset({21211, 21217, 21219, 21265, 21614, 21635})
"""No number, a landline, or none that this account may write to before it is verified."""
_BLOCKED_COUNTRY = frozenset({21408, 21612})
"""The account may not write there, or no sender of ours reaches it."""
_MISCONFIGURED = frozenset({20003, 20008, 21212, 21603, 21606, 21607, 21609, 21659, 21660, 21703, 21705})
"""The account, its login, its senders: another provider may serve us."""
_TOO_MANY = frozenset({20429, 21611, 63038})
"""Too fast for the account, a full queue of the sender's, or the day's messages are used up."""
_LOGIN = frozenset({401, 402, 403, 404, 405, 407})


def read_twilio_answer(answer: HttpAnswer, *, address: str) -> Accepted | Rejected | Busy:
    """Reads an answer.

    Args:
        answer: What came back.
        address: Taken out of Twilio's words.
    """
    document = answer.document
    code = document.get("code")
    code = code if isinstance(code, int) and not isinstance(code, bool) else 0
    words = without_address(f"{answer.status} {code or ''} {_words(document)}", address)
    if 200 <= answer.status < 300:
        sid = document.get("sid")
        if isinstance(sid, str) and 0 < len(sid) <= 255:
            return Accepted(sid)
        return Busy(None, f"Twilio's answer makes no sense: {words}", certain=False)
    if answer.status == 429 or code in _TOO_MANY:
        return Busy(retry_after_in(answer), f"Twilio asks us to wait: {words}", certain=True, outage=False)
    if answer.status >= 500 or answer.status in (408, 425):
        # It has no idempotency key, and a server that failed may have queued the text before it did.
        return Busy(retry_after_in(answer), f"Twilio fails: {words}", certain=answer.status == 503)
    return _refusal(answer.status, code, words)


def _refusal(status: int, code: int, words: str) -> Rejected:
    if code in _STOPPED:
        return Rejected(Reason.SUPPRESSED_BY_PROVIDER, f"they said STOP to Twilio: {words}")
    if code in _NO_SUCH_NUMBER:
        return Rejected(Reason.INVALID_ADDRESS, f"no text reaches the number: {words}")
    if code in _BLOCKED_COUNTRY:
        return Rejected(Reason.BLOCKED_REGION, f"Twilio does not send there for us: {words}", permanent=False)
    if code in _MISCONFIGURED or status in _LOGIN or status < 400:
        return Rejected(Reason.PROVIDER_MISCONFIGURED, f"Twilio does not serve us: {words}", permanent=False)
    return Rejected(Reason.PROVIDER_REJECTED, f"Twilio refuses the text: {words}")


def _words(document: Mapping[str, Any]) -> str:
    message = document.get("message")
    return message if isinstance(message, str) else ""
