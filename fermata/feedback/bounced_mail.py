"""Reads what comes into a bounce mailbox: delivery status (RFC 3464), complaints (RFC 5965), and answers."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email import message_from_bytes, message_from_string
from email.message import Message
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from fermata.feedback.reading import to_text, to_uuid
from fermata.feedback.word import Bounce, Feedback
from fermata.vocabulary import FeedbackKind

SOURCE = "bounce mailbox"
"""Who tells it, in the ledger."""

LARGEST = 2 * 1024 * 1024
"""Bytes that are read of one mail: what was sent back may hang on it whole, and its headers come first."""

_MOST_PARTS = 100
_HARD = re.compile(r"5\.(?:[014]\.\d{1,3}|2\.1)\b")
_NO_MAILBOX = re.compile(r"\b55[013]\b")
_AUTOMATIC = ("auto_reply", "bulk", "junk", "list")
_MESSAGE_ID = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,200}>")
_TOKEN = re.compile(r"\+([0-9a-f]{32})@", re.IGNORECASE)
_ADDRESSED = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
_DECISION = "X-Fermata-Decision"


class _Verdict(NamedTuple):
    """What a report says of the mail that it is about."""

    kind: FeedbackKind
    bounce: Bounce | None
    detail: str


def read_bounced_mail(raw: bytes, received_at: datetime) -> Feedback | None:
    """Says what a mail tells of one that went out; None where it tells of none.

    That mail is found by ``X-Fermata-Decision`` and ``Message-ID`` of what was sent back, and by a decision in the
    address that it came back to (``bounces+<32 hexadecimal digits>@…``); of an answer, by ``In-Reply-To``. Delays and
    out-of-office replies tell nothing.

    Args:
        raw: The mail, as the mail server has it. What cannot be read tells nothing.
        received_at: When it was read, aware.
    """
    try:
        return _read(message_from_bytes(raw[:LARGEST]), raw, received_at)
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError):
        # The parser of the standard library takes anything, and what it made of it may fail when it is looked at.
        return None


def _read(mail: Message, raw: bytes, received_at: datetime) -> Feedback | None:
    parts = [part for part, _ in zip(mail.walk(), range(_MOST_PARTS), strict=False)]
    verdict = _complaint(parts) or _returned(parts) or _reply(mail)
    if verdict is None:
        return None
    decision_id, message_id = _names(mail, parts)
    if verdict.kind is FeedbackKind.REPLIED:
        answered = _MESSAGE_ID.search(_line(mail, "In-Reply-To"))
        decision_id, message_id = _token(mail), answered.group() if answered is not None else None
    if decision_id is None and message_id is None:
        return None
    return Feedback(
        source=SOURCE,
        source_id=to_text(_line(mail, "Message-ID"), 255) or sha256(raw).hexdigest(),
        kind=verdict.kind,
        occurred_at=_date(mail, received_at),
        decision_id=decision_id,
        provider_message_id=message_id,
        bounce=verdict.bounce,
        detail=verdict.detail,
    )


def _complaint(parts: Sequence[Message]) -> _Verdict | None:
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            said = next((fields["feedback-type"] for fields in _reports(part) if "feedback-type" in fields), "abuse")
            # "not-spam" takes a complaint back; nobody is suppressed by it.
            if said.casefold() != "not-spam":
                return _Verdict(FeedbackKind.COMPLAINED, None, to_text(said))
    return None


def _returned(parts: Sequence[Message]) -> _Verdict | None:
    """The gravest of what a notification says of its recipients; a mail of ours has but one."""
    soft: _Verdict | None = None
    for part in parts:
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            for fields in _reports(part):
                if fields.get("action", "").casefold() != "failed":
                    continue  # delayed, delivered, relayed, expanded; or the fields of the whole message
                detail = to_text(f"{fields.get('status', '')} {fields.get('diagnostic-code', '')}".strip())
                if _is_hard(fields):
                    return _Verdict(FeedbackKind.BOUNCED, Bounce.HARD, detail)
                soft = _Verdict(FeedbackKind.BOUNCED, Bounce.SOFT, detail)
    return soft


def _is_hard(fields: Mapping[str, str]) -> bool:
    """Whether the address takes none, now or later.

    5.1.x is about the address, 5.2.1 a mailbox that is closed, 5.4.x a domain without a way to it. Other refusals for
    good (a full mailbox 5.2.2, size 5.3.x, policy 5.7.x) are not the address's fault: they count as those of the moment
    do (RFC 3463).
    """
    status = fields.get("status", "")
    return (
        _HARD.match(status) is not None if status else _NO_MAILBOX.search(fields.get("diagnostic-code", "")) is not None
    )


def _reply(mail: Message) -> _Verdict | None:
    """A person's answer to a mail; what programs answer by themselves is none (RFC 3834)."""
    by_itself = _line(mail, "Auto-Submitted").casefold() not in ("", "no")
    by_itself = by_itself or _line(mail, "Precedence").casefold() in _AUTOMATIC or "X-Autoreply" in mail
    if by_itself or "In-Reply-To" not in mail:
        return None
    return _Verdict(FeedbackKind.REPLIED, None, "")


def _reports(part: Message) -> Iterator[Mapping[str, str]]:
    """The groups of fields in a report. The parser makes a message of each; a broken one is text."""
    payload = part.get_payload()
    groups = payload if isinstance(payload, list) else []
    if isinstance(payload, str):
        groups = [message_from_string(each) for each in re.split(r"\n\s*\n", payload.replace("\r\n", "\n"))]
    for group in groups:
        if isinstance(group, Message):
            yield {name.casefold(): " ".join(str(value).split()) for name, value in group.items()}
            inner = group.get_payload()
            if isinstance(inner, str) and ":" in inner:  # a group behind a blank line of its own
                yield {
                    name.casefold(): " ".join(str(value).split())
                    for name, value in message_from_string(inner.lstrip()).items()
                }


def _names(mail: Message, parts: Sequence[Message]) -> tuple[UUID | None, str | None]:
    """What the mail that was sent back is called: our decision, and its Message-ID."""
    decision_id, message_id = _token(mail), None
    for headers in _sent_back(parts):
        decision_id = decision_id or to_uuid(_line(headers, _DECISION))
        found = _MESSAGE_ID.search(_line(headers, "Message-ID"))
        message_id = message_id or (found.group() if found is not None else None)
    return decision_id, message_id


def _sent_back(parts: Sequence[Message]) -> Iterator[Message]:
    for part in parts:
        kind = part.get_content_type()
        payload = part.get_payload()
        if kind == "message/rfc822" and isinstance(payload, list):
            yield from (each for each in payload if isinstance(each, Message))
        elif kind in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
            decoded = part.get_payload(decode=True)
            if isinstance(decoded, bytes):
                yield message_from_bytes(decoded.lstrip())
            elif isinstance(payload, list):
                yield from (each for each in payload if isinstance(each, Message))


def _token(mail: Message) -> UUID | None:
    for name in _ADDRESSED:
        found = _TOKEN.search(_line(mail, name))
        if found is not None:
            return UUID(found.group(1))
    return None


def _line(mail: Message, name: str) -> str:
    return " ".join(str(mail.get(name, "")).split())


def _date(mail: Message, received_at: datetime) -> datetime:
    """When it was sent; what its writer's clock says is not believed where it lies ahead of ours."""
    try:
        said = parsedate_to_datetime(_line(mail, "Date"))
    except (ValueError, TypeError, OverflowError):
        return received_at
    said = said if said.tzinfo is not None else said.replace(tzinfo=UTC)
    return min(said, received_at)
