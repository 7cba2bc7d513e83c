"""Email through an HTTP API in the shape of SendGrid's v3 Mail Send."""

from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

import orjson

from fermata.channels.closing import Closing
from fermata.channels.http_caller import HttpCaller
from fermata.channels.mail import Sender
from fermata.channels.mail_checks import checked_mail
from fermata.channels.mail_headers import addressed, message_id, own_headers
from fermata.channels.port import (
    Accepted,
    Busy,
    Capabilities,
    EmailContent,
    Envelope,
    Rejected,
)
from fermata.channels.sendgrid_answers import read_sendgrid_answer
from fermata.errors import ConfigurationError
from fermata.vocabulary import Channel, FeedbackKind

SENDGRID = "https://api.sendgrid.com"


class SendGridProvider(Closing):
    """Sends email by ``POST {url}/v3/mail/send``.

    The API knows no idempotency key, so a lost answer is ``assume_sent``: a request that went out whole was most
    likely taken, and unlike SMTP the API tells later what became of each mail. ``custom_args`` carries the decision, by
    which that feedback finds its way home.

    Args:
        key: The API key; Bearer.
        from_address: The sender, ``Name <name@example.com>``, one that the account may use.
        replies_to: The mailbox that answers go to, each to an address that names its mail; the sender's own where None.
        url: Base address; another one for the European servers, or in a test.
        name: What operators call it; made from the host where it is None.
        timeout: For each step, and three times as much for the whole.
        connections: The most connections that are open at once; further mails wait for one.

    Raises:
        ConfigurationError: The key, sender or URL cannot be used.
    """

    channel: Channel = Channel.EMAIL
    capabilities: ClassVar[Capabilities] = Capabilities(
        honours_idempotency_key=False,
        unknown="assume_sent",
        feedback=frozenset(
            {
                FeedbackKind.DELIVERED,
                FeedbackKind.BOUNCED,
                FeedbackKind.COMPLAINED,
                FeedbackKind.OPENED,
                FeedbackKind.UNSUBSCRIBED,
                FeedbackKind.REPLIED,
            }
        ),
    )

    def __init__(
        self,
        key: str,
        from_address: str,
        *,
        replies_to: str | None = None,
        url: str = SENDGRID,
        name: str | None = None,
        timeout: timedelta = timedelta(seconds=10),
        connections: int = 16,
    ) -> None:
        if not (key.isascii() and key.isprintable() and key.strip()):
            raise ConfigurationError("the mail API's key is empty or holds characters that no HTTP header may have")
        self._sender = Sender.parse(from_address)
        self._replies_to = replies_to
        host = _host(url)
        self.name: str = name or f"sendgrid:{host}"
        self._target = f"{url.rstrip('/')}/v3/mail/send"
        headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        self._caller = HttpCaller(self.name, timeout=timeout, connections=connections, headers=headers)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._caller.aclose()

    async def send(self, envelope: Envelope) -> Accepted | Rejected | Busy:
        """Hands one mail over; ``Accepted`` carries the API's ``X-Message-Id``.

        Raises:
            DefinitionError: The envelope is not for email.
        """
        checked = checked_mail(envelope, self.name)
        if isinstance(checked, Rejected):
            return checked
        content, recipient = checked
        body = orjson.dumps(write_request(envelope, content, self._sender, recipient, replies_to=self._replies_to))
        answer = await self._caller.post(self._target, body, address=recipient)
        return answer if isinstance(answer, Busy) else read_sendgrid_answer(answer, address=recipient)


def write_request(
    envelope: Envelope, content: EmailContent, sender: Sender, recipient: str, *, replies_to: str | None = None
) -> dict[str, Any]:
    """Writes the request's JSON.

    Links are rewritten here or not at all, and the footer is the template's: the API's own ways of doing so are off.

    Args:
        envelope: What is sent.
        content: Its words; the subject is one line.
        sender: Whom it is from.
        recipient: The checked address, in ASCII.
        replies_to: The mailbox that answers go to; the sender's own where it is None.
    """
    answers = {"reply_to": {"email": addressed(replies_to, envelope.decision_id)}} if replies_to is not None else {}
    return {
        **answers,
        "personalizations": [{"to": [{"email": recipient}]}],
        "from": {"email": sender.address, **({"name": sender.name} if sender.name else {})},
        "subject": content.subject,
        "content": [
            {"type": "text/plain", "value": content.text},
            {"type": "text/html", "value": content.html},
        ],
        "headers": {
            **own_headers(envelope, sender.domain),
            "Message-ID": message_id(envelope.idempotency_key, sender.domain),
        },
        "categories": [envelope.message_key],
        "custom_args": {"decision_id": str(envelope.decision_id), "message": envelope.message_key},
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "subscription_tracking": {"enable": False},
        },
    }


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.port != 0 and parts.hostname and parts.scheme in ("http", "https") and "@" not in url
    except ValueError:
        usable = None
    if not usable or parts.query or parts.fragment:
        raise ConfigurationError("the mail API's address cannot be used; write it as https://host, without user and ?")
    return str(parts.hostname)
