"""A journey in words: what starts and ends it, who enters, how often, and what it says on which channels."""

import inspect
from datetime import timedelta

from pydantic import BaseModel, ConfigDict

from fermata.journeys import After, Always, JourneyDefinition, Message, WhileActive
from fermata.vocabulary import Channel, Purpose, WhenCapped
from workflows.discovery import Journeys
from workflows.journey import Journey
from workflows.narration import in_words


class _Described(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class MessageDescription(_Described):
    """One thing that a journey says."""

    key: str
    """Its name: names its templates, steps and rows."""
    channels: tuple[Channel, ...]
    """In order of preference."""
    purpose: Purpose
    """`transactional` passes windows and caps."""
    topic: str | None
    """Whoever has opted out of it does not get it."""
    priority: int
    """0 to 100; its own, or the journey's."""
    expires_after: timedelta | None
    """It is dropped when it could only go later than this."""
    when_capped: WhenCapped | None
    """What to do on a full cap; null leaves it to the policy."""
    eligible: str | None
    """Who may get it, in words; null for everybody in the journey."""


class JourneyDescription(_Described):
    """A journey of this deployment."""

    name: str
    """As runs and Temporal name it."""
    summary: str
    """The first line of its file."""
    trigger: str
    """The event that starts a run; of several, the first."""
    also_triggered_by: tuple[str, ...]
    """Other events that start one as well."""
    where: tuple[str, ...]
    """What that event's properties must be, in words."""
    entry: str | None
    """Who enters, in words; null for everybody."""
    key: str | None
    """The property that tells runs of one person apart; null where there is one at a time."""
    while_active: WhileActive
    """What a trigger does that comes while its run is active: `deliver`, `ignore` or `restart`."""
    at_most_at_once: int | None
    """How many runs of different keys one person may be in."""
    goal: str | None
    """The event that a run is for."""
    exit_on: tuple[str, ...]
    """Other events that end it."""
    listens_to: tuple[str, ...]
    """Other events that it waits for."""
    reentry: str
    """Whether and when a person may enter again, in words."""
    holdout: float
    """The share of people who are enrolled and never reached, to compare."""
    priority: int
    """0 to 100, for messages without one of their own."""
    transactional: bool
    """It tells people only what they are owed: no holdout applies."""
    at_most: timedelta
    """A run ends when this long has passed."""
    messages: tuple[MessageDescription, ...]
    """What it says, in the order of its file."""


def describe(journeys: Journeys) -> tuple[JourneyDescription, ...]:
    """Describes every journey, in the order of their names.

    Args:
        journeys: Those of this deployment.
    """
    return tuple(_described(name, journey) for name, journey in sorted(journeys.classes.items()))


def _described(name: str, journey: type[Journey]) -> JourneyDescription:
    definition = journey.definition
    module = inspect.getmodule(journey)
    messages = [each for each in vars(module).values() if isinstance(each, Message)]
    return JourneyDescription(
        name=name,
        summary=(inspect.getdoc(module) or "").partition("\n")[0],
        trigger=definition.trigger.event,
        also_triggered_by=definition.trigger.others,
        where=tuple(str(each) for each in definition.trigger.where),
        entry=str(definition.entry) if definition.entry is not None else None,
        key=definition.key,
        while_active=definition.while_active,
        at_most_at_once=definition.at_most_at_once,
        goal=definition.goal,
        exit_on=definition.exit_on,
        listens_to=definition.listens_to,
        reentry=_reentry(definition),
        holdout=definition.holdout,
        priority=definition.priority,
        transactional=definition.transactional,
        at_most=definition.at_most,
        messages=tuple(_message(each, definition) for each in messages),
    )


def _reentry(definition: JourneyDefinition) -> str:
    match definition.reentry:
        case After(duration=duration):
            return f"{in_words(duration)} after the last run has ended"
        case Always():
            return "as soon as the last run has ended"
        case _:
            return "once for each key" if definition.key is not None else "once in a life"


def _message(message: Message, definition: JourneyDefinition) -> MessageDescription:
    return MessageDescription(
        key=message.key,
        channels=message.channels,
        purpose=message.purpose,
        topic=message.topic,
        priority=message.priority if message.priority is not None else definition.priority,
        expires_after=message.expires_after,
        when_capped=message.when_capped,
        eligible=str(message.eligible) if message.eligible is not None else None,
    )
