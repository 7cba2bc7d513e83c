"""The map of a journey: what its code does, step by step, as a graph. It is read from the code and nowhere else."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class StepKind(StrEnum):
    """What a step of a journey does."""

    START = "start"
    SEND = "send"
    HAND_OFF = "hand_off"
    WAIT = "wait"
    ASK = "ask"
    TELL = "tell"
    BRANCH = "branch"
    LOOP = "loop"
    FORK = "fork"
    JOIN = "join"
    CHILD = "child"
    ACTIVITY = "activity"
    UNREAD = "unread"
    END = "end"
    GOAL = "goal"
    EXIT = "exit"
    LIMIT = "limit"


class _Drawn(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class Step(_Drawn):
    """A step of a journey, or one of its ends."""

    id: str
    """Its name in this map: ``s1``, ``s2``, in the order of the code; ``start``, ``end``, ``goal``, ``limit``."""
    kind: StepKind
    """What it does."""
    label: str
    """In words."""
    line: int
    """Where it stands in the file; of an end, where the class begins."""
    messages: tuple[str, ...] = ()
    """Keys of the messages that it may send: one, where the code does not choose."""


class Way(_Drawn):
    """How a run gets from one step to another."""

    source: str
    """The id of the step that it leaves."""
    target: str
    """The id of the step that it comes to."""
    label: str | None = None
    """When it goes this way; null for always."""
    back: bool = False
    """It leads back to an earlier step: a loop's next round."""
    at_any_time: bool = False
    """It may be gone at every wait, from wherever the run stands: to the goal, an exit, the time limit."""


class Unread(_Drawn):
    """A piece of the code that the map could not read."""

    line: int
    """Where it stands."""
    code: str
    """Its first line."""
    why: str
    """What cannot be read of it."""


class JourneyMap(_Drawn):
    """A journey's map."""

    journey: str
    """Its name."""
    title: str
    """The first line of its file."""
    steps: tuple[Step, ...]
    """In the order of the code, the ends last."""
    ways: tuple[Way, ...]
    """Between them."""
    unread: tuple[Unread, ...] = ()
    """What is not drawn, or not for sure; empty where all of it was read."""
