"""Email through Amazon SES, API v2: ``POST {url}/v2/email/outbound-emails`` with the whole mail as we write it."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import httpx
import orjson

from fermata.channels.aws_signature import AwsKey, signed
from fermata.channels.closing import Closing
from fermata.channels.http_caller import HttpCaller
from fermata.channels.mail import Sender, write_mail
from fermata.channels.mail_checks import checked_mail
from fermata.channels.port import Accepted, Busy, Capabilities, EmailContent, Envelope, Rejected
from fermata.channels.ses_answers import read_ses_answer
from fermata.vocabulary import Channel, FeedbackKind

_PATH = "/v2/email/outbound-emails"


class SesProvider(Closing):
    """Sends email through SES.

    The API knows no idempotency key, so a lost answer is ``assume_sent``, as with other mail APIs: SES tells later what
    became of each mail. The tag ``decision_id`` carries the decision, by which that finds its way home. SES gives every
    mail a ``Message-ID`` of its own, and signs it by DKIM.

    Args:
        key: Who sends.
        from_address: The sender, ``Name <name@example.com>``, of an identity that the account has verified.
        configuration_set: Whose event destination tells what became of mails; None sends without.
        replies_to: The mailbox that answers go to, each to an address that names its mail; the sender's own where None.
        url: Base address of the API; that of the key's region where it is None.
        name: What operators call it.
        timeout: For each step, and three times as much for the whole.
        connections: The most connections that are open at once; further mails wait for one.

    Raises:
        ConfigurationError: The sender cannot be used.
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
                FeedbackKind.CLICKED,
                FeedbackKind.UNSUBSCRIBED,
                FeedbackKind.REPLIED,
            }
        ),
    )

    def __init__(
        self,
        key: AwsKey,
        from_address: str,
        *,
        configuration_set: str | None = None,
        replies_to: str | None = None,
        url: str | None = None,
        name: str = "ses",
        timeout: timedelta = timedelta(seconds=10),
        connections: int = 16,
    ) -> None:
        self.name: str = name
        self._key = key
        self._sender = Sender.parse(from_address)
        self._configuration_set = configuration_set
        self._replies_to = replies_to
        self._target = f"{(url or f'https://email.{key.region}.amazonaws.com').rstrip('/')}{_PATH}"
        self._caller = HttpCaller(name, timeout=timeout, connections=connections)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._caller.aclose()

    async def send(self, envelope: Envelope) -> Accepted | Rejected | Busy:
        """Hands one mail over; ``Accepted`` carries the id that SES gives it.

        Raises:
            DefinitionError: The envelope is not for email.
        """
        checked = checked_mail(envelope, self.name)
        if isinstance(checked, Rejected):
            return checked
        content, recipient = checked
        body = orjson.dumps(self._request(envelope, content, recipient))
        url = httpx.URL(self._target)
        headers = {"Content-Type": "application/json", "Host": url.netloc.decode()}
        # The time of the signature is that of the call: Amazon compares it with its own clock.
        headers = signed(self._key, "POST", url.path, headers, body, datetime.now(UTC))
        answer = await self._caller.post(self._target, body, headers, address=recipient)
        return answer if isinstance(answer, Busy) else read_ses_answer(answer, address=recipient)

    def _request(self, envelope: Envelope, content: EmailContent, recipient: str) -> dict[str, Any]:
        mail = write_mail(envelope, content, self._sender, recipient, replies_to=self._replies_to)
        asked: dict[str, Any] = {
            "FromEmailAddress": self._sender.address,
            "Destination": {"ToAddresses": [recipient]},
            "Content": {"Raw": {"Data": base64.b64encode(mail.as_bytes()).decode()}},
            "EmailTags": [
                {"Name": "decision_id", "Value": str(envelope.decision_id)},
                {"Name": "message", "Value": envelope.message_key},
            ],
        }
        if self._configuration_set is not None:
            asked["ConfigurationSetName"] = self._configuration_set
        return asked
