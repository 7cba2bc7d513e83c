"""Mails as they come into a bounce mailbox, byte for byte as mail servers write them."""

from email.message import EmailMessage, Message

from tests.integration.channels.envelopes import DECISION

MESSAGE_ID = "<0123456789abcdef0123456789abcdef01234567@shop.example>"


def original(*, decision: str | None = str(DECISION), message_id: str | None = MESSAGE_ID) -> Message:
    """The mail that went out."""
    mail = EmailMessage()
    mail["From"] = "Shop <hello@shop.example>"
    mail["To"] = "ada@example.com"
    mail["Subject"] = "Still thinking it over?"
    if message_id is not None:
        mail["Message-ID"] = message_id
    if decision is not None:
        mail["X-Fermata-Decision"] = decision
    mail.set_content("Your shoes are waiting.")
    return mail


def notification(
    *reports: str,
    sent_back: Message | None = None,
    headers_only: bool = False,
    to: str = "bounces@shop.example",
) -> bytes:
    """A delivery status notification as Postfix writes it: a text, the report, and the mail or its headers."""
    returned = (sent_back if sent_back is not None else original()).as_bytes()
    status = "Reporting-MTA: dns; mx.example\nArrival-Date: Mon, 9 Mar 2026 10:30:00 +0000\n\n" + "\n\n".join(reports)
    kind = "text/rfc822-headers" if headers_only else "message/rfc822"
    return _report(
        "delivery-status",
        {
            "From": "MAILER-DAEMON@mx.example (Mail Delivery System)",
            "To": to,
            "Subject": "Undelivered Mail Returned to Sender",
            "Date": "Mon, 9 Mar 2026 10:31:00 +0000 (UTC)",
            "Message-ID": "<dsn-1@mx.example>",
            "Auto-Submitted": "auto-replied",
        },
        [
            ("text/plain; charset=us-ascii", b"This is the mail system at host mx.example.\n"),
            ("message/delivery-status", status.encode() + b"\n"),
            (kind, returned.partition(b"\n\n")[0] + b"\n" if headers_only else returned),
        ],
    )


def failed(status: str, diagnostic: str = "smtp; 550 5.1.1 no such user", action: str = "failed") -> str:
    """One recipient's fields."""
    fields = f"Final-Recipient: rfc822; ada@example.com\nAction: {action}\n"
    return fields + (f"Status: {status}\n" if status else "") + f"Diagnostic-Code: {diagnostic}"


def complaint(kind: str = "abuse") -> bytes:
    """A complaint as mailbox providers write it."""
    return _report(
        "feedback-report",
        {
            "From": "<abusedesk@mailbox.example>",
            "To": "fbl@shop.example",
            "Date": "Mon, 9 Mar 2026 10:40:00 +0000",
            "Message-ID": "<arf-1@mailbox.example>",
        },
        [
            ("text/plain", b"This is an email abuse report.\n"),
            ("message/feedback-report", f"Feedback-Type: {kind}\nUser-Agent: SomeGenerator/1.0\nVersion: 1\n".encode()),
            ("message/rfc822", original().as_bytes()),
        ],
    )


def answer(*, to: str = "hello@shop.example", **headers: str) -> bytes:
    """What a person, or a program for them, answers."""
    mail = EmailMessage()
    mail["From"] = "ada@example.com"
    mail["To"] = to
    mail["Subject"] = "Re: Still thinking it over?"
    mail["Message-ID"] = "<re-1@example.com>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Do you have them in blue?")
    return mail.as_bytes()


def _report(kind: str, headers: dict[str, str], parts: list[tuple[str, bytes]]) -> bytes:
    written = "".join(f"{name}: {value}\n" for name, value in headers.items()).encode()
    written += f'MIME-Version: 1.0\nContent-Type: multipart/report; report-type={kind};\n\tboundary="b/x"\n\n'.encode()
    for content_type, body in parts:
        written += b"--b/x\nContent-Type: " + content_type.encode() + b"\n\n" + body + b"\n"
    return written + b"--b/x--\n"
