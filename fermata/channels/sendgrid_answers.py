"""What an answer of SendGrid's v3 Mail Send means for the mail: taken, refused, or not now."""

from datetime import UTC, datetime, timedelta

from fermata.channels.http_answers import HttpAnswer
from fermata.channels.port import Accepted, Busy, Rejected, without_address
from fermata.channels.retry_after import read_http_date, read_retry_after
from fermata.vocabulary import Reason

_TOO_MANY = 429
_NOT_NOW = frozenset({408, 425, _TOO_MANY})
_ABOUT_THE_MAIL = frozenset({400, 413, 422})
_LONGEST_WAIT = timedelta(days=1)


def read_sendgrid_answer(answer: HttpAnswer, *, address: str) -> Accepted | Rejected | Busy:
    """Reads an answer.

    Args:
        answer: What came back.
        address: Taken out of the API's words.
    """
    status = answer.status
    faults = _faults(answer)
    told = "; ".join(message for _, message in faults) or "(no words)"
    words = without_address(f"{status} {told}", address)
    if 200 <= status < 300:
        # 200 is the sandbox: it looks at the mail, sends nothing and gives no id.
        identifier = answer.headers.get("X-Message-Id", "")
        if 0 < len(identifier) <= 255:
            return Accepted(identifier)
        return Busy(None, f"the mail API's answer makes no sense: {status} without X-Message-Id", certain=False)
    if status in _NOT_NOW or status >= 500:
        detail = f"the mail API is busy: {words}"
        return Busy(_retry_after(answer), detail, certain=answer.surely_not_taken, outage=status != _TOO_MANY)
    if status in _ABOUT_THE_MAIL:
        if any(field.startswith("personalizations.") and ".to." in field for field, _ in faults):
            return Rejected(Reason.INVALID_ADDRESS, f"the mail API knows no such address: {words}")
        if any(field == "from" or field.startswith("from.") for field, _ in faults):
            detail = f"the mail API takes no mail from this sender: {words}"
            return Rejected(Reason.PROVIDER_MISCONFIGURED, detail, permanent=False)
        return Rejected(Reason.PROVIDER_REJECTED, f"the mail API refuses the mail: {words}")
    # 401, 403: the key or the sender is not allowed. 404, 405, 406, 3xx: this is another API.
    detail = f"the mail API does not serve us at this URL: {words}"
    return Rejected(Reason.PROVIDER_MISCONFIGURED, detail, permanent=False)


def _faults(answer: HttpAnswer) -> list[tuple[str, str]]:
    """Field and message of each fault that the body tells of."""
    errors = answer.document.get("errors")
    if not isinstance(errors, list):
        return []
    told = [error for error in errors[:10] if isinstance(error, dict)]
    return [(str(error.get("field") or ""), str(error.get("message") or "")[:300]) for error in told]


def _retry_after(answer: HttpAnswer) -> timedelta | None:
    """``Retry-After``, or else the instant at which the API says that its rate limit is new."""
    now = read_http_date(answer.headers.get("Date")) or datetime.now(UTC)
    asked = read_retry_after(answer.headers.get("Retry-After"), now=now)
    reset = answer.headers.get("X-RateLimit-Reset", "")
    if asked is None and reset.isascii() and reset.isdigit() and len(reset) <= 10:
        wait = datetime.fromtimestamp(int(reset), UTC) - now
        return min(max(wait, timedelta(0)), _LONGEST_WAIT)
    return asked
