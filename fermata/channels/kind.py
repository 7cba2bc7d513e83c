"""A kind of provider: what a deployment may declare of one, and how it is made from that."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from fermata.channels.port import Provider
from fermata.database import Pool
from fermata.vocabulary import Channel


class Options(BaseModel):
    """What a deployment says of a provider of one kind, under ``options``; each kind has a model of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Account:
    """What every provider is made for, whatever its kind.

    Args:
        name: What the deployment calls it. ``Provider.name`` is this.
        channel: Whose envelopes it takes.
        sender: ``FERMATA_MAIL_FROM``.
        pool: For what a provider keeps in Postgres; it stays the caller's.
        secret: Password, token or key; None where the deployment names none.
    """

    name: str
    channel: Channel
    sender: str
    pool: Pool
    secret: str | None = field(default=None, repr=False)


_Options = TypeVar("_Options", bound=Options)


@dataclass(frozen=True)
class Kind(Generic[_Options]):
    """How providers of one kind are declared and made.

    Args:
        channels: The channels that they can serve.
        options: The model of their options; without options, ``Options``.
        make: Makes one. It connects to nothing yet, and raises ``ConfigurationError`` for what can never work.
        needs_secret: A deployment has to name a secret.
    """

    channels: frozenset[Channel]
    options: type[_Options]
    make: Callable[[Account, _Options], Provider]
    needs_secret: bool = False
