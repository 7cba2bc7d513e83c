"""The providers of a deployment, several a channel, and how much each of them carries."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from fermata.channels.port import Provider
from fermata.errors import ConfigurationError
from fermata.vocabulary import SUBSTITUTES, Channel


@dataclass(frozen=True)
class Enlisted:
    """A provider with its place among those of its channel.

    Args:
        provider: What sends.
        kind: What a deployment calls its kind; None for what the settings alone name.
        weight: Its share of its tier's messages, beside the weights of the others.
        tier: 1 is asked first, the others stand by.
        rate: Messages a second, over all that this process sends through it; None for no limit.
    """

    provider: Provider
    kind: str | None = None
    weight: int = 1
    tier: int = 1
    rate: float | None = None

    @property
    def name(self) -> str:
        """What operators call it, and what the ledger has on record."""
        return self.provider.name


class Roster(Mapping[Channel, tuple[Enlisted, ...]]):
    """By channel: who can carry its messages. A channel without a provider is not in it.

    Args:
        enlisted: All of them. Who made the roster closes it.

    Raises:
        ConfigurationError: Two providers of one channel have one name.
    """

    def __init__(self, enlisted: Iterable[Enlisted]) -> None:
        self._by_channel: dict[Channel, tuple[Enlisted, ...]] = {}
        for each in enlisted:
            channel = each.provider.channel
            there = self._by_channel.get(channel, ())
            if any(other.name == each.name for other in there):
                raise ConfigurationError(f"two providers of {channel.value} are named {each.name!r}; give each its own")
            self._by_channel[channel] = (*there, each)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __getitem__(self, channel: Channel) -> tuple[Enlisted, ...]:
        return self._by_channel[channel]

    def __iter__(self) -> Iterator[Channel]:
        return iter(self._by_channel)

    def __len__(self) -> int:
        return len(self._by_channel)

    @property
    def outside(self) -> tuple[Enlisted, ...]:
        """Those that carry messages out of the house: all but the rows in our own Postgres."""
        return tuple(each for channel, those in self.items() if channel not in SUBSTITUTES for each in those)

    def rate_of(self, channel: Channel) -> float | None:
        """What a channel's queue may let out in a second: the sum of its providers' rates, in the tier with the most.

        Args:
            channel: Any.

        Returns:
            None where one of them has no limit, or nobody is there.
        """
        tiers: dict[int, float] = {}
        for each in self.get(channel, ()):
            if each.rate is None:
                return None
            tiers[each.tier] = tiers.get(each.tier, 0.0) + each.rate
        return max(tiers.values(), default=None)

    async def aclose(self) -> None:
        """Gives the connections of all providers back."""
        for those in self.values():
            for each in those:
                await each.provider.aclose()
