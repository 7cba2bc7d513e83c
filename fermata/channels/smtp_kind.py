"""Declares a mail server: ``kind = "smtp"``."""

from typing import Annotated
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import Field, StringConstraints

from fermata.channels.email import SmtpProvider
from fermata.channels.kind import Account, Kind, Options
from fermata.channels.mail_headers import Mailbox
from fermata.errors import ConfigurationError
from fermata.vocabulary import Channel


class SmtpOptions(Options):
    """What a mail server needs.

    Args:
        url: ``smtp+starttls://user@host:587``, without the password: that is the secret.
        connections: The most that are open at once.
        sender: Instead of ``FERMATA_MAIL_FROM``.
        bounces_to: Where mails come back to: the mailbox that ``fermata feedback read-mail`` reads. Its server must
            take ``name+anything@`` for ``name@``.
        replies_to: The same for people's answers.
    """

    url: Annotated[str, StringConstraints(min_length=1)]
    connections: int = Field(default=4, ge=1, le=100)
    sender: str | None = None
    bounces_to: Mailbox | None = None
    replies_to: Mailbox | None = None


def _make(account: Account, options: SmtpOptions) -> SmtpProvider:
    return SmtpProvider(
        _with_password(options.url, account.secret),
        options.sender or account.sender,
        name=account.name,
        bounces_to=options.bounces_to,
        replies_to=options.replies_to,
        connections=options.connections,
    )


def _with_password(url: str, password: str | None) -> str:
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    if ":" in user:
        raise ConfigurationError("the url holds a password; leave it out, and name its environment variable as secret")
    if password is None:
        return url
    if not at:
        raise ConfigurationError("there is a secret and no user in the url: write it as smtps://user@host")
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}"))


KIND = Kind(channels=frozenset({Channel.EMAIL}), options=SmtpOptions, make=_make)
