"""Who is in a segment, said again over plain facts: straight from the documentation, sharing no code with the SQL."""

import re
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from fermata.segments import Segment
from tests.integration.segments.people import Happened, Person


def holds(segment: Segment, person: Person, at: datetime) -> bool:
    """Whether the person is in it. The segment is taken as the JSON that is stored of it."""
    return _holds(segment.model_dump(mode="json"), person, at)


def _holds(asked: dict[str, Any], person: Person, at: datetime) -> bool:
    match asked["kind"]:
        case "and":
            return all(_holds(part, person, at) for part in asked["parts"])
        case "or":
            return any(_holds(part, person, at) for part in asked["parts"])
        case "not":
            return not _holds(asked["part"], person, at)
        case "did" | "occurrence":
            return _behaved(asked, [each for each in person.events if _is_meant(asked, each, at)], at)
        case "in_journey" | "was_in":
            return _enrolled(asked, person, at)
        case _:
            return _recorded(asked, person)


def _behaved(asked: dict[str, Any], events: list[Happened], at: datetime) -> bool:
    ages = sorted(at - each.at for each in events)
    within = _duration(asked["within"])
    if asked["kind"] == "did":
        return sum(1 for age in ages if within is None or age < within) >= int(asked["times"])
    if not ages:
        return False
    age = ages[-1] if asked["which"] == "first" else ages[0]
    before = _duration(asked["before"])
    return (before is None or age >= before) and (within is None or age < within)


def _enrolled(asked: dict[str, Any], person: Person, at: datetime) -> bool:
    begun = [run for run in person.runs if run.journey == asked["journey"] and run.started_at <= at]
    if asked["kind"] == "in_journey":
        return any(run.ended_at is None or run.ended_at > at for run in begun)
    within = _duration(asked["within"])
    return any(within is None or at - run.started_at < within for run in begun)


def _recorded(asked: dict[str, Any], person: Person) -> bool:
    match asked["kind"]:
        case "trait":
            return _compares(asked["comparison"], person.traits)
        case "consents":
            return person.consent.get(asked["channel"], {}).get(asked["purpose"]) == "granted"
        case "has_address":
            return bool(person.addresses.get(asked["channel"]))
        case "in_country":
            return (person.country or person.device_country) in asked["countries"]
        case "in_time_zone":
            return (person.time_zone or person.device_time_zone) in asked["zones"]
        case kind:
            raise AssertionError(f"what is {kind}?")


def _is_meant(asked: dict[str, Any], event: Happened, at: datetime) -> bool:
    return (
        event.name == asked["event"]
        and event.at <= at
        and all(_compares(each, event.properties) for each in asked["where"])
    )


def _compares(asked: dict[str, Any], document: Any) -> bool:
    found = document
    for step in asked["path"]:
        try:
            found = found[int(step)] if isinstance(found, list) else found[step]
        except (KeyError, IndexError, ValueError, TypeError):
            found = None
    return _answer(asked["operator"], found, asked["values"]) is not asked["negated"]


def _answer(operator: str, found: Any, values: list[Any]) -> bool:
    match operator:
        case "is_set":
            return found is not None
        case "is" | "one_of":
            return any(
                _number(found) == _number(value)
                if type(value) in (int, float)
                else type(found) is type(value) and found == value
                for value in values
            )
        case _:
            number, bound = _number(found), _number(values[0])
            if number is None or bound is None:
                return False
            signs = {"at_least": (0, 1), "more_than": (1,), "at_most": (0, -1), "less_than": (-1,)}
            return ((number > bound) - (number < bound)) in signs[operator]


def _number(value: Any) -> Fraction | None:
    if type(value) in (int, float) or (isinstance(value, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value)):
        return Fraction(str(value))
    return None


def _duration(text: str | None) -> timedelta | None:
    if text is None:
        return None
    if text.startswith("PT"):
        return timedelta(seconds=float(text[2:-1]))
    return timedelta(days=int(text[1:-1]))
