"""What a mail server's refusal means, by the step of the conversation at which it came (RFC 5321, RFC 3463)."""

import re

import aiosmtplib

from fermata.channels.port import Busy, Rejected, without_address
from fermata.vocabulary import Reason

_ENHANCED = re.compile(r"^(\d)\.(\d{1,3})\.(\d{1,3})\b")
_NO_SUCH_MAILBOX = frozenset({550, 551, 553})
_TOO_BIG = 552
_CLOSING = 421  # "service not available, closing transmission channel"


def at_connection(error: Exception) -> Rejected | Busy:
    """Reads an error while connecting, encrypting or logging in. Nothing was sent, so a second try is safe."""
    if isinstance(error, aiosmtplib.SMTPAuthenticationError) and error.code >= 500:
        detail = f"the mail server refuses our login: {_words(error)}"
        return Rejected(Reason.PROVIDER_MISCONFIGURED, detail, permanent=False)
    if type(error) is aiosmtplib.SMTPException or isinstance(error, aiosmtplib.SMTPNotSupported):
        # What the library itself finds missing: STARTTLS or AUTH that the URL asks for and the server does not offer.
        detail = f"the mail server lacks what the URL asks for: {_words(error)}"
        return Rejected(Reason.PROVIDER_MISCONFIGURED, detail, permanent=False)
    return Busy(None, f"the mail server cannot be reached: {_words(error)}", certain=True)


def at_sender(error: Exception, address: str) -> Rejected | Busy:
    """Reads an error in answer to MAIL FROM: the server takes no mail from us, or not of this size."""
    del address
    if isinstance(error, aiosmtplib.SMTPResponseException) and 500 <= error.code < 600:
        too_big = error.code == _TOO_BIG
        reason = Reason.PROVIDER_REJECTED if too_big else Reason.PROVIDER_MISCONFIGURED
        return Rejected(reason, f"the mail server takes no mail from us: {_words(error)}", permanent=too_big)
    return Busy(None, f"the mail server is busy: {_words(error)}", certain=True)


def at_recipient(error: Exception, address: str) -> Rejected | Busy:
    """Reads an error in answer to RCPT TO: no such mailbox, not allowed, or not now (a full box, greylisting)."""
    words = without_address(_words(error), address)
    if isinstance(error, aiosmtplib.SMTPResponseException) and 500 <= error.code < 600:
        reason = Reason.INVALID_ADDRESS if _no_such_mailbox(error) else Reason.PROVIDER_REJECTED
        return Rejected(reason, f"the mail server refuses the recipient: {words}")
    return Busy(
        None, f"the mail server takes nothing for the recipient now: {words}", certain=True, outage=_lost(error)
    )


def at_content(error: Exception, address: str) -> Rejected | Busy:
    """Reads an error after DATA. Without an answer the mail may be out: the server may have taken it and died."""
    words = without_address(_words(error), address)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        if 500 <= error.code < 600:
            return Rejected(Reason.PROVIDER_REJECTED, f"the mail server refuses the mail: {words}")
        if 400 <= error.code < 500:
            return Busy(None, f"the mail server takes no mail now: {words}", certain=True)
    return Busy(None, f"the mail server's answer to the mail was lost: {words}", certain=False)


def _lost(error: Exception) -> bool:
    """Whether the server is gone, where an answer would be about this one mailbox: full, greylisted."""
    return not isinstance(error, aiosmtplib.SMTPResponseException) or error.code == _CLOSING


def _no_such_mailbox(error: aiosmtplib.SMTPResponseException) -> bool:
    # 5.1.x is about the address (RFC 3463, section 3.2). 550 alone says so; 550 5.7.1 is a matter of policy.
    enhanced = _ENHANCED.match(error.message)
    if enhanced:
        return enhanced.group(2) == "1"
    return error.code in _NO_SUCH_MAILBOX


def _words(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    return str(error) or type(error).__name__
