"""People with parcels: what happens to each of them, and, in plain Python, what becomes of it.

What is foretold shares no line with the journey, the policy or the ledger, and knows of no crash.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeAlias

Habit: TypeAlias = Literal["leaves", "sees", "receives", "loses"]

_ENDS = {
    "leaves": ("completed", "came to its end"),
    "sees": ("completed", "came to its end"),
    "receives": ("converted", "Parcel Received"),
    "loses": ("exited", "Parcel Lost"),
}
_MOST_PUSHES, _MOST_TEXTS, _MOST_MAILS, _MOST = 3, 1, 2, 4
"""A day, as docs/policy.md has it."""
CAPS = (_MOST_PUSHES, _MOST_TEXTS, _MOST_MAILS, _MOST)
"""A day: push messages, text messages, mails, and all of them."""


@dataclass(frozen=True)
class Person:
    """Somebody with parcels.

    Args:
        number: Theirs.
        habit: ``sees``, they look at each parcel; ``receives`` or ``loses``, that happens as soon as they are told of
            it; ``leaves``, nothing ever happens.
        parcels: How many; more than one only of those who see.
        texts: Whether they are reached by text message, or else by mail.
        looks: How long after it is sent they look at each parcel.
    """

    number: int
    habit: Habit
    parcels: int
    texts: bool
    looks: tuple[timedelta, ...]

    @property
    def user_id(self) -> str:
        return f"person-{self.number}"

    @property
    def token(self) -> str:
        """Where push messages reach them."""
        return f"token-{self.number}"

    @property
    def phone(self) -> str:
        """Where text messages reach them."""
        return f"+44207{self.number:07d}"

    @property
    def email(self) -> str:
        """Where mails reach them."""
        return f"{self.user_id}@example.com"

    def parcel(self, place: int) -> str:
        """The id of one of their parcels."""
        return f"parcel-{self.number}-{place}"


@dataclass(frozen=True)
class Foretold:
    """What becomes of somebody's parcels.

    Args:
        runs: How many there are.
        state, reason: How each of them ends.
        messages: What is decided in each of them, in order, each once.
        sent: In how many of these decisions, over all their runs, the message goes out.
    """

    runs: int
    state: str
    reason: str
    messages: tuple[str, ...]
    sent: int


def foretell(person: Person) -> Foretold:
    """Tells what becomes of somebody's parcels, whatever breaks meanwhile.

    Which of several messages gets a slot depends on which is first there. How many get one does not: a message finds
    none only where its channel is full, or all are, and they stay so.
    """
    state, reason = _ENDS[person.habit]
    messages = ("cart_reminder", "cart_discount") if person.habit == "sees" else ("cart_reminder",)
    pushes = min(person.parcels, _MOST_PUSHES)
    others = min(person.parcels, _MOST_TEXTS if person.texts else _MOST_MAILS) if person.habit == "sees" else 0
    return Foretold(person.parcels, state, reason, messages, min(pushes + others, _MOST))


def people(seed: int, habits: Sequence[Habit]) -> Iterator[Person]:
    """As many people as wanted; the same ones for the same seed.

    Args:
        seed: Of the draw.
        habits: Those that there are, as often as they are named.
    """
    chance = random.Random(seed)  # noqa: S311 - a test's own
    number = 0
    while True:
        habit = chance.choice(habits)
        parcels = chance.choice((1, 1, 2, 5)) if habit == "sees" else 1
        looks = tuple(timedelta(seconds=chance.uniform(0, 3)) for _ in range(parcels if habit == "sees" else 0))
        yield Person(number, habit, parcels, chance.random() < 0.5, looks)
        number += 1
