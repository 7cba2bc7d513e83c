"""Declares a provider of our own HTTP shape: ``kind = "http"``."""

from pydantic import Field

from fermata.channels.http_provider import HttpProvider
from fermata.channels.kind import Account, Kind, Options
from fermata.channels.port import Provider
from fermata.channels.push import PushProvider
from fermata.channels.push_over_http import PushOverHttp
from fermata.vocabulary import Channel


class HttpOptions(Options):
    """What a provider of our own HTTP shape needs.

    Args:
        url: Its base address.
        honours_idempotency_key: What its documentation promises.
        connections: The most that are open at once.
    """

    url: str
    honours_idempotency_key: bool = True
    connections: int = Field(default=16, ge=1, le=500)


def _make(account: Account, options: HttpOptions) -> Provider:
    provider = HttpProvider(
        account.channel,
        options.url,
        token=account.secret,
        honours_idempotency_key=options.honours_idempotency_key,
        name=account.name,
        connections=options.connections,
    )
    if account.channel is not Channel.PUSH:
        return provider
    return PushProvider(account.pool, [PushOverHttp(provider)], name=account.name)


KIND = Kind(channels=frozenset({Channel.PUSH, Channel.SMS}), options=HttpOptions, make=_make)
