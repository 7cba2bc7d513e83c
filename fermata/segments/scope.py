"""Where a condition is asked: the SQL of the instant, and the values that are bound to the statement."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from fermata.segments.invalid import InvalidSegment


class Scope:
    """The statement that a condition becomes part of; the profile's row is ``p`` in it.

    Args:
        at: The instant that is asked about, aware; or SQL of it, where the statement has a column for it.
        arguments: What is bound already, ``$1`` first.
        one_by_one: The answer is for few profiles among many, each looked up by itself; else for all of them at once.

    Raises:
        InvalidSegment: The instant is naive.
    """

    def __init__(self, at: datetime | str, arguments: Iterable[object] = (), *, one_by_one: bool = False) -> None:
        self.one_by_one = one_by_one
        self._at = at if isinstance(at, str) else aware(at)
        self._arguments = list(arguments)

    @property
    def arguments(self) -> list[object]:
        """All that is bound: every value of a condition is here, and none stands in its text."""
        return list(self._arguments)

    @property
    def at(self) -> str:
        """SQL of the instant. It is bound when it is first needed: Postgres takes no parameter that nothing uses."""
        if not isinstance(self._at, str):
            self._at = self.bind(self._at, "timestamptz")
        return self._at

    def bind(self, value: object, sql_type: str) -> str:
        """Adds a value and returns its place in the statement, "$3::text"."""
        self._arguments.append(value)
        return f"${len(self._arguments)}::{sql_type}"

    def ago(self, duration: timedelta | None) -> str:
        """SQL of the instant so long before ``at``.

        In seconds, not in days: to Postgres a day has 23 hours when the clocks of the session's zone go forward.
        """
        if duration is None:
            return self.at
        return f"{self.at} - make_interval(secs => {self.bind(duration.total_seconds(), 'float8')})"


def aware(at: datetime) -> datetime:
    """Returns the instant.

    Raises:
        InvalidSegment: It is naive.
    """
    if at.tzinfo is None:
        raise InvalidSegment(f"at={at} has no time zone; a segment is asked about an instant, so pass an aware one")
    return at
