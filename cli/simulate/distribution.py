"""Simulates many people side by side, each in a world of their own, and says what came of it in sum."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict

from cli.simulate.crowd import Member
from cli.simulate.moments import Moment, moments_of
from cli.simulate.setting import Setting
from cli.simulate.stage import Stage
from cli.simulate.world import World
from fermata.vocabulary import Action, Channel

_AT_ONCE = 8
_Key = TypeVar("_Key")


class MessageCount(BaseModel):
    """One message in sum.

    Args:
        message: Its key.
        sent: How often it would have gone out, by channel.
        held: How often it was held.
        dropped: How often it was not sent.
    """

    model_config = ConfigDict(frozen=True)

    message: str
    sent: dict[Channel, int]
    held: int
    dropped: int


class Distribution(BaseModel):
    """What came of many.

    Args:
        journey: The one that it is about.
        people: How many there were.
        start, end: The first instant and the last, over all of them.
        seconds: Of real time, without the start of the servers.
        simulated: The time that has passed for all of them together.
        entered: How many began the journey.
        not_entered: Why the others did not, by reason.
        outcomes: Of the journey's runs, by state.
        ends: The same by state and reason: ``converted: Order Completed``.
        sent: How many messages would have gone out, by channel.
        messages: The same by message.
        reasons: Of all decisions, by action and reason.
        hours: Messages by the hour of the person's day.
        most_to_one: The most that one person would have got.
        reached: How many would have got any.
        notes: What whoever reads it should know.
    """

    model_config = ConfigDict(frozen=True)

    journey: str
    people: int
    start: AwareDatetime
    end: AwareDatetime
    seconds: float
    simulated: timedelta
    entered: int
    not_entered: dict[str, int]
    outcomes: dict[str, int]
    ends: dict[str, int]
    sent: dict[Channel, int]
    messages: tuple[MessageCount, ...]
    reasons: dict[Action, dict[str, int]]
    hours: dict[int, int]
    most_to_one: int
    reached: int
    notes: tuple[str, ...]


class _Life(BaseModel):
    """One of them, when it is over."""

    zone: str
    start: AwareDatetime
    end: AwareDatetime
    moments: tuple[Moment, ...]
    states: tuple[tuple[str, str | None], ...]


async def simulate_many(
    stage: Stage, setting: Setting, crowd: Sequence[Member], seed: int, progress: Callable[[], None]
) -> Distribution:
    """Runs them all.

    Args:
        stage: Nobody else's.
        setting: What they run under.
        crowd: Who they are.
        seed: It is part of their ids, by which holdouts and variants are drawn.
        progress: Called when one of them is done.

    Raises:
        DefinitionError: A journey's code cannot go on; says why.
        Unavailable: Something hangs.
    """
    began = time.monotonic()
    turns = asyncio.Semaphore(_AT_ONCE)

    async def live(member: Member) -> _Life:
        async with turns:
            life = await _live(stage, setting, member, seed)
            progress()
            return life

    tasks = [asyncio.ensure_future(live(member)) for member in crowd]
    try:
        lives = await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()  # where one cannot go on, the others need not
        await asyncio.gather(*tasks, return_exceptions=True)
    return _sum(setting, lives, time.monotonic() - began)


async def _live(stage: Stage, setting: Setting, member: Member, seed: int) -> _Life:
    world = World(stage, member.enters_at, everybody=False, seed=seed)
    await world.person(member.user_id, identify={"traits": member.traits})
    end = member.enters_at + (setting.length or setting.longest)
    for planned in member.calls:
        at = member.enters_at + planned.after
        if at <= end:
            await world.advance_to(at)
            await world.accept([{**planned.call, "userId": member.user_id, "anonymousId": None}])
    if setting.length is not None:
        await world.advance_to(end)
    else:
        await world.finish(within=end - world.now)
    rows = [row for row in await stage.run_rows(world.profiles) if row["journey"] == setting.journey]
    return _Life(
        zone=member.zone,
        start=member.enters_at,
        end=world.now,
        moments=await moments_of(stage, world),
        states=tuple((row["state"], row["reason"]) for row in rows),
    )


def _sum(setting: Setting, lives: Sequence[_Life], seconds: float) -> Distribution:
    decisions = [moment for life in lives for moment in life.moments if moment.action is not None]
    sent = [(life, moment) for life in lives for moment in life.moments if moment.outgoing is not None]
    per_person = [sum(moment.outgoing is not None for moment in life.moments) for life in lives]
    reasons: dict[Action, Counter[str]] = {action: Counter() for action in Action}
    for moment in decisions:
        if moment.action is not None:
            reasons[moment.action][moment.reason or ""] += 1
    outcomes = Counter(state for life in lives for state, _ in life.states)
    return Distribution(
        journey=setting.journey,
        people=len(lives),
        start=min(life.start for life in lives),
        end=max(life.end for life in lives),
        seconds=round(seconds, 3),
        simulated=sum((life.end - life.start for life in lives), timedelta(0)),
        entered=sum(bool(life.states) for life in lives),
        not_entered=_most(Counter(_why_not(life, setting.journey) for life in lives if not life.states)),
        outcomes=_most(outcomes),
        ends=_most(Counter(f"{state}: {why}" if why else state for life in lives for state, why in life.states)),
        sent=_most(Counter(moment.channel for _, moment in sent if moment.channel is not None)),
        messages=_messages(decisions),
        reasons={action: _most(counted) for action, counted in reasons.items() if counted},
        hours=dict(sorted(Counter(moment.at.astimezone(ZoneInfo(life.zone)).hour for life, moment in sent).items())),
        most_to_one=max(per_person),
        reached=sum(count > 0 for count in per_person),
        notes=_notes(setting),
    )


def _why_not(life: _Life, journey: str) -> str:
    told = [moment.routing[journey] for moment in life.moments if journey in moment.routing]
    return told[0] if told else "never did what begins it"


def _messages(decisions: Sequence[Moment]) -> tuple[MessageCount, ...]:
    found = []
    for key in dict.fromkeys(moment.what for moment in decisions):
        mine = [moment for moment in decisions if moment.what == key]
        went = Counter(each.channel for each in mine if each.outgoing is not None and each.channel is not None)
        found.append(
            MessageCount(
                message=key,
                sent=_most(went),
                held=sum(each.action is Action.DEFER for each in mine),
                dropped=sum(each.action is Action.DROP for each in mine),
            )
        )
    return tuple(found)


def _notes(setting: Setting) -> tuple[str, ...]:
    done = (
        "what people do is made up from what the journey listens to"
        if setting.made_up
        else "each does what the events say, sooner or later, and leaves some of it out"
    )
    return (done, f"decided under {setting.policy_name}")


def _most(counted: Counter[_Key]) -> dict[_Key, int]:
    return dict(counted.most_common())
