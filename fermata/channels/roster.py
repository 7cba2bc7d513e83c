"""The providers of a deployment, several a channel, and how much each of them carries."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fermata.channels.closing import Closing
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


class Roster(Mapping[Channel, tuple[Enlisted, ...]], Closing):
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

    def __getitem__(self, channel: Channel) -> tuple[Enlisted, ...]:
        return self._by_channel[channel]

    def __iter__(self) -> Iterator[Channel]:
        return iter(self._by_channel)

    def __len__(self) -> int:
        return len(self._by_channel)

    def named(self, channel: Channel, name: str) -> Enlisted | None:
        """The provider of a channel with this name; None where it is not, or no longer, there.

        Args:
            channel: Any.
            name: As the ledger has it.
        """
        return next((each for each in self.get(channel, ()) if each.name == name), None)

    @property
    def outside(self) -> tuple[Enlisted, ...]:
        """Those that carry messages out of the house: all but the rows in our own Postgres."""
        return tuple(each for channel, those in self.items() if channel not in SUBSTITUTES for each in those)

    @property
    def rates(self) -> Mapping[Channel, float]:
        """What a channel's queue may let out in a second: its providers' rates together, in the tier with the most.

        A channel with a provider that has no limit is not in it.
        """
        rates: dict[Channel, float] = {}
        for channel, those in self.items():
            tiers: dict[int, float] = {}
            for each in those:
                tiers[each.tier] = tiers.get(each.tier, 0.0) + (each.rate or math.inf)
            if math.isfinite(most := max(tiers.values())):
                rates[channel] = most
        return rates

    async def aclose(self) -> None:
        """Gives the connections of all providers back."""
        for those in self.values():
            for each in those:
                await each.provider.aclose()
