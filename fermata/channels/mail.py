"""An envelope written as a mail: multipart, UTF-8, with a Message-ID that the same attempt always has."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from fermata.channels.mail_headers import addressed, message_id, own_headers
from fermata.channels.port import EmailContent, Envelope
from fermata.channels.whole_headers import headers_with_links
from fermata.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom the mail is from.

    Args:
        name: What the recipient sees.
        address: The address, in ASCII.
        domain: Its part after the @; it also stands in our Message-IDs and in EHLO.
    """

    name: str
    address: str
    domain: str

    @classmethod
    def parse(cls, value: str) -> "Sender":
        """Reads ``Name <name@example.com>`` or a bare address.

        Raises:
            ConfigurationError: There is no usable address in it.
        """
        if has_control_characters(value):
            raise ConfigurationError(f"FERMATA_MAIL_FROM={value!r} holds a line break or another control character")
        found = getaddresses([value])
        name, address = found[0] if len(found) == 1 else ("", "")
        try:
            valid = check_address(address)
        except EmailNotValidError as error:
            raise ConfigurationError(f"FERMATA_MAIL_FROM={value!r} is not one usable address: {error}") from None
        if valid.ascii_email is None:
            raise ConfigurationError(f"FERMATA_MAIL_FROM={value!r}: write the part before the @ in ASCII")
        return cls(name=name, address=valid.ascii_email, domain=valid.ascii_domain)


def check_address(address: str) -> ValidatedEmail:
    """Checks the spelling of an address; the recipient's server knows the rest.

    Raises:
        EmailNotValidError: It is no address, or holds more than one.
    """
    # ``.test`` is the domain of staging systems (RFC 2606): their mail servers are real.
    return validate_email(address, check_deliverability=False, test_environment=True)


def has_control_characters(line: str) -> bool:
    """True if the text would break out of a header: line breaks, NUL and their like (RFC 5322, section 2.2)."""
    return any(ord(character) < 32 or ord(character) in (0x7F, 0x85, 0x2028, 0x2029) for character in line)


def write_mail(
    envelope: Envelope, content: EmailContent, sender: Sender, recipient: str, *, replies_to: str | None = None
) -> EmailMessage:
    """Writes the mail.

    Args:
        envelope: What is sent and when.
        content: Its words; the subject is one line.
        sender: Whom it is from.
        recipient: The checked address.
        replies_to: The mailbox that answers go to; the sender's own where it is None.
    """
    # Seven bits (quoted-printable, base64) pass every server, whether it offers 8BITMIME or not.
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit", header_factory=headers_with_links()))
    mail["From"] = Address(sender.name, addr_spec=sender.address)
    local_part, _, domain = recipient.rpartition("@")
    mail["To"] = Address(username=local_part, domain=domain)
    if replies_to is not None:
        mail["Reply-To"] = Address(addr_spec=addressed(replies_to, envelope.decision_id))
    mail["Subject"] = content.subject
    mail["Date"] = format_datetime(envelope.sent_at)
    mail["Message-ID"] = message_id(envelope.idempotency_key, sender.domain)
    for name, value in own_headers(envelope, sender.domain).items():
        mail[name] = value
    mail.set_content(content.text)
    mail.add_alternative(content.html, subtype="html")
    return mail
