"""Many people of a simulation, made up from a seed: where they live, what they allow, and what they do and when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log
from random import Random
from typing import Any

from cli.demo.shoppers import Shopper, make_shoppers
from cli.demo.world import read_world
from cli.simulate.event_file import PlannedCall
from cli.simulate.sample_event import sample_event
from fermata.errors import ConfigurationError
from fermata.journeys import JourneyDefinition

MOST = 1000
_EACH = 50  # the most that can be made up for a place
_ENTRY = timedelta(days=7)  # so that every hour of every day of the week is met
_SOONEST = timedelta(minutes=5)
_LISTENED = 0.4
_GOAL = 0.25
_EXIT = 0.08
_STRETCH = (0.5, 2.0)
_LEFT_OUT = 0.3


@dataclass(frozen=True)
class Member:
    """One of them.

    Args:
        user_id: Theirs.
        zone: Where they live, whether they told or not.
        traits: What they tell of themselves.
        enters_at: When they do the first thing, aware.
        calls: What they do, each so long after that.
    """

    user_id: str
    zone: str
    traits: Mapping[str, Any]
    enters_at: datetime
    calls: tuple[PlannedCall, ...]


def make_crowd(
    number: int, seed: int, start: datetime, definition: JourneyDefinition, given: Sequence[PlannedCall] | None
) -> tuple[Member, ...]:
    """Makes them up. The same seed and start give the same people.

    Args:
        number: How many.
        seed: Any.
        start: Within a week of it each of them does the first thing.
        definition: Of the journey, which says what can be done in it.
        given: What somebody does; each does so too, sooner or later, and leaves some of it out. None for what the
            definition speaks of.

    Raises:
        ConfigurationError: So many cannot be made up.
    """
    if not 1 <= number <= MOST:
        raise ConfigurationError(f"--profiles {number} is out of range; give 1 to {MOST:,}")
    random = Random(seed)  # noqa: S311 - to be the same again, not to be secret
    shoppers = list(make_shoppers(random, read_world().places, min(_EACH, number), start))
    random.shuffle(shoppers)
    return tuple(
        Member(
            user_id=f"person-{count:04}",
            zone=shopper.place.zone,
            traits=_traits(shopper, count),
            enters_at=start + timedelta(minutes=random.randrange(int(_ENTRY / timedelta(minutes=1)))),
            calls=tuple(_varied(random, given) if given is not None else _imagined(random, definition)),
        )
        for count, shopper in enumerate(shoppers[:number], start=1)
    )


def _traits(shopper: Shopper, count: int) -> Mapping[str, Any]:
    traits = {name: value for name, value in shopper.traits.items() if name != "email"}
    return {**traits, "email": f"person-{count:04}@example.com"} if "email" in shopper.traits else traits


def _varied(random: Random, given: Sequence[PlannedCall]) -> Iterator[PlannedCall]:
    first, *rest = given
    yield PlannedCall(timedelta(0), first.call)
    stretch = random.uniform(*_STRETCH)
    for planned in rest:
        if random.random() >= _LEFT_OUT:
            yield PlannedCall((planned.after - first.after) * stretch, planned.call)


def _imagined(random: Random, definition: JourneyDefinition) -> Iterator[PlannedCall]:
    calls = [PlannedCall(timedelta(0), sample_event(definition.trigger.event, definition))]
    chances = dict.fromkeys(definition.listens_to, _LISTENED)
    chances |= dict.fromkeys(definition.exit_on, _EXIT)
    chances |= {definition.goal: _GOAL} if definition.goal is not None else {}
    for event, chance in chances.items():
        if random.random() < chance:
            calls.append(PlannedCall(_delay(random, definition.at_most), sample_event(event, definition)))
    return iter(sorted(calls, key=lambda planned: planned.after))


def _delay(random: Random, longest: timedelta) -> timedelta:
    """Minutes are as likely as hours and days: people come back soon, or late."""
    low, high = log(_SOONEST.total_seconds()), log(max(longest, 2 * _SOONEST).total_seconds())
    return timedelta(seconds=round(exp(random.uniform(low, high))))
