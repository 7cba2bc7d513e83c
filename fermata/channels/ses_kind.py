"""Declares Amazon SES: ``kind = "ses"``."""

from typing import Annotated

from pydantic import Field, StringConstraints

from fermata.channels.aws_signature import AwsKey
from fermata.channels.kind import Account, Kind, Options
from fermata.channels.mail_headers import Mailbox
from fermata.channels.ses import SesProvider
from fermata.errors import ConfigurationError
from fermata.vocabulary import Channel


class SesOptions(Options):
    """What SES needs beside the secret access key, which is the secret.

    Args:
        access_key: Its id, ``AKIA…``.
        region: Where the account's identities are, such as ``eu-west-1``.
        configuration_set: Whose events tell what became of mails, and which must be published to SNS.
        url: Base address of the API; that of the region where it is left out.
        connections: The most that are open at once.
        sender: Instead of ``FERMATA_MAIL_FROM``.
        replies_to: The mailbox that people's answers go to, which ``fermata feedback read-mail`` reads.
    """

    access_key: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{16,128}$")]
    region: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    configuration_set: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>@?#]+$")] | None = None
    connections: int = Field(default=16, ge=1, le=100)
    sender: str | None = None
    replies_to: Mailbox | None = None


def _make(account: Account, options: SesOptions) -> SesProvider:
    if account.secret is None:
        raise ConfigurationError("there is no secret access key; name its environment variable as secret")
    return SesProvider(
        AwsKey(options.access_key, account.secret, options.region, "ses"),
        options.sender or account.sender,
        configuration_set=options.configuration_set,
        replies_to=options.replies_to,
        url=options.url,
        name=account.name,
        connections=options.connections,
    )


KIND = Kind(channels=frozenset({Channel.EMAIL}), options=SesOptions, make=_make, needs_secret=True)
