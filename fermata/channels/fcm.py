"""Push to Android, iOS and web apps through Firebase Cloud Messaging, HTTP v1."""

from datetime import timedelta
from typing import Any, ClassVar

import orjson

from fermata.channels.devices import Device
from fermata.channels.fcm_answers import read_fcm_answer
from fermata.channels.google_tokens import GoogleTokens, ServiceAccount
from fermata.channels.http_caller import HttpCaller
from fermata.channels.port import Accepted, Busy, Capabilities, Envelope, PushContent, Rejected
from fermata.channels.push_service import collapse_key, life_of
from fermata.errors import DefinitionError

FCM = "https://fcm.googleapis.com"
QUOTA = 10_000.0
"""Messages a second: what FCM takes of a project unless it raises that, 600,000 a minute.

Source: https://firebase.google.com/docs/cloud-messaging/throttling-and-quotas
"""
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"


class FcmService:
    """Sends by ``POST /v1/projects/{project}/messages:send``.

    FCM knows no idempotency key. Its rule for a lost answer is ``resend``: a notification that never came is seen by
    nobody, and one that comes twice takes its own place on the device (``collapse_key`` and ``tag`` on Android,
    ``apns-collapse-id`` on iOS), though the phone may sound twice.

    Args:
        account: The service account.
        url: Base address; another one in a test.
        name: What operators call it.
        timeout: For each step, and three times as much for the whole.
    """

    capabilities: ClassVar[Capabilities] = Capabilities(honours_idempotency_key=False, unknown="resend", rate=QUOTA)

    def __init__(
        self,
        account: ServiceAccount,
        *,
        url: str = FCM,
        name: str = "fcm",
        timeout: timedelta = timedelta(seconds=10),
    ) -> None:
        self.name: str = name
        self._caller = HttpCaller(name, timeout=timeout)
        self._tokens = GoogleTokens(account, (SCOPE,), self._caller)
        self._target = f"{url.rstrip('/')}/v1/projects/{account.project_id}/messages:send"

    def reaches(self, device: Device) -> bool:
        """All but browsers' own subscriptions: those have keys, and their own service."""
        return device.keys is None

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._caller.aclose()

    async def deliver(self, device: Device, envelope: Envelope, key: str) -> Accepted | Rejected | Busy:
        """Sends one notification; ``Accepted`` carries FCM's name of it."""
        body = orjson.dumps({"message": write_notification(device, envelope, key)})
        answer: Accepted | Rejected | Busy = Busy(None, f"{self.name} refuses fresh tokens", certain=True)
        for last in (False, True):
            token = await self._tokens.token()
            if not isinstance(token, str):
                return token
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            told = await self._caller.post(self._target, body, headers, address=device.token)
            if isinstance(told, Busy):
                return told
            answer = read_fcm_answer(told, device.token)
            if told.status != 401 or last:
                break
            self._tokens.forget(token)  # taken back before its time
        return answer


def write_notification(device: Device, envelope: Envelope, key: str) -> dict[str, Any]:
    """The notification as FCM takes it.

    Args:
        device: Whom it is for.
        envelope: The message.
        key: Goes along as data, so that an app can drop one that it has shown.

    Raises:
        DefinitionError: The content is none for push.
    """
    content = envelope.content
    if not isinstance(content, PushContent):
        raise DefinitionError(f"{type(content).__name__} is no push notification")
    life, same = life_of(envelope), collapse_key(envelope)
    data = {"message": envelope.message_key, "decision_id": str(envelope.decision_id), "key": key}
    android: dict[str, Any] = {
        "collapse_key": same,
        "ttl": f"{int(life.total_seconds())}s",
        "priority": "HIGH",  # it is to be seen now: windows and quiet hours have been kept before it was sent
        "notification": {"tag": same},
    }
    ends_at = int((envelope.sent_at + life).timestamp())
    apns = {"apns-collapse-id": same, "apns-expiration": str(ends_at), "apns-priority": "10"}
    return {
        "token": device.token,
        "notification": {"title": content.title, "body": content.body},
        "data": data if content.url is None else {**data, "url": content.url},
        "android": android,
        "apns": {"headers": apns},
    }
