"""Push and SMS through an HTTP provider: ``POST {url}/v1/messages`` with an ``Idempotency-Key``."""

from datetime import timedelta
from hashlib import sha256
from urllib.parse import SplitResult, urlsplit

import orjson
import phonenumbers

from fermata.channels.closing import Closing
from fermata.channels.http_answers import read_answer
from fermata.channels.http_caller import HttpCaller
from fermata.channels.port import (
    Accepted,
    Busy,
    Capabilities,
    Envelope,
    PushContent,
    Rejected,
    SmsContent,
    without_address,
)
from fermata.channels.sms_length import refuse_length
from fermata.errors import ConfigurationError, DefinitionError
from fermata.vocabulary import Channel, Reason

_LONGEST_KEY = 255
_LONGEST_TOKEN = 4096


class HttpProvider(Closing):
    """Sends push notifications or text messages through a provider that honours ``Idempotency-Key``.

    Its rule for an unknown outcome is ``resend``: the same key reaches the provider twice and the person once. A
    provider that does not honour the key is declared so, and then a lost answer counts as sent: a text message costs
    money and wakes people, so here the second one is the worse fault.

    Args:
        channel: ``push`` or ``sms``.
        url: Its base address, ``https://host/path``.
        token: Bearer token; None sends without.
        honours_idempotency_key: What the provider's documentation promises.
        name: What operators call it; made from the host where it is None.
        timeout: For each step, and three times as much for the whole.
        connections: The most connections that are open at once; further messages wait for one.

    Raises:
        ConfigurationError: The channel, URL or token cannot be used.
    """

    def __init__(
        self,
        channel: Channel,
        url: str,
        *,
        token: str | None = None,
        honours_idempotency_key: bool = True,
        name: str | None = None,
        timeout: timedelta = timedelta(seconds=10),
        connections: int = 16,
    ) -> None:
        if channel not in (Channel.PUSH, Channel.SMS):
            raise ConfigurationError(f"an HTTP provider sends push or sms, not {channel.value}")
        declared = name is not None
        secret = "its secret" if declared else "FERMATA_PROVIDER_TOKEN"
        base = _read_url(url, "options.url" if declared else f"FERMATA_{channel.value.upper()}_URL", secret)
        if token is not None and not (token.isascii() and token.isprintable() and token.strip()):
            raise ConfigurationError(f"{secret} is empty or holds characters that no HTTP header may have")
        self.channel: Channel = channel
        self.name: str = name or f"http:{base.hostname}"
        self.capabilities: Capabilities = Capabilities(
            honours_idempotency_key=honours_idempotency_key,
            unknown="resend" if honours_idempotency_key else "assume_sent",
        )
        self._target = f"{url.rstrip('/')}/v1/messages"
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._caller = HttpCaller(self.name, timeout=timeout, connections=connections, headers=headers)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._caller.aclose()

    async def send(self, envelope: Envelope) -> Accepted | Rejected | Busy:
        """Hands one message to the provider; ``Accepted`` carries the provider's id.

        Raises:
            DefinitionError: The envelope is for another channel.
        """
        if envelope.channel is not self.channel:
            raise DefinitionError(f"{self.name} sends {self.channel.value}, not {envelope.channel.value}")
        address = read_address(self.channel, envelope.address)
        if isinstance(address, Rejected):
            return address
        too_long = refuse_length(envelope.content.text) if isinstance(envelope.content, SmsContent) else None
        if too_long is not None:
            return too_long
        headers = {"Idempotency-Key": header_key(envelope.idempotency_key)}
        answer = await self._caller.post(self._target, write_body(envelope, address), headers, address=address)
        return answer if isinstance(answer, Busy) else read_answer(answer, channel=self.channel, address=address)


def read_address(channel: Channel, address: str | None) -> str | Rejected:
    """Checks the address: an international phone number (returned in E.164), or a push token."""
    if channel is Channel.PUSH:
        if not address:
            return Rejected(Reason.NO_PUSH_TOKEN, "the profile has no push token")
        if len(address) > _LONGEST_TOKEN or not (address.isascii() and address.isprintable()):
            return Rejected(Reason.NO_PUSH_TOKEN, "the push token is too long or holds characters that no token has")
        return address
    if not address:
        return Rejected(Reason.MISSING_ADDRESS, "the profile has no phone number")
    try:
        number = phonenumbers.parse(address, None)
    except phonenumbers.NumberParseException as error:
        return Rejected(Reason.INVALID_ADDRESS, without_address(str(error), address))
    if not phonenumbers.is_possible_number(number):
        return Rejected(Reason.INVALID_ADDRESS, "no phone number has this length in its country")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def write_body(envelope: Envelope, address: str) -> bytes:
    """Writes the JSON body: to, channel, the words, message, decision and expiry."""
    body: dict[str, str | None] = {
        "to": address,
        "channel": envelope.channel.value,
        "message": envelope.message_key,
        "decision_id": str(envelope.decision_id),
        "expires_at": envelope.expires_at.isoformat() if envelope.expires_at else None,
    }
    match envelope.content:
        case SmsContent(text):
            body |= {"text": text}
        case PushContent(title, text, url):
            body |= {"title": title, "body": text, "url": url}
    return orjson.dumps(body)


def header_key(idempotency_key: str) -> str:
    """The key as an HTTP header may carry it: itself where it is short, printable ASCII, else its digest."""
    if idempotency_key.isascii() and idempotency_key.isprintable() and 0 < len(idempotency_key) <= _LONGEST_KEY:
        return idempotency_key
    return f"sha256:{sha256(idempotency_key.encode()).hexdigest()}"


def _read_url(url: str, name: str, secret: str) -> SplitResult:
    if "@" in url:
        # Not shown: what stands before the @ is a secret.
        raise ConfigurationError(f"{name} holds an @: leave user and password out; {secret} logs in")
    try:
        parts = urlsplit(url)
        usable = parts.port != 0 and parts.hostname and parts.scheme in ("http", "https")
    except ValueError as error:
        raise ConfigurationError(f"{name}={url!r} cannot be read: {error}") from None
    if not usable or parts.query or parts.fragment:
        raise ConfigurationError(f"{name}={url!r}: write it as https://host/path, without ? and #")
    return parts
