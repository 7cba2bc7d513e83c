"""What a broadcast is, as a deployment declares it: whom it is for, the journey that it enters them into, and how."""

from collections.abc import Mapping
from typing import Annotated, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fermata.broadcasts.local_time import LocalTimeField
from fermata.broadcasts.rate import RateField
from fermata.errors import DefinitionError
from fermata.journeys import JourneyDefinition, key_value
from fermata.policy.facts import ZoneName
from fermata.segments import Segment, satisfies
from fermata.segments.duration import Duration, duration_words

Name: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Properties: TypeAlias = dict[Annotated[str, Field(min_length=1, max_length=200)], str | int | float | bool | None]


class _Declared(BaseModel):
    # Unknown fields are refused: to leave one out would reach other people.
    model_config = ConfigDict(frozen=True, extra="forbid")


class Recurrence(_Declared):
    """When a broadcast begins again and again: ``Recurrence(every=days(1))``, or by the calendar.

    Args:
        every: Counted from 1970, so that ``days(1)`` is midnight in UTC; with ``offset`` so much later.
        offset: Shorter than ``every``.
        cron: Five fields, ``"0 6 * * mon-fri"``, instead of ``every``.
        time_zone: Whose calendar the cron expression reads.
    """

    every: Duration | None = None
    offset: Duration | None = None
    cron: str | None = Field(default=None, min_length=1, max_length=200)
    time_zone: ZoneName = "Etc/UTC"

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.every is None) == (self.cron is None):
            raise ValueError("say when by `every` or by `cron`, not by both and not by neither")
        if self.offset is not None and (self.every is None or self.offset >= self.every):
            raise ValueError(f"offset={self.offset} goes with an `every` that is longer")
        return self

    def __str__(self) -> str:
        if self.cron is not None:
            return f"cron {self.cron!r} in {self.time_zone}"
        every = duration_words(self.every) if self.every is not None else "never"
        return f"every {every}" + (f", offset {duration_words(self.offset)}" if self.offset is not None else "")


class Broadcast(_Declared):
    """An announcement to a segment: each of its members gets the event that begins a journey.

    Args:
        name: Its name; also that of its holdout's draw.
        journey: The journey that they enter. Its trigger is the event that they get.
        segment: Who is meant, as of the instant at which it begins.
        properties: Of the event. Where the journey has a key and they do not give it, it is the broadcast's id.
        rate: How many people enter in how long: ``"50/s"``; None for as fast as it goes.
        holdout: Share of the segment, 0 up to but not including 1, that is left out to measure what it brings.
        local_time: On each person's own clock: ``"10:00"``; None for all at once.
        recurs: When it begins by itself; None for when somebody starts it.
    """

    name: Name
    journey: str = Field(min_length=1)
    segment: Segment
    properties: Properties = Field(default_factory=dict)
    rate: RateField | None = None
    holdout: float = Field(default=0.0, ge=0.0, lt=1.0)
    local_time: LocalTimeField | None = None
    recurs: Recurrence | None = None

    @model_validator(mode="after")
    def _no_day_again_and_again(self) -> Self:
        if self.recurs is not None and self.local_time is not None and self.local_time.on is not None:
            raise ValueError(
                f"local_time={str(self.local_time)!r} is of one day, and the broadcast recurs; write 10:00"
            )
        return self

    @property
    def draw(self) -> str:
        """The scope of its holdout's draw."""
        return f"broadcast:{self.name}"

    def announced(self, definition: JourneyDefinition, broadcast_id: str) -> dict[str, object]:
        """Returns the properties of the event that each person gets.

        Args:
            definition: Of its journey.
            broadcast_id: Of this time that it goes out.

        Raises:
            DefinitionError: The journey's trigger asks for something that they are not.
        """
        properties: dict[str, object] = {**self.properties, "broadcast": self.name}
        if definition.key is not None and key_value(properties, definition.key) is None:
            properties[definition.key] = broadcast_id
        if not satisfies(properties, definition.trigger.where):
            wanted = " and ".join(str(each.words) for each in definition.trigger.where)
            raise DefinitionError(
                f"broadcast {self.name!r}: journey {self.journey!r} begins with {definition.trigger.event!r} where "
                f"{wanted}, and its properties are {dict(self.properties)}; give it those"
            )
        return properties


Declared: TypeAlias = Mapping[str, Broadcast]
"""The broadcasts of a deployment, by name."""
