"""Declares an account of Twilio's: ``kind = "twilio"``."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from fermata.channels.kind import Account, Kind, Options
from fermata.channels.sms_length import MOST_SEGMENTS
from fermata.channels.twilio import TWILIO, TwilioAccount, TwilioProvider, TwilioSenders
from fermata.errors import ConfigurationError
from fermata.vocabulary import Channel

_Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>@?#]+$")]
_Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
_Sender = Annotated[str, StringConstraints(pattern=r"^(\+[1-9]\d{5,14}|\d{3,8}|[A-Za-z0-9 ]{1,11})$")]
"""A number in E.164, a short code, or a name of at most eleven letters and digits."""


class TwilioOptions(Options):
    """What an account needs beside its auth token, which is the secret.

    Args:
        account: Its sid, ``AC…``.
        key: The sid of a key, ``SK…``, where the secret is a key's.
        sender: The number or name that people see.
        senders: The same by country: ``{ GB = "+44…", FR = "SHOP" }``.
        messaging_service: ``MG…``: picks a sender where the country has none of its own.
        callback: Where Twilio tells what became of messages: ``https://your-host/webhooks/{name}``.
        url: Base address of the API.
        most_segments: A text that takes more is refused.
        connections: The most that are open at once.
    """

    account: Annotated[str, StringConstraints(pattern=r"^AC[0-9a-f]{32}$")]
    key: Annotated[str, StringConstraints(pattern=r"^SK[0-9a-f]{32}$")] | None = None
    sender: _Sender | None = None
    senders: dict[_Country, _Sender] = Field(default_factory=dict)
    messaging_service: Annotated[str, StringConstraints(pattern=r"^MG[0-9a-f]{32}$")] | None = None
    callback: _Url | None = None
    url: _Url = TWILIO
    most_segments: int = Field(default=MOST_SEGMENTS, ge=1, le=MOST_SEGMENTS)
    connections: int = Field(default=16, ge=1, le=100)

    @model_validator(mode="after")
    def _somebody_sends(self) -> Self:
        if not (self.sender or self.senders or self.messaging_service):
            raise ValueError("nobody sends; give sender, senders or messaging_service")
        return self


def _make(account: Account, options: TwilioOptions) -> TwilioProvider:
    if account.secret is None:
        raise ConfigurationError("there is no auth token; name its environment variable as secret")
    return TwilioProvider(
        TwilioAccount(options.account, account.secret, options.key),
        TwilioSenders(options.senders, options.sender, options.messaging_service),
        callback=options.callback,
        url=options.url,
        name=account.name,
        most_segments=options.most_segments,
        connections=options.connections,
    )


KIND = Kind(channels=frozenset({Channel.SMS}), options=TwilioOptions, make=_make, needs_secret=True)
