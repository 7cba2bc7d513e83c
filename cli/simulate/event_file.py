"""Reads the events of a simulation: the Segment spec, one a line, each at an instant or so long after the start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from cli.instants import read_duration
from fermata.errors import InvalidEvent, NotFound
from fermata.events import parse
from fermata.events.instant import to_instant
from fermata.events.verbs import Verbs

_LONGEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """Something that somebody will do.

    Args:
        after: How long after the start.
        call: In the Segment spec; without a name it is the simulated person's.
    """

    after: timedelta
    call: Mapping[str, Any]

    @property
    def is_nobodys(self) -> bool:
        """Whether it names nobody."""
        return not (self.call.get("userId") or self.call.get("anonymousId"))


@dataclass(frozen=True, slots=True)
class EventFile:
    """What a file says.

    Args:
        calls: In the order in which they happen.
        first_at: When the first happened, where the file tells instants; None where it only tells how long after.
    """

    calls: tuple[PlannedCall, ...]
    first_at: datetime | None


def read_event_file(path: Path, verbs: Verbs | None = None) -> EventFile:
    """Reads a file.

    A ``timestamp`` is an instant (``"2026-03-04T18:30:00Z"``) or a duration after the start (``"PT2H"``, ``"P1D"``); an
    event without one happens together with the event in the line before.

    Args:
        path: NDJSON in UTF-8; empty lines are passed over.
        verbs: The standard events; those that ship where it is None.

    Raises:
        NotFound: It cannot be read.
        InvalidEvent: A line is no event, or there is none; names file and line.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise NotFound(f"cannot read {path}: {error.strerror}") from error
    timed: list[tuple[datetime | timedelta, Mapping[str, Any]]] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            before = timed[-1][0] if timed else timedelta(0)
            try:
                timed.append(_read(line, before, verbs))
            except InvalidEvent as error:
                where = f"{error.field}: " if error.field else ""
                raise InvalidEvent(f"{path}:{number}: {where}{error}") from None
    if not timed:
        raise InvalidEvent(f"{path} holds no event; write a JSON object a line, or leave --events out")
    return _placed(timed)


def _placed(timed: Sequence[tuple[datetime | timedelta, Mapping[str, Any]]]) -> EventFile:
    instants = [at for at, _ in timed if isinstance(at, datetime)]
    first = min(instants, default=None)
    calls = [
        PlannedCall(at - first if isinstance(at, datetime) and first is not None else at, call)  # type: ignore[arg-type]
        for at, call in timed
    ]
    return EventFile(tuple(sorted(calls, key=lambda planned: planned.after)), first)


def _read(
    line: bytes, before: datetime | timedelta, verbs: Verbs | None
) -> tuple[datetime | timedelta, Mapping[str, Any]]:
    try:
        read = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise InvalidEvent(f"not JSON: {error.msg} at column {error.colno}") from None
    if not isinstance(read, dict):
        raise InvalidEvent(f"an event is a JSON object, not {type(read).__name__}")
    call = {"type": "track", **read} if "event" in read else read
    at = _at(call.pop("timestamp", None), before)
    _check(call, verbs)
    return at, call


def _at(value: object, before: datetime | timedelta) -> datetime | timedelta:
    if value is None:
        return before
    if isinstance(value, str) and value.startswith("P"):
        try:
            after = read_duration(value)
        except ValueError as error:
            raise InvalidEvent(str(error), field="timestamp") from None
        if after > _LONGEST:
            raise InvalidEvent(f"{value!r} is more than ten years after the start", field="timestamp")
        return after
    try:
        return to_instant(value)
    except ValueError as error:
        words = f"{error}, or as a time after the start, like 'PT2H' or 'P1D'"
        raise InvalidEvent(words, field="timestamp") from None


def _check(call: Mapping[str, Any], verbs: Verbs | None) -> None:
    """Makes sure that the door will take it, before anything is started for it."""
    named = call if call.get("userId") or call.get("anonymousId") else {**call, "userId": "somebody"}
    parse(named, received_at=to_instant("2026-01-01T00:00:00Z"), verbs=verbs)
