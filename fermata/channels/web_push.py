"""Push to browsers: Web Push (RFC 8030) with VAPID (RFC 8292), each message encrypted for its browser (RFC 8291)."""

import binascii
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from urllib.parse import SplitResult, urlsplit

import http_ece
import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02, VapidException

from fermata.channels.devices import Device, SubscriptionKeys
from fermata.channels.http_answers import HttpAnswer, retry_after_in
from fermata.channels.http_caller import HttpCaller
from fermata.channels.port import Accepted, Busy, Capabilities, Envelope, PushContent, Rejected, without_address
from fermata.channels.push_service import collapse_key, life_of
from fermata.errors import ConfigurationError, DefinitionError
from fermata.vocabulary import Reason

HOSTS = ("googleapis.com", "push.services.mozilla.com", "push.apple.com", "notify.windows.com")
"""The push services of Chrome, Firefox, Safari and Edge. A subscription comes from somebody's browser: it must not be
able to have us call any other machine."""

_GOOD_FOR = timedelta(hours=12)  # RFC 8292 allows a day
_LARGEST = 3993  # bytes: what every push service takes (RFC 8291, section 4)


class WebPushService:
    """Sends to the address that a browser's subscription names.

    Push services know no idempotency key. The rule for a lost answer is ``resend``: the ``Topic`` lets a second one
    replace the first as long as that waits for its browser, and the ``tag`` in the payload lets the page's service
    worker do the same on the screen.

    Args:
        private_key: The VAPID key: 32 bytes in base64url, as ``web-push generate-vapid-keys`` prints it.
        subject: Whom push services can turn to: ``mailto:…`` or ``https://…``.
        hosts: Ends of the host names that may be called.
        plain_http: Lets http through, for a server of a test.
        timeout: For each step, and three times as much for the whole.

    Raises:
        ConfigurationError: The key or the subject cannot be used.
    """

    capabilities: ClassVar[Capabilities] = Capabilities(honours_idempotency_key=False, unknown="resend")

    def __init__(
        self,
        private_key: str,
        subject: str,
        *,
        hosts: Sequence[str] = HOSTS,
        plain_http: bool = False,
        timeout: timedelta = timedelta(seconds=10),
    ) -> None:
        self.name: str = "web_push"
        try:
            self._vapid = Vapid02.from_string(private_key)
        except (ValueError, VapidException, binascii.Error) as error:
            raise ConfigurationError(f"the VAPID private key cannot be read: {type(error).__name__}") from None
        if not subject.startswith(("mailto:", "https://")):
            raise ConfigurationError(f"the VAPID subject {subject!r} must begin with mailto: or https://")
        self._subject = subject
        self._hosts = tuple(hosts)
        self._schemes = ("http", "https") if plain_http else ("https",)
        self._caller = HttpCaller(self.name, timeout=timeout)

    def reaches(self, device: Device) -> bool:
        """Browsers' subscriptions."""
        return device.keys is not None

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._caller.aclose()

    async def deliver(self, device: Device, envelope: Envelope, key: str) -> Accepted | Rejected | Busy:
        """Sends one encrypted notification; ``Accepted`` carries its address at the push service, where it has one."""
        place = self._place(device.token)
        if place is None or device.keys is None:
            return Rejected(Reason.NO_PUSH_TOKEN, "the subscription is at no push service of a browser")
        payload = write_payload(envelope, key)
        if len(payload) > _LARGEST:
            return Rejected(Reason.RENDER_FAILED, f"{len(payload)} bytes are more than the {_LARGEST} of Web Push")
        body = encrypted(payload, device.keys)
        if body is None:
            return Rejected(Reason.NO_PUSH_TOKEN, "the subscription's keys are none")
        headers = {
            "Authorization": self._authorization(place),
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(int(life_of(envelope).total_seconds())),
            "Topic": collapse_key(envelope),
            "Urgency": "high",  # it is to be seen now: windows and quiet hours have been kept before it was sent
        }
        answer = await self._caller.post(device.token, body, headers, address=device.token)
        return answer if isinstance(answer, Busy) else _read(answer, device.token, key)

    def _place(self, endpoint: str) -> SplitResult | None:
        try:
            place = urlsplit(endpoint)
            host = place.hostname or ""
            usable = place.scheme in self._schemes and "@" not in place.netloc and place.port != 0
        except ValueError:
            return None
        known = any(host == end or host.endswith(f".{end}") for end in self._hosts)
        return place if usable and known else None

    def _authorization(self, place: SplitResult) -> str:
        ends_at = int((datetime.now(UTC) + _GOOD_FOR).timestamp())
        claims = {"aud": f"{place.scheme}://{place.netloc}", "sub": self._subject, "exp": ends_at}
        return str(self._vapid.sign(claims)["Authorization"])


def write_payload(envelope: Envelope, key: str) -> bytes:
    """What the page's service worker gets, as JSON.

    Args:
        envelope: The message.
        key: Of this message on this device.

    Raises:
        DefinitionError: The content is none for push.
    """
    content = envelope.content
    if not isinstance(content, PushContent):
        raise DefinitionError(f"{type(content).__name__} is no push notification")
    return orjson.dumps(
        {
            "title": content.title,
            "body": content.body,
            "url": content.url,
            "tag": collapse_key(envelope),
            "message": envelope.message_key,
            "decision_id": str(envelope.decision_id),
            "key": key,
        }
    )


def encrypted(payload: bytes, keys: SubscriptionKeys) -> bytes | None:
    """Encrypts for one browser, with a key that is used once; None where the browser's keys are none."""
    try:
        body: bytes = http_ece.encrypt(
            payload,
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=_bytes(keys.p256dh),
            auth_secret=_bytes(keys.auth),
            version="aes128gcm",
        )
    except (ValueError, binascii.Error, http_ece.ECEException):
        return None
    return body


def _read(answer: HttpAnswer, endpoint: str, key: str) -> Accepted | Rejected | Busy:
    status = answer.status
    text = "" if answer.body is None else answer.body[:500].decode("utf-8", "replace")
    words = without_address(f"{status} {text}", endpoint).strip()
    if 200 <= status < 300:
        # RFC 8030 names the message by its address; some services leave it out.
        return Accepted(answer.headers.get("Location", "")[:255] or key[:255])
    if status in (404, 410):
        return Rejected(Reason.NO_PUSH_TOKEN, f"the push service knows the subscription no more: {words}")
    if status == 429:
        return Busy(retry_after_in(answer), f"the push service is asked too much: {words}", certain=True, outage=False)
    if status >= 500:
        detail = f"the push service is busy: {words}"
        return Busy(retry_after_in(answer), detail, certain=answer.surely_not_taken)
    if status in (401, 403):
        return Rejected(
            Reason.PROVIDER_MISCONFIGURED, f"the push service refuses the VAPID key: {words}", permanent=False
        )
    return Rejected(Reason.PROVIDER_REJECTED, f"the push service refuses the notification: {words}")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text.encode("ascii", "replace") + b"=" * (-len(text) % 4))
