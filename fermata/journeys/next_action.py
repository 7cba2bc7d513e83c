"""One of several things that could come next for somebody, the signal that asks for it, and what was chosen."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fermata.journeys.definition import Key, Message
from fermata.segments import Segment


class NextAction(BaseModel):
    """One thing that could come next.

    Args:
        key: Its name, in records and figures.
        when: The signal: who it is for, at the moment at which it is asked.
        message: What is said then.
        propensity: The purchase propensity that it is for, from (included) to (not included), 0 to 1: ``(0, 0.4)``
            for whoever needs a push. Where a model is in force, an action that is not for the person comes after
            those that are; None for whoever it is.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: Key
    when: Segment
    message: Message
    propensity: tuple[float, float] | None = None

    @model_validator(mode="after")
    def _check_propensity(self) -> Self:
        if self.propensity is not None:
            low, high = self.propensity
            if not 0 <= low < high <= 1:
                raise ValueError(f"propensity={self.propensity}: from, then to, between 0 and 1")
        return self


class Chosen(BaseModel):
    """What comes next.

    Args:
        key: Of the action; None where no signal holds.
        why: In words, without what the person did: that stands in the record, not in Temporal's history.
        held_out: It was chosen, and is not to be done, so that what it brings can be measured.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: str | None
    why: str
    held_out: bool = Field(default=False)
