"""The traffic of the demo: everybody's events as they arrive, some late, some twice, some broken. Knows its truth."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from cli.demo.malformed import KINDS
from cli.demo.payload import Payload
from cli.demo.shoppers import Shopper, make_shoppers
from cli.demo.visits import Diary, first_visit, return_visit
from cli.demo.world import World

SHOPPERS_A_PLACE = 10
_FIRST_VISITS = timedelta(minutes=40)
_RETURN_VISITS = timedelta(minutes=4)
_SENT_TWICE = 0.04
_OVERTAKEN = 0.03
_BROKEN_OF_EACH_KIND = 3


@dataclass(frozen=True)
class Truth:
    """What the door has to answer, in events.

    Args:
        valid: To be stored, each once.
        duplicates: Sent again with the same message id, to no effect.
        malformed: To be refused.
    """

    valid: int
    duplicates: int
    malformed: int


@dataclass(frozen=True)
class Traffic:
    """All that the demo sends.

    Args:
        shoppers: Whom it is about.
        first_visits: Events of the first visits, as they arrive.
        return_visits: Those of the returns; sent once the first messages are out, as nobody comes back before that.
        truth: What the door has to answer over both.
    """

    shoppers: tuple[Shopper, ...]
    first_visits: tuple[Payload, ...]
    return_visits: tuple[Payload, ...]
    truth: Truth


def make_traffic(world: World, *, seed: int, now: datetime, each: int = SHOPPERS_A_PLACE) -> Traffic:
    """Lets everybody in the world go shopping.

    Args:
        world: Places and products.
        seed: The same seed and ``now`` give the same traffic, byte for byte.
        now: The last events happen just before it; aware.
        each: Shoppers in each place.
    """
    random = Random(seed)  # noqa: S311 - a model of shoppers, no secret
    shoppers = make_shoppers(random, world.places, each, now)
    stamp = f"demo-{now:%Y%m%dT%H%M%S}"
    returns_start = now - _RETURN_VISITS
    first: list[Payload] = []
    second: list[Payload] = []
    for shopper in shoppers:
        arrives = returns_start - _FIRST_VISITS + random.random() * (_FIRST_VISITS - timedelta(minutes=12))
        diary = Diary(random, shopper, stamp, arrives)
        first_visit(diary, world.products)
        first += diary.leave(returns_start + random.random() * timedelta(minutes=2))
        return_visit(diary, world.products)
        second += diary.leave(now)
    arrivals = _as_they_arrive(random, first)
    repeated = _repeat_some(random, arrivals)
    broken = _break_some(random, arrivals, stamp)
    return Traffic(
        shoppers=shoppers,
        first_visits=tuple(arrivals),
        return_visits=tuple(sorted(second, key=_time)),
        truth=Truth(valid=len(first) + len(second), duplicates=repeated, malformed=broken),
    )


def _time(event: Payload) -> str:
    return str(event["timestamp"])


def _as_they_arrive(random: Random, events: list[Payload]) -> list[Payload]:
    """In the order of time, but for some that a slow phone hands over a few minutes late: others overtake them."""
    waits = [(random.uniform(10, 300) if random.random() < _OVERTAKEN else 0.0) for _ in events]
    arrives = [
        (datetime.fromisoformat(_time(event)) + timedelta(seconds=wait), event["messageId"], event)
        for event, wait in zip(events, waits, strict=True)
    ]
    return [event for _, _, event in sorted(arrives, key=lambda arrival: arrival[:2])]


def _repeat_some(random: Random, events: list[Payload]) -> int:
    """Puts exact copies of some events behind them: an SDK that got no answer in time sends again."""
    chosen = sorted(random.sample(range(len(events)), k=round(len(events) * _SENT_TWICE)), reverse=True)
    for index in chosen:
        events.insert(min(len(events), index + random.randint(1, 150)), events[index])
    return len(chosen)


def _break_some(random: Random, events: list[Payload], stamp: str) -> int:
    """Puts bad events among the good: each a good track event with one thing wrong, under a message id of its own."""
    tracks = [event for event in events if event["type"] == "track"]
    broken = [make(random.choice(tracks)) for make in KINDS.values() for _ in range(_BROKEN_OF_EACH_KIND)]
    for number, event in enumerate(broken):
        event["messageId"] = f"{stamp}-broken-{number:03}"
        events.insert(random.randint(0, len(events)), event)
    return len(broken)
