"""Everybody who sends messages over HTTP, each ready to send one to a server of the test's."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TypeAlias

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr

from fermata.channels import Accepted, Busy, HttpProvider, Rejected
from fermata.channels.aws_signature import AwsKey
from fermata.channels.devices import Device
from fermata.channels.fcm import FcmService
from fermata.channels.google_tokens import ServiceAccount
from fermata.channels.hand_off import HandOffProvider
from fermata.channels.hand_off_desks import Desk
from fermata.channels.sendgrid import SendGridProvider
from fermata.channels.ses import SesProvider
from fermata.channels.twilio import TwilioAccount, TwilioProvider, TwilioSenders
from fermata.channels.web_push import WebPushService
from fermata.database import Pool
from fermata.vocabulary import Channel
from tests.help_desk import SECRET
from tests.integration.channels.envelopes import ADA, SENT_AT, an_envelope
from tests.integration.channels.faulty_server import response
from tests.integration.channels.web_push_server import SUBJECT, WebPushServer

Send: TypeAlias = Callable[[], Awaitable[Accepted | Rejected | Busy]]
Opens: TypeAlias = Callable[[str, timedelta, Pool], AbstractAsyncContextManager[Send]]


@dataclass(frozen=True)
class Party:
    """One who sends over HTTP.

    Args:
        opens: Opens it against a server, with a time-out for each step.
        well: The whole answer of a provider that is well.
        sure: The faults after which it is sure that the provider has nothing.
        status_is_a_yes: A 2xx is a yes whatever its body holds, as the protocol says.
    """

    opens: Opens
    well: bytes
    sure: frozenset[str] = frozenset({"500", "503", "429"})
    status_is_a_yes: bool = False


TOKEN = response("200", b'{"access_token": "token", "expires_in": 3600}')


@asynccontextmanager
async def _push(url: str, patience: timedelta, pool: Pool) -> AsyncIterator[Send]:
    async with HttpProvider(Channel.PUSH, url, timeout=patience) as provider:
        yield lambda: provider.send(an_envelope(Channel.PUSH))


@asynccontextmanager
async def _sms(url: str, patience: timedelta, pool: Pool) -> AsyncIterator[Send]:
    async with HttpProvider(Channel.SMS, url, timeout=patience) as provider:
        yield lambda: provider.send(an_envelope(Channel.SMS))


@asynccontextmanager
async def _sendgrid(url: str, patience: timedelta, pool: Pool) -> AsyncIterator[Send]:
    async with SendGridProvider("key", "Shop <hello@shop.example>", url=url, timeout=patience) as provider:
        yield lambda: provider.send(an_envelope())


@asynccontextmanager
async def _ses(url: str, patience: timedelta, pool: Pool) -> AsyncIterator[Send]:
    key = AwsKey("AKID", "secret", "eu-west-1", "ses")
    async with SesProvider(key, "Shop <hello@shop.example>", url=url, timeout=patience) as provider:
        yield lambda: provider.send(an_envelope())


@asynccontextmanager
async def _twilio(url: str, patience: timedelta, pool: Pool) -> AsyncIterator[Send]:
    account, senders = TwilioAccount("AC0", "token"), TwilioSenders(otherwise="+15005550006")
    async with TwilioProvider(account, senders, url=url, timeout=patience) as provider:
        yield lambda: provider.send(an_envelope(Channel.SMS))


@asynccontextmanager
async def _fcm(url: str, patience: timedelta, pool: Pool) -> AsyncIterator[Send]:
    account = ServiceAccount(
        project_id="shop", client_email="push@shop.example", private_key=_private_key(), token_uri=f"{url}/token"
    )
    service = FcmService(account, url=url, timeout=patience)
    yield lambda: service.deliver(Device("phone"), an_envelope(Channel.PUSH), "key-1")
    await service.aclose()


@cache
def _private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@asynccontextmanager
async def _web_push(url: str, patience: timedelta, pool: Pool) -> AsyncIterator[Send]:
    browsers = WebPushServer()
    browser = browsers.browser()
    device = Device(f"{url}/push/firefox", keys=browser.keys)
    service = WebPushService(browsers.private_key, SUBJECT, hosts=["127.0.0.1"], plain_http=True, timeout=patience)
    yield lambda: service.deliver(device, an_envelope(Channel.PUSH), "key-1")
    await service.aclose()


@asynccontextmanager
async def _desk(url: str, patience: timedelta, pool: Pool) -> AsyncIterator[Send]:
    await pool.execute(
        "INSERT INTO profiles (id, created_at, updated_at) VALUES ($1, $2, $2) ON CONFLICT DO NOTHING", ADA, SENT_AT
    )
    desks = {"sales": Desk("sales", f"{url}/sales", SecretStr(SECRET))}
    async with HandOffProvider(pool, desks, timeout=patience) as provider:
        yield lambda: provider.send(an_envelope(Channel.HAND_OFF))


EVERYBODY = {
    "push": Party(_push, response("202", b'{"id": "m-1"}')),
    "sms": Party(_sms, response("202", b'{"id": "m-1"}')),
    "sendgrid": Party(_sendgrid, response("202", b"", {"X-Message-Id": "m-1"})),
    "ses": Party(_ses, response("200", b'{"MessageId": "m-1"}')),
    # It has no key, and a server that failed may have queued the text before it did.
    "twilio": Party(_twilio, response("201", b'{"sid": "SM1"}'), sure=frozenset({"503", "429"})),
    "fcm": Party(_fcm, response("200", b'{"name": "projects/shop/messages/1"}')),
    "web_push": Party(_web_push, response("201", b"", {"Location": "/message/1"}), status_is_a_yes=True),
    # Another try is harmless there, so whether this one arrived is not asked.
    "hand_off": Party(_desk, response("200", b'{"id": "T-1"}'), sure=frozenset(), status_is_a_yes=True),
}
