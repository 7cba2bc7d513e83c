"""Why a profile is in a segment or not: the segment as a tree, each part with its words, verdict and what was seen."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from fermata.segments.condition import And, Condition, Not, Or
from fermata.segments.facts import fact_words


class Explanation(BaseModel):
    """One part of a segment, as it is for one profile at one instant.

    Args:
        words: What the part asks.
        holds: Whether it is so.
        fact: What was seen: "2 of 3 within 7 days". None for a combination, whose parts tell.
        parts: Of a combination.
    """

    model_config = ConfigDict(frozen=True)

    words: str
    holds: bool
    fact: str | None = None
    parts: tuple["Explanation", ...] = ()

    @property
    def text(self) -> str:
        """For people, a line a part, the parts of a combination below it."""
        return "\n".join(self._lines(0))

    def _lines(self, depth: int) -> Iterator[str]:
        seen = f": {self.fact}" if self.fact else ""
        yield f"{'  ' * depth}{'yes' if self.holds else 'no'}  {self.words}{seen}"
        for part in self.parts:
            yield from part._lines(depth + 1)


class Answers:
    """What Postgres answered for the leaves of a segment, in their order.

    Args:
        row: Columns ``holds_0``, ``fact_0``, ``holds_1``…; the facts are JSON text.
    """

    def __init__(self, row: Mapping[str, Any]) -> None:
        self._row = row
        self._place = 0

    def next(self) -> tuple[bool, Any]:
        """The verdict and the fact of the next leaf."""
        holds, fact = self._row[f"holds_{self._place}"], self._row[f"fact_{self._place}"]
        self._place += 1
        return holds, None if fact is None else json.loads(fact)


def explanation(segment: Condition, answers: Answers) -> Explanation:
    """Returns the tree.

    Args:
        segment: What was asked.
        answers: Of its leaves.
    """
    match segment:
        case And():
            parts = tuple(explanation(part, answers) for part in segment.parts)
            return Explanation(words=segment.words, holds=all(part.holds for part in parts), parts=parts)
        case Or():
            parts = tuple(explanation(part, answers) for part in segment.parts)
            return Explanation(words=segment.words, holds=any(part.holds for part in parts), parts=parts)
        case Not():
            denied = explanation(segment.part, answers)
            parts = (denied,) if denied.parts else ()
            return Explanation(words=segment.words, holds=not denied.holds, fact=denied.fact, parts=parts)
        case _:
            holds, fact = answers.next()
            return Explanation(words=segment.words, holds=holds, fact=fact_words(segment, fact))
