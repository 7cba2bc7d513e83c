"""Declares a mail API in SendGrid's shape: ``kind = "sendgrid"``."""

from pydantic import Field

from fermata.channels.kind import Account, Kind, Options
from fermata.channels.mail_headers import Mailbox
from fermata.channels.sendgrid import SENDGRID, SendGridProvider
from fermata.errors import ConfigurationError
from fermata.vocabulary import Channel


class SendGridOptions(Options):
    """What the mail API needs beside its key, which is the secret.

    Args:
        url: Its base address; ``https://api.eu.sendgrid.com`` for the European servers.
        connections: The most that are open at once.
        sender: Instead of ``FERMATA_MAIL_FROM``.
        replies_to: The mailbox that people's answers go to, which ``fermata feedback read-mail`` reads.
    """

    url: str = SENDGRID
    connections: int = Field(default=16, ge=1, le=100)
    sender: str | None = None
    replies_to: Mailbox | None = None


def _make(account: Account, options: SendGridOptions) -> SendGridProvider:
    if account.secret is None:
        raise ConfigurationError("there is no key; name its environment variable as secret")
    return SendGridProvider(
        account.secret,
        options.sender or account.sender,
        replies_to=options.replies_to,
        url=options.url,
        name=account.name,
        connections=options.connections,
    )


KIND = Kind(channels=frozenset({Channel.EMAIL}), options=SendGridOptions, make=_make, needs_secret=True)
