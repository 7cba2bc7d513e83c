"""The words of a history that are the code's own: what may stay when everything that is a person's is taken out."""

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import get_args
from zoneinfo import available_timezones

import fermata.vocabulary
from fermata.events.verbs import standard_verbs
from fermata.journeys import Receipt
from fermata.journeys.outcome import State
from workflows.discovery import Journeys

_PLAIN = re.compile(
    r"""\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?    # an instant or a day
      | -?P(\d+[WD])*(T(\d+(\.\d+)?[HMS])+)?              # a duration
      | \d{1,3}                                           # a count
      | """,
    re.VERBOSE,
)
_ON_A_WALL = re.compile(r"((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?\d\d:\d\d( (?P<zone>\S+))?")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBERED = re.compile(r"-\d+$")  # the second send of a message is the step cart_reminder-2
_PARTS = re.compile(r"[:/]")
_RESULTS = ("stale", "an operator", "came to its end", "cancelled", "start", "end", "paused", "tell")


class KeptWords:
    """Tells the code's words from people's.

    Args:
        journeys: The code: names of journeys, events and messages, and every text that stands in a journey's file.
        also: More that may stay.
    """

    def __init__(self, journeys: Journeys, also: Iterable[str] = ()) -> None:
        self._words = frozenset((*_of_fermata(), *_of_journeys(journeys), *also))

    def keeps(self, text: str, *, of_an_event: bool = False) -> bool:
        """Whether a text is the code's own, or says nothing about anybody: an id, a count, an instant.

        Args:
            text: The text.
            of_an_event: It stands in properties or traits, where a day may be a birthday.
        """
        if text in self._words or _NUMBERED.sub("", text) in self._words or _UUID.fullmatch(text):
            return True
        if of_an_event:
            return False
        if _PLAIN.fullmatch(text) or self._is_on_a_wall(text):
            return True
        parts = _PARTS.split(text)  # a run's id, and what is made of it
        return len(parts) > 1 and all(self.keeps(part) for part in parts)

    def _is_on_a_wall(self, text: str) -> bool:
        found = _ON_A_WALL.fullmatch(text)
        return found is not None and (found["zone"] is None or found["zone"] in self._words)


def _of_fermata() -> Iterator[str]:
    for value in vars(fermata.vocabulary).values():
        if isinstance(value, type) and issubclass(value, StrEnum):
            yield from value
    yield from get_args(State)
    yield from get_args(Receipt.model_fields["result"].annotation)
    yield from _RESULTS
    yield from (verb.name for verb in standard_verbs().by_key.values())
    yield from available_timezones()


def _of_journeys(journeys: Journeys) -> Iterator[str]:
    for name, journey in journeys.classes.items():
        yield name
        yield from (*journey.definition.awaited, journey.definition.trigger.event)
        path = inspect.getsourcefile(journey)
        tree = ast.parse(Path(str(path)).read_text(encoding="utf-8"))
        yield from (
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )
