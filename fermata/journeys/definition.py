"""The definition of a journey: what starts it, what ends it, what it listens to, and the messages it can send."""

from datetime import timedelta
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from fermata.journeys.event import PERSONAL
from fermata.segments import Segment, Where
from fermata.segments.comparison import WhereGiven
from fermata.vocabulary import MESSAGE_CHANNELS, Channel, Purpose, WhenCapped


class _Frozen(BaseModel):
    # Unknown fields are ignored: a history recorded by a newer version must still decode here.
    model_config = ConfigDict(frozen=True, extra="ignore")


def _positive(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise ValueError(f"must be longer than zero, not {value}")
    return value


def _whole_minutes(value: timedelta) -> timedelta:
    if value % timedelta(minutes=1):
        raise ValueError(f"must be in whole minutes, not {value}")
    return value


PositiveDuration = Annotated[timedelta, AfterValidator(_positive)]
WholeMinutes = Annotated[PositiveDuration, AfterValidator(_whole_minutes)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class Message(_Frozen):
    """One thing to say, on the first of its channels that is open.

    Args:
        key: Its name: names its templates, its steps in the Temporal UI and its rows in the ledger.
        channels: In order of preference, the least intrusive first.
        purpose: ``marketing`` (the default) obeys every rule; ``transactional`` passes windows and caps.
        expires_after: Counted from the moment the journey first tries; a message that could only go later is dropped.
        priority: 0 to 100; overrides the journey's. A waiting message of higher priority gets a free slot first.
        when_capped: What to do on a full cap; None leaves it to the policy's default for the channel.
        topic: Its subject: whoever has opted out of that does not get it, and caps may count by it. None counts
            against every topic.
        eligible: Who may get it. Asked in the transaction of every decision, after each hold again; whoever is not in
            it any more is not reached (``eligibility_failed``).
        keeps_order: The channels are tried in this order, also where the person prefers another.
        spread_over: Those who waited for the channel to open get it over this time after the opening, each person at a
            place of their own, in whole minutes. None leaves it to the policy's table for the channel.
    """

    key: Key
    channels: tuple[Channel, ...] = Field(min_length=1)
    purpose: Purpose = Purpose.MARKETING
    expires_after: PositiveDuration | None = None
    priority: int | None = Field(default=None, ge=0, le=100)
    when_capped: WhenCapped | None = None
    topic: Key | None = None
    eligible: Segment | None = None
    keeps_order: bool = False
    spread_over: WholeMinutes | None = None

    @model_validator(mode="after")
    def _check_channels(self) -> Self:
        for channel in self.channels:
            if channel not in MESSAGE_CHANNELS:
                choices = ", ".join(sorted(MESSAGE_CHANNELS))
                raise ValueError(f"message {self.key!r}: {channel.value!r} is only a substitute; use one of {choices}")
        if len(set(self.channels)) != len(self.channels):
            raise ValueError(f"message {self.key!r}: a channel is named twice in {[c.value for c in self.channels]}")
        return self


class Trigger(_Frozen):
    """The event that starts a run, or any of several.

    Args:
        event: Its name in the Segment spec, for example ``"Product Added"``.
        others: Names of further events that start one as well: ``Trigger("Product Viewed", "Product Added")``.
        where: What its properties must be: ``{"category": "Shoes"}``, or comparisons such as ``its("price") >= 50``.
            Read from the event alone. One that is otherwise starts nothing (``event_condition_unmet``), and still
            reaches the run that is there.
    """

    event: str = Field(min_length=1)
    others: tuple[str, ...] = ()
    where: Where = ()

    def __init__(self, event: str, *others: str, where: WhereGiven = None, **data: object) -> None:
        super().__init__(event=event, where=where, **{"others": others, **data})

    @property
    def events(self) -> tuple[str, ...]:
        """Every event that starts a run."""
        return (self.event, *self.others)


class Never(_Frozen):
    """A profile enters the journey once in its life."""

    kind: Literal["never"] = "never"


class Always(_Frozen):
    """A profile may enter again as soon as its last run has ended."""

    kind: Literal["always"] = "always"


class After(_Frozen):
    """A profile may enter again when this long has passed since its last run ended.

    Args:
        duration: The time between the end of one run and the start of the next.
    """

    kind: Literal["after"] = "after"
    duration: PositiveDuration

    def __init__(self, duration: timedelta, **data: object) -> None:
        super().__init__(duration=duration, **data)


Reentry = Annotated[Never | Always | After, Field(discriminator="kind")]

WhileActive: TypeAlias = Literal["deliver", "ignore", "restart"]
"""What a trigger does that comes while the run it would start is active.

``deliver``: the run is told of it, as of an event that it waits for. ``ignore``: nothing. ``restart``: the run ends
(``exited``, ``restarted``), and another begins with this trigger; re-entry is not asked, all else is.
"""


class JourneyDefinition(_Frozen):
    """What the outside needs to know of a journey; the rest is the workflow's code.

    Args:
        trigger: The event that starts a run.
        entry: Who may enter: asked of Postgres when the trigger comes in, which counts already. None for everybody.
        key: The property of the trigger that tells runs of one profile apart, such as ``"order_id"``: one run for
            each value, and re-entry, goal and exits for each by itself. An event without the property reaches all of
            the profile's active runs. None for one run a profile.
        at_most_at_once: With a key: how many runs of one profile may be active at once; None for any number.
        while_active: What a trigger does that comes while its run is active: ``deliver`` (the default), ``ignore`` or
            ``restart``. With a key this is about the run of the same key; another key is another run. Either way no
            second run begins beside the first.
        goal: The event that means success; it ends the run at once. None for a journey without a goal.
        exit_on: Events that end the run without success.
        listens_to: Other events that the run waits for. A run never gets an event that is not named in its definition.
        reentry: Whether and when a profile may enter again.
        holdout: Share of profiles, 0 up to but not including 1, that are enrolled but never reached, to measure lift.
        priority: 0 to 100, for all its messages: who gets a slot that two messages want.
        transactional: It tells people only what they are owed. Then no holdout applies, the global one neither, and
            all its messages are ``transactional``.
        at_most: A run ends when this long has passed since it started.
    """

    trigger: Trigger
    entry: Segment | None = None
    key: str | None = Field(default=None, min_length=1, max_length=200)
    at_most_at_once: int | None = Field(default=None, ge=1)
    while_active: WhileActive = "deliver"
    goal: str | None = None
    exit_on: tuple[str, ...] = ()
    listens_to: tuple[str, ...] = ()
    reentry: Reentry = Never()
    holdout: float = Field(default=0.0, ge=0.0, lt=1.0)
    priority: int = Field(default=50, ge=0, le=100)
    transactional: bool = False
    at_most: PositiveDuration = timedelta(days=30)

    @model_validator(mode="after")
    def _check_events(self) -> Self:
        for event in self.trigger.events:
            if event in self.ends:
                raise ValueError(f"{event!r} starts this journey and ends it: take it out of goal or exit_on")
            if event in self.listens_to and self.while_active != "deliver":
                raise ValueError(
                    f"{event!r} is in listens_to, and while_active={self.while_active!r} keeps it from the run; "
                    "leave out one of them"
                )
        return self

    @model_validator(mode="after")
    def _check_runs(self) -> Self:
        if self.key is not None and self.key.lower() in PERSONAL:
            raise ValueError(f"key={self.key!r} is personal, and a key stands in ids; name the id of an order, say")
        if self.at_most_at_once is not None and self.key is None:
            raise ValueError("at_most_at_once counts runs of different keys; give a key, or leave it out")
        if self.transactional and self.holdout > 0:
            raise ValueError(f"holdout={self.holdout}: nobody is held out of what they are owed; leave out one of them")
        return self

    @property
    def ends(self) -> tuple[str, ...]:
        """Every event that ends a run: the goal, and the exits."""
        return ((self.goal,) if self.goal is not None else ()) + self.exit_on

    @property
    def awaited(self) -> frozenset[str]:
        """Every event that an active run is to be told of: the trigger again, goal, exits and what it listens to."""
        return frozenset((*self.trigger.events, *self.ends, *self.listens_to))
