"""What an answer of Amazon SES means for the mail: taken, refused, or not now.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
"""

from collections.abc import Mapping
from typing import Any

from fermata.channels.http_answers import HttpAnswer, retry_after_in
from fermata.channels.port import Accepted, Busy, Rejected, without_address
from fermata.vocabulary import Reason

_TOO_MANY = frozenset(
    {"TooManyRequestsException", "LimitExceededException", "ThrottlingException", "Throttling", "RequestLimitExceeded"}
)
"""Too fast for the account, or the day's quota is used up."""
_NOT_SERVED = frozenset(
    {"MailFromDomainNotVerifiedException", "AccountSuspendedException", "SendingPausedException", "NotFoundException"}
)
"""The sender's domain, the account or the configuration set: another provider may serve us."""
_NOT_NOW = frozenset({408, 425})
_ABOUT_THE_MAIL = frozenset({400, 413, 422})


def read_ses_answer(answer: HttpAnswer, *, address: str) -> Accepted | Rejected | Busy:
    """Reads an answer.

    Args:
        answer: What came back.
        address: Taken out of SES's words.
    """
    status, document = answer.status, answer.document
    kind = _kind(answer, document)
    words = without_address(f"{status} {kind} {_words(document)}", address)
    if 200 <= status < 300:
        identifier = document.get("MessageId")
        if isinstance(identifier, str) and 0 < len(identifier) <= 255:
            return Accepted(identifier)
        return Busy(None, f"SES's answer makes no sense: {status} without MessageId", certain=False)
    if status == 429 or kind in _TOO_MANY:
        return Busy(retry_after_in(answer), f"SES asks us to wait: {words}", certain=True, outage=False)
    if status >= 500 or status in _NOT_NOW:
        return Busy(retry_after_in(answer), f"SES is busy: {words}", certain=answer.surely_not_taken)
    # In the sandbox SES rejects a mail because of its sender or recipient, and says so in words alone.
    unverified = kind == "MessageRejected" and "not verified" in _words(document)
    if kind in _NOT_SERVED or unverified or status not in _ABOUT_THE_MAIL:
        return Rejected(Reason.PROVIDER_MISCONFIGURED, f"SES does not serve us: {words}", permanent=False)
    return Rejected(Reason.PROVIDER_REJECTED, f"SES refuses the mail: {words}")


def _kind(answer: HttpAnswer, document: Mapping[str, Any]) -> str:
    """The name of an error: ``MessageRejected``, where a header or the body says ``MessageRejected:http://…``."""
    told = answer.headers.get("X-Amzn-ErrorType") or document.get("__type") or ""
    return str(told).split(":", 1)[0].rsplit("#", 1)[-1][:100]


def _words(document: Mapping[str, Any]) -> str:
    message = document.get("message") or document.get("Message")
    return message if isinstance(message, str) else ""
