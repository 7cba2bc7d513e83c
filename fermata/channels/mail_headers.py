"""The headers of a mail that do not depend on who carries it: the same by SMTP and by an HTTP API."""

from hashlib import sha256
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from fermata.channels.port import Envelope

Mailbox = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,30}@[A-Za-z0-9.-]+$")]
"""A mailbox of the deployment's: with a decision behind its name it is still an address (64 characters, RFC 5321)."""

_SENDER_ID = 15  # characters at most; Gmail takes 5 to 15


def message_id(idempotency_key: str, domain: str) -> str:
    """The Message-ID of an attempt: the same key gives the same id, and the key cannot be read from it."""
    return f"<{sha256(idempotency_key.encode()).hexdigest()[:40]}@{domain}>"


def feedback_id(envelope: Envelope, domain: str) -> str:
    """What mailbox providers count complaints by: message, channel, kind of mail, and a name of the sender's.

    Gmail's feedback loop reads it from the right: the last part is the sender, always the same, of 5 to 15 characters.

    Args:
        envelope: What is sent. No part says anything about the person.
        domain: The sender's.
    """
    kind = "marketing" if envelope.unsubscribe_url is not None else "service"
    sender = "".join(each for each in domain if each.isalnum())[:_SENDER_ID].ljust(5, "0")
    return f"{envelope.message_key}:{envelope.channel.value}:{kind}:{sender}"


def addressed(mailbox: str, decision_id: UUID) -> str:
    """An address of a mailbox that names one mail: ``answers+<32 hexadecimal digits>@shop.example``.

    What comes to it is about that mail, whatever else is left of it (RFC 5233).

    Args:
        mailbox: Whose server takes ``name+anything@`` for ``name@``.
        decision_id: The mail's.
    """
    local_part, _, domain = mailbox.rpartition("@")
    return f"{local_part}+{decision_id.hex}@{domain}"


def own_headers(envelope: Envelope, domain: str) -> dict[str, str]:
    """The headers by which a mail is told from others, and by which its reader unsubscribes (RFC 2369, RFC 8058).

    One click works by https alone, and only where the mail's DKIM signature covers both headers; the server that
    signs must be set up so.

    Args:
        envelope: What is sent. The link in it is ours: neither spaces nor angle brackets are in it.
        domain: The sender's.
    """
    # The decision lets whoever holds the mail ask `fermata explain` about it; the id says nothing about the person.
    headers = {"X-Fermata-Decision": str(envelope.decision_id), "Feedback-ID": feedback_id(envelope, domain)}
    url = envelope.unsubscribe_url
    if url is not None:
        headers["List-Unsubscribe"] = f"<{url}>"
        if url.startswith("https://"):
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
