"""The rules of lead scoring, as a TOML file writes them; what is wrong with one is told with its place."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, model_validator
from pydantic_core import ErrorDetails

from fermata.errors import ConfigurationError
from fermata.policy.duration import Duration
from fermata.policy.places import line_of
from fermata.segments.comparison import Comparison, Operator, Where
from fermata.segments.text import Name

_VALUE_ERROR = "Value error, "
Points = Annotated[float, Field(ge=-1000, le=1000, allow_inf_nan=False)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EventRule(_Table):
    """Points for each time that something happened.

    Args:
        event: Its name.
        points: Each time, at the instant itself. Negative ones take away.
        most: The most points, to either side, that the rule gives in all; None for no limit.
        half_life: After which half of them is left; None for that of the document.
        where: What the event's properties must be.
    """

    event: Name
    points: Points
    most: Annotated[float, Field(gt=0, le=1000)] | None = None
    half_life: Duration | None = None
    where: Where = ()


class TraitRule(_Table):
    """Points for what a trait is, for as long as it is so.

    Args:
        trait: Its name; "company.size" goes deeper.
        points: Negative ones take away.
        comparison: What the trait must be; a file writes one of ``is``, ``one_of``, ``at_least`` and ``is_set = true``.
    """

    trait: Name
    points: Points
    comparison: Comparison

    @model_validator(mode="before")
    @classmethod
    def _read_comparison(cls, table: object) -> object:
        if not isinstance(table, Mapping) or "comparison" in table:
            return table
        asked = [name for name in ("is", "one_of", "at_least", "is_set") if name in table]
        if len(asked) != 1:
            raise ValueError("say what the trait must be with one of is, one_of, at_least, or is_set = true")
        value = table[asked[0]]
        if asked[0] == "is_set" and value is not True:
            raise ValueError(f"is_set = {value!r} asks nothing; write is_set = true")
        values = {"is_set": (), "one_of": value}.get(asked[0], (value,))
        comparison = {"path": table.get("trait"), "operator": Operator(asked[0]), "values": values}
        return {name: given for name, given in table.items() if name not in asked} | {"comparison": comparison}


def _kind(rule: object) -> str | None:
    names = rule.keys() if isinstance(rule, Mapping) else vars(rule).keys()
    found = {"event", "trait"} & set(names)
    return found.pop() if len(found) == 1 else None


Rule: TypeAlias = Annotated[
    Annotated[EventRule, Tag("event")] | Annotated[TraitRule, Tag("trait")],
    Discriminator(
        _kind, custom_error_type="no_rule", custom_error_message="a rule is about an event or a trait: name one of them"
    ),
]


class LeadRules(_Table):
    """How leads are scored.

    Args:
        version: Of the form of the document.
        half_life: Of events whose rule has none of its own.
        cap: No score is higher; none is below 0.
        warm, hot: From how many points on somebody is so; below both they are cold.
        rules: By name; the names stand in the reasons of a score.
    """

    version: Literal[1]
    half_life: Duration
    cap: Annotated[float, Field(gt=0, le=100_000)] = 100
    warm: Annotated[float, Field(gt=0)]
    hot: Annotated[float, Field(gt=0)]
    rules: dict[Name, Rule] = Field(min_length=1, max_length=200)

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if not self.warm < self.hot <= self.cap:
            raise ValueError(f"warm = {self.warm:g}, hot = {self.hot:g} and cap = {self.cap:g} must rise in this order")
        return self

    @property
    def events(self) -> frozenset[str]:
        """The names of the events that give points."""
        return frozenset(rule.event for rule in self.rules.values() if isinstance(rule, EventRule))


class InvalidLeadRules(ConfigurationError):
    """Rules of lead scoring that cannot be used; the message names each fault with its place."""


def parse_lead_rules(text: str, source: str = "lead score") -> LeadRules:
    """Returns the rules of a TOML document.

    Args:
        text: The document.
        source: What errors call it.

    Raises:
        InvalidLeadRules: With all the faults of the document.
    """
    try:
        return LeadRules.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InvalidLeadRules(f"{source}: this is no TOML: {error}") from None
    except ValidationError as error:
        told = sorted((line_of(_path(fault), text) or 0, _told(fault)) for fault in error.errors())
        places = (f"{source}: line {line}, {fault}" if line else f"{source}: {fault}" for line, fault in told)
        raise InvalidLeadRules("; ".join(places)) from None


def load_lead_rules(path: Path | None) -> LeadRules:
    """Returns the rules of a file; without one, those that ship (``presets/lead_score.toml``).

    Raises:
        InvalidLeadRules: With all the faults of the document.
        ConfigurationError: The file cannot be read.
    """
    if path is None:
        return default_lead_rules()
    try:
        return parse_lead_rules(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"FERMATA_LEAD_SCORE={path} cannot be read: {error}; name a TOML file") from None


@cache
def default_lead_rules() -> LeadRules:
    """Returns the rules that ship; read once."""
    text = files("fermata.traits").joinpath("presets/lead_score.toml").read_text(encoding="utf-8")
    return parse_lead_rules(text, "the lead score that ships")


def _path(fault: ErrorDetails) -> list[str]:
    """Where it stands in the file, which knows neither the tag of a rule's kind nor positions in lists."""
    path = [str(part) for part in fault["loc"] if isinstance(part, str)]
    if len(path) > 2 and path[0] == "rules":
        del path[2]
    return path


def _told(fault: ErrorDetails) -> str:
    path, value = ".".join(_path(fault)), fault["input"]
    shown = "" if isinstance(value, dict) else f" = {repr(value)[:80]}"
    said = "no such key" if fault["type"] == "extra_forbidden" else fault["msg"].removeprefix(_VALUE_ERROR)
    return f"{path}{shown}: {said}" if path else said
