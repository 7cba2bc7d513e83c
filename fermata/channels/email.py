"""Email by SMTP: one mail, one recipient, one honest answer."""

import ssl
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from typing import ClassVar
from uuid import UUID

import aiosmtplib
from email_validator import EmailNotValidError, ValidatedEmail

from fermata.channels.closing import Closing
from fermata.channels.mail import Sender, check_address, has_control_characters, write_mail
from fermata.channels.mail_headers import addressed
from fermata.channels.port import Accepted, Busy, Capabilities, EmailContent, Envelope, Rejected, without_address
from fermata.channels.smtp_address import SmtpAddress
from fermata.channels.smtp_answers import at_connection, at_content, at_recipient, at_sender
from fermata.channels.smtp_connections import Borrowed, SmtpConnections
from fermata.errors import DefinitionError
from fermata.vocabulary import Channel, FeedbackKind, Reason

_HUNG_UP = 421  # "closing transmission channel": a farewell to an idle connection as well as a plea to wait


class SmtpProvider(Closing):
    """Sends email through one mail server.

    SMTP has no idempotency key, so its rule for an unknown outcome is ``resend``, with the same ``Message-ID``. The
    answer is lost only between the end of the mail and the server's 250. There most servers have not yet taken the
    mail, and a message that silently never came is the worse fault: nobody can see it. Where the server had taken it,
    mailbox providers that fold equal Message-IDs into one show the person one mail.

    Args:
        url: ``smtps://user:password@host:port``, ``smtp+starttls://…`` or ``smtp://…``, which is STARTTLS too, but for
            this machine itself; ``smtp+plain://…`` encrypts nothing. The server's certificate is always checked.
        from_address: The sender, ``Name <name@example.com>``.
        name: What operators call it; made from the host where it is None.
        bounces_to: Where mails come back to, ``bounces@example.com``: each to an address of its own, which names the
            decision (``bounces+…@example.com``). None lets them come back to the sender.
        replies_to: The same for people's answers.
        connections: The most connections that are open at once; further mails wait for one.
        timeout: For each step of the conversation.
        tls_context: For certificates that the machine does not know of itself.

    Raises:
        ConfigurationError: The URL or the sender cannot be used.
    """

    channel: Channel = Channel.EMAIL
    capabilities: ClassVar[Capabilities] = Capabilities(
        honours_idempotency_key=False,
        unknown="resend",
        # By mails that come back: see ``fermata.feedback.bounced_mail``.
        feedback=frozenset({FeedbackKind.BOUNCED, FeedbackKind.COMPLAINED, FeedbackKind.REPLIED}),
    )

    def __init__(
        self,
        url: str,
        from_address: str,
        *,
        name: str | None = None,
        bounces_to: str | None = None,
        replies_to: str | None = None,
        connections: int = 4,
        timeout: timedelta = timedelta(seconds=30),
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        address = SmtpAddress.parse(url)
        self._sender = Sender.parse(from_address)
        self._bounces_to = bounces_to
        self._replies_to = replies_to
        self._connections = SmtpConnections(
            address, local_hostname=self._sender.domain, most=connections, timeout=timeout, tls_context=tls_context
        )
        self.name: str = name or f"smtp:{address.host}"

    async def aclose(self) -> None:
        """Says goodbye to the server."""
        await self._connections.aclose()

    async def send(self, envelope: Envelope) -> Accepted | Rejected | Busy:
        """Hands one mail to the server; ``Accepted`` carries its Message-ID.

        Raises:
            DefinitionError: The envelope is not for email.
        """
        if not isinstance(envelope.content, EmailContent):
            raise DefinitionError(f"{self.name} sends email, not {envelope.channel.value}; pick the channel's provider")
        if envelope.address is None:
            return Rejected(Reason.MISSING_ADDRESS, "the profile has no email address")
        try:
            recipient = check_address(envelope.address)
        except EmailNotValidError as error:
            return Rejected(Reason.INVALID_ADDRESS, without_address(str(error), envelope.address))
        if has_control_characters(envelope.content.subject):
            return Rejected(Reason.RENDER_FAILED, "the subject holds a line break or another control character")
        return await self._deliver(envelope, envelope.content, recipient)

    async def _deliver(
        self, envelope: Envelope, content: EmailContent, recipient: ValidatedEmail
    ) -> Accepted | Rejected | Busy:
        address = recipient.ascii_email or recipient.normalized
        mail = write_mail(envelope, content, self._sender, address, replies_to=self._replies_to)
        try:
            async with self._connections.borrow() as connection:
                answer = await self._converse(connection, mail, address)
            if answer is None:
                async with self._connections.borrow(fresh=True) as connection:
                    answer = await self._converse(connection, mail, address)
        except (aiosmtplib.SMTPException, OSError) as error:
            return at_connection(error)
        return answer or Busy(None, "the mail server hangs up on every connection", certain=True)

    async def _converse(
        self, connection: Borrowed, mail: EmailMessage, address: str
    ) -> Accepted | Rejected | Busy | None:
        """Runs one mail through the server. None means that the idle connection was dead before the mail began."""
        smtp = connection.smtp
        utf8 = not address.isascii()
        if utf8 and not smtp.supports_extension("smtputf8"):
            return Rejected(Reason.INVALID_ADDRESS, "the mail server takes no address outside of ASCII")
        encoding = "utf-8" if utf8 else "ascii"
        read_error = at_sender
        try:
            await smtp.mail(self._return_path(mail), options=["SMTPUTF8"] if utf8 else [], encoding=encoding)
            read_error = at_recipient
            await smtp.rcpt(address, encoding=encoding)
            read_error = at_content
            await smtp.data(mail.as_bytes(policy=SMTPUTF8 if utf8 else SMTP))
        except (aiosmtplib.SMTPException, OSError) as error:
            if connection.reused and read_error is not at_content and _hung_up(error):
                return None
            await _reset(smtp)
            return read_error(error, address)
        return Accepted(str(mail["Message-ID"]))

    def _return_path(self, mail: EmailMessage) -> str:
        """Whom the envelope is from: there it comes back to, and is known by that whatever else is left of it."""
        if self._bounces_to is None:
            return self._sender.address
        return addressed(self._bounces_to, UUID(str(mail["X-Fermata-Decision"])))


def _hung_up(error: Exception) -> bool:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return error.code == _HUNG_UP
    return isinstance(error, ConnectionError)


async def _reset(smtp: aiosmtplib.SMTP) -> None:
    """Clears the half-finished mail off the connection for the next one; closes it where that fails."""
    if not smtp.is_connected:
        return
    try:
        await smtp.rset(timeout=2)
    except (aiosmtplib.SMTPException, OSError):
        smtp.close()
