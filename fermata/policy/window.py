"""The window of a channel as a policy writes it: "09:00-20:00", a table of weekdays, or one of three words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema
from pydantic.config import JsonDict

from fermata.policy.wall_time import minutes_of_day
from fermata.policy.weekly_hours import DAY_MINUTES, Hours, WeeklyHours

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FORMS = "write 'HH:MM-HH:MM', a list of those, a table of weekdays, 'always', 'session' or 'never'"

Kind = Literal["always", "session", "never", "hours"]
_WORDS: dict[str, Kind] = {"always": "always", "session": "session", "never": "never"}


@dataclass(frozen=True, eq=False)
class Window:
    """When a channel is open, in the profile's local time.

    Args:
        spec: As the policy writes it.
        kind: ``always``, ``never``, ``session`` (while the person is on a visit), or ``hours``.
        hours: The week; empty unless the kind is ``hours``.
    """

    spec: object
    kind: Kind
    hours: WeeklyHours

    @property
    def text(self) -> str:
        """As the policy writes it, for traces."""
        return str(self.spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Window) and self.spec == other.spec

    def __hash__(self) -> int:
        return hash(repr(self.spec))


def parse_window(value: object) -> Window:
    """Returns the window that the policy's value stands for.

    Raises:
        ValueError: The value has no such form, a range has no length, or two ranges overlap.
    """
    if isinstance(value, Window):
        return value
    if isinstance(value, str) and value in _WORDS:
        return Window(spec=value, kind=_WORDS[value], hours=WeeklyHours([]))
    if isinstance(value, Mapping):
        days = _weekday_table(value)
    elif isinstance(value, str | list | tuple):
        days = [_ranges(value)] * 7
    else:
        raise ValueError(f"{value!r} is no window; {_FORMS}")  # noqa: TRY004 - pydantic reads ValueError
    return Window(spec=value, kind="hours", hours=WeeklyHours(days))


def _weekday_table(table: Mapping[str, object]) -> list[list[Hours]]:
    days: list[list[Hours] | None] = [None] * 7
    for key, value in table.items():
        for day in _days(key):
            if days[day] is not None:
                raise ValueError(f"{WEEKDAYS[day]} is given twice, again by {key!r}; give each weekday once")
            days[day] = _ranges(value)
    return [day if day is not None else [] for day in days]


def _days(key: str) -> list[int]:
    """Returns the weekdays of "mon" or "mon-fri" (or "sat-mon", over the end of the week), Monday is 0."""
    names = key.split("-")
    if len(names) > 2 or not all(name in WEEKDAYS for name in names):
        raise ValueError(f"{key!r} names no weekday; use {', '.join(WEEKDAYS)} or a span such as 'mon-fri'")
    first, last = WEEKDAYS.index(names[0]), WEEKDAYS.index(names[-1])
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


def _ranges(value: object) -> list[Hours]:
    if value == "never":
        return []
    if value == "always":
        return [Hours(0, DAY_MINUTES)]
    if isinstance(value, list | tuple) and value:
        return [hours for part in value for hours in [_range(part)]]
    return [_range(value)]


def _range(value: object) -> Hours:
    if not isinstance(value, str) or value.count("-") != 1:
        raise ValueError(f"{value!r} is no window; {_FORMS}")
    opens, closes = value.split("-")
    start, end = minutes_of_day(opens.strip()), minutes_of_day(closes.strip())
    if start == DAY_MINUTES:
        raise ValueError(f"{value!r} starts at 24:00; write 00:00")
    if start == end:
        raise ValueError(f"{value!r} has no length; for all day write 'always', for no day 'never'")
    return Hours(start, end if end > start else end + DAY_MINUTES)


_RANGE_SCHEMA = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-4]):[0-5][0-9]$"}
_DAY_SCHEMA = {
    "anyOf": [_RANGE_SCHEMA, {"enum": ["always", "never"]}, {"type": "array", "items": _RANGE_SCHEMA, "minItems": 1}]
}
_DAY_NAMES = "|".join(WEEKDAYS)

WindowField = Annotated[
    Window,
    PlainValidator(parse_window),
    PlainSerializer(lambda window: window.spec),
    WithJsonSchema(
        {
            "anyOf": [
                _RANGE_SCHEMA,
                {"enum": ["always", "session", "never"]},
                {"type": "array", "items": _RANGE_SCHEMA, "minItems": 1},
                {
                    "type": "object",
                    "patternProperties": {f"^({_DAY_NAMES})(-({_DAY_NAMES}))?$": _DAY_SCHEMA},
                    "additionalProperties": False,
                    "minProperties": 1,
                },
            ]
        }
    ),
]


def window_default(spec: str | JsonDict) -> Any:  # noqa: ANN401 - what pydantic's Field returns
    """Returns the default of a field that is a window; the schema shows it as a policy writes it."""
    return Field(default_factory=lambda: parse_window(spec), json_schema_extra={"default": spec})
