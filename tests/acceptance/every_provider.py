"""Providers of every kind, on loopback, each of which speaks its own API and checks what it is sent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from cli.stack.smtp_server import SmtpServer
from fermata.channels import SmtpProvider
from fermata.channels.aws_signature import AwsKey
from fermata.channels.fcm import FcmService
from fermata.channels.push import PushProvider
from fermata.channels.roster import Enlisted
from fermata.channels.sendgrid import SendGridProvider
from fermata.channels.ses import SesProvider
from fermata.channels.twilio import TwilioAccount, TwilioProvider, TwilioSenders
from fermata.channels.web_push import WebPushService
from fermata.database import Pool
from tests.integration.channels import sendgrid_server, ses_server, twilio_server
from tests.integration.channels.fcm_server import FcmServer
from tests.integration.channels.sendgrid_server import SendGridServer
from tests.integration.channels.ses_server import SesServer
from tests.integration.channels.twilio_server import TwilioServer
from tests.integration.channels.web_push_server import SUBJECT, WebPushServer

PUBLIC = "https://go.shop.example"
"""Where providers and people reach us, as far as they know."""

ANSWERS = "answers@shop.example"
"""The mailbox that people's answers to mails of SES's go to."""

_FROM = "Shop <hello@shop.example>"


@dataclass(frozen=True)
class EveryProvider:
    """The servers. The mail APIs have room for one mail each; the relay takes what is left."""

    sendgrid: SendGridServer
    ses: SesServer
    relay: SmtpServer
    twilio: TwilioServer
    fcm: FcmServer
    browsers: WebPushServer

    def enlisted(self, pool: Pool) -> list[Enlisted]:
        """Those who send through them: three for mail, each standing by for the one before."""
        account = TwilioAccount(twilio_server.ACCOUNT, twilio_server.TOKEN)
        key = AwsKey(ses_server.ACCESS_KEY, ses_server.SECRET, ses_server.REGION, "ses")
        texter = TwilioProvider(
            account,
            TwilioSenders(by_country={"GB": "+447700900000"}),
            callback=f"{PUBLIC}/webhooks/texter",
            url=self.twilio.url,
            name="texter",
        )
        browsers = WebPushService(self.browsers.private_key, SUBJECT, hosts=["127.0.0.1"], plain_http=True)
        return [
            Enlisted(SendGridProvider(sendgrid_server.KEY, _FROM, url=self.sendgrid.url, name="mailer"), tier=1),
            Enlisted(
                SesProvider(key, _FROM, configuration_set="all", replies_to=ANSWERS, url=self.ses.url, name="amazon"),
                tier=2,
            ),
            Enlisted(SmtpProvider(self.relay.url, _FROM, name="relay"), tier=3),
            Enlisted(texter),
            Enlisted(PushProvider(pool, [FcmService(self.fcm.account, url=self.fcm.url), browsers], name="push")),
        ]


@asynccontextmanager
async def every_provider(relay: SmtpServer) -> AsyncIterator[EveryProvider]:
    """Starts the servers.

    Args:
        relay: The mail server, which is there already.
    """
    async with (
        SendGridServer(room=1) as sendgrid,
        SesServer(room=1) as ses,
        TwilioServer() as twilio,
        FcmServer() as fcm,
        WebPushServer() as browsers,
    ):
        yield EveryProvider(sendgrid, ses, relay, twilio, fcm, browsers)
