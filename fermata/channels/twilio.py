"""Text messages through Twilio: ``POST {url}/2010-04-01/Accounts/{account}/Messages.json``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar
from urllib.parse import urlencode

import phonenumbers

from fermata.channels.closing import Closing
from fermata.channels.http_caller import HttpCaller
from fermata.channels.http_provider import read_address
from fermata.channels.port import Accepted, Busy, Capabilities, Envelope, Rejected, SmsContent
from fermata.channels.sms_length import MOST_SEGMENTS, refuse_length
from fermata.channels.twilio_answers import read_twilio_answer
from fermata.errors import DefinitionError
from fermata.policy.phone_number import phone_country
from fermata.vocabulary import Channel, FeedbackKind, Reason

TWILIO = "https://api.twilio.com"

_SHORTEST_LIFE, _LONGEST_LIFE = 1, 36_000  # seconds; what ValidityPeriod may be


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """Who sends.

    Args:
        sid: The account's, ``AC…``.
        token: Its auth token, or the secret of a key.
        key: The key's sid, ``SK…``, where ``token`` is a key's secret.
    """

    sid: str
    token: str = field(repr=False)
    key: str | None = None


@dataclass(frozen=True, slots=True)
class TwilioSenders:
    """Which number or name people see, by their country.

    Args:
        by_country: ISO 3166-1, two letters, to a number in E.164, a short code, or a name where the law allows one.
        otherwise: For all other countries; None with no ``service`` sends nothing there.
        service: A messaging service, ``MG…``, which picks a sender itself where the country has none of its own.
    """

    by_country: Mapping[str, str] = field(default_factory=dict)
    otherwise: str | None = None
    service: str | None = None

    def towards(self, number: str) -> dict[str, str] | None:
        """The fields that say who sends; None where nobody may.

        Args:
            number: The recipient's, in E.164.
        """
        own = self.by_country.get(_country(number))
        if own is not None:
            # The service's rules hold for a sender of its pool too, such as its opt-out words.
            return {"From": own, **({"MessagingServiceSid": self.service} if self.service else {})}
        if self.service is not None:
            return {"MessagingServiceSid": self.service}
        return {"From": self.otherwise} if self.otherwise is not None else None


class TwilioProvider(Closing):
    """Sends text messages through Twilio's API.

    The API knows no idempotency key, so a lost answer is ``assume_sent``: a second text costs money and wakes people.
    The status callback carries the decision, and tells later what became of the message, also of one whose answer was
    lost.

    Args:
        account: Who sends.
        senders: Which number or name people see.
        callback: Where Twilio tells what became of them: the address of ``/webhooks/{name}``; None asks for nothing.
        url: Base address of the API; another one for a region, or in a test.
        name: What operators call it.
        most_segments: A text that takes more is refused.
        timeout: For each step, and three times as much for the whole.
        connections: The most connections that are open at once; further messages wait for one.
    """

    channel: Channel = Channel.SMS
    capabilities: ClassVar[Capabilities] = Capabilities(
        honours_idempotency_key=False,
        unknown="assume_sent",
        feedback=frozenset(
            {FeedbackKind.DELIVERED, FeedbackKind.BOUNCED, FeedbackKind.UNSUBSCRIBED, FeedbackKind.REPLIED}
        ),
    )

    def __init__(
        self,
        account: TwilioAccount,
        senders: TwilioSenders,
        *,
        callback: str | None = None,
        url: str = TWILIO,
        name: str = "twilio",
        most_segments: int = MOST_SEGMENTS,
        timeout: timedelta = timedelta(seconds=10),
        connections: int = 16,
    ) -> None:
        self.name: str = name
        self._senders = senders
        self._callback = callback
        self._most_segments = most_segments
        self._target = f"{url.rstrip('/')}/2010-04-01/Accounts/{account.sid}/Messages.json"
        self._caller = HttpCaller(
            name,
            timeout=timeout,
            connections=connections,
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            login=(account.key or account.sid, account.token),
        )

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._caller.aclose()

    async def send(self, envelope: Envelope) -> Accepted | Rejected | Busy:
        """Hands one text over; ``Accepted`` carries its sid.

        Raises:
            DefinitionError: The envelope is not for text messages.
        """
        if not isinstance(envelope.content, SmsContent):
            raise DefinitionError(f"{self.name} sends sms, not {envelope.channel.value}; pick the channel's provider")
        number = read_address(Channel.SMS, envelope.address)
        if isinstance(number, Rejected):
            return number
        too_long = refuse_length(envelope.content.text, self._most_segments)
        if too_long is not None:
            return too_long
        sender = self._senders.towards(number)
        if sender is None:
            detail = f"{self.name} has no sender for {_country(number)}; declare one in senders"
            return Rejected(Reason.BLOCKED_REGION, detail, permanent=False)
        form = {"To": number, "Body": envelope.content.text, **sender, **self._asked(envelope)}
        answer = await self._caller.post(self._target, urlencode(form).encode(), address=number)
        return answer if isinstance(answer, Busy) else read_twilio_answer(answer, address=number)

    def _asked(self, envelope: Envelope) -> dict[str, str]:
        """What becomes of it later: where to tell, and until when to try."""
        asked: dict[str, str] = {}
        if self._callback is not None:
            asked["StatusCallback"] = f"{self._callback}?{urlencode({'decision': str(envelope.decision_id)})}"
        if envelope.expires_at is not None:
            left = int((envelope.expires_at - envelope.sent_at).total_seconds())
            asked["ValidityPeriod"] = str(min(max(left, _SHORTEST_LIFE), _LONGEST_LIFE))
        return asked


def _country(number: str) -> str:
    """The country of a number in E.164; of one whose range nobody has been given, that of its calling code."""
    known = phone_country(number)
    return known or phonenumbers.region_code_for_country_code(phonenumbers.parse(number).country_code or 0)
