"""What happens to people with a cart, at random: who they are, what they and operators do, and when.

All of it lies a quarter of an hour away from whatever the journey or the policy does by the clock: by so much a machine
that is slow may be late before another outcome would be the right one.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal, TypeAlias

Act: TypeAlias = Literal["event", "again", "late", "pause", "resume"]

_ADDRESSES = ("push", "email", "sms")
_EVENTS = {"Product Viewed": 6, "Order Completed": 2, "Cart Cleared": 1, "Cart Taken Over": 1}
_DAYS = 2
_PUSH, _MAIL, _TEXT = (8, 22), (9, 20), (9, 21)


@dataclass(frozen=True)
class Happening:
    """One thing that happens to a run.

    Args:
        after: How long after the run has begun.
        act: An event comes; ``again``, the one before is delivered a second time; ``late``, one comes that is older
            than the cart; or an operator holds the run, or lets it go on.
        event: The event's name; empty for an operator's word.
    """

    after: timedelta
    act: Act
    event: str = ""


@dataclass(frozen=True)
class Script:
    """One person's part.

    Args:
        offset: How far their clock is ahead of UTC.
        addresses: The channels on which they can be reached.
        refused: The channels on which they said no.
        happenings: In order.
    """

    offset: timedelta
    addresses: frozenset[str]
    refused: frozenset[str]
    happenings: tuple[Happening, ...]

    @property
    def time_zone(self) -> str:
        """A zone with this offset; those without a place are signed the other way round."""
        hours = round(self.offset / timedelta(hours=1))
        return f"Etc/GMT{-hours:+d}" if hours else "Etc/UTC"


@dataclass(frozen=True)
class OpenHours:
    """When channels are open, on the person's clock: half an hour away from the minute at which the runs begin.

    Args:
        begun: When they begin.
    """

    begun: datetime

    @property
    def windows(self) -> Mapping[str, tuple[time, time]]:
        """Opening and closing of each channel."""
        minute = (self.begun.minute + 30) % 60
        hours = {"push": _PUSH, "email": _MAIL, "sms": _TEXT}
        return {channel: (time(opens, minute), time(closes, minute)) for channel, (opens, closes) in hours.items()}

    @property
    def policy(self) -> str:
        """The policy with these windows: one mail in 26 h 7 min, so that no slot is free just when a window opens."""
        tables = [
            f'[channels.{channel}]\nwindow = "{opens:%H:%M}-{closes:%H:%M}"\nwhen_capped = "defer"\n'
            + ('caps = [{ limit = 1, per = "1567m" }]\n' if channel == "email" else "caps = []\n")
            for channel, (opens, closes) in self.windows.items()
        ]
        return "version = 1\n" + "".join(tables)


def scripts(count: int, *, seed: int) -> Sequence[Script]:
    """As many people as wanted; the same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - a test's own
    return [_script(chance) for _ in range(count)]


def _script(chance: random.Random) -> Script:
    return Script(
        offset=timedelta(hours=chance.randint(-11, 12)),
        addresses=frozenset(channel for channel in _ADDRESSES if chance.random() < 0.7),
        refused=frozenset(channel for channel in _ADDRESSES if chance.random() < 0.15),
        happenings=tuple(sorted((*_events(chance), *_pause(chance)), key=lambda each: each.after)),
    )


def _events(chance: random.Random) -> list[Happening]:
    """Events at a quarter past, each in an hour of its own; some are delivered twice."""
    hours = sorted(chance.sample(range(24 * _DAYS), k=chance.randint(0, 4)))
    names = chance.choices(list(_EVENTS), weights=list(_EVENTS.values()), k=len(hours))
    found: list[Happening] = []
    for hour, name in zip(hours, names, strict=True):
        act: Act = "late" if chance.random() < 0.15 else "event"
        found.append(Happening(timedelta(hours=hour, minutes=15), act, name))
        if chance.random() < 0.2:
            found.append(Happening(timedelta(hours=hour, minutes=15), "again", name))
    return found


def _pause(chance: random.Random) -> list[Happening]:
    """For one in five: a pause from a quarter to the hour, to the same another time."""
    if chance.random() >= 0.2:
        return []
    first, last = sorted(chance.sample(range(24 * _DAYS), k=2))
    return [
        Happening(timedelta(hours=first, minutes=45), "pause"),
        Happening(timedelta(hours=last, minutes=45), "resume"),
    ]
