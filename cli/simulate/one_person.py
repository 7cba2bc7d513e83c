"""Simulates one person: what they do happens when it was planned, and all that follows from it in between."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from cli.simulate.moments import Moment, moments_of
from cli.simulate.setting import Setting
from cli.simulate.stage import KnownAs, Stage
from cli.simulate.world import World
from fermata.vocabulary import Channel


class SimulatedRun(BaseModel):
    """How a run came out.

    Args:
        state: As of an outcome; ``active`` where it goes on.
        reason: In words; None where it goes on.
    """

    model_config = ConfigDict(frozen=True)

    journey: str
    person: str
    state: str
    reason: str | None
    started_at: AwareDatetime
    ended_at: AwareDatetime | None


class Simulation(BaseModel):
    """What came of it.

    Args:
        journey: The one that it is about.
        start, end: The first and the last instant.
        seconds: Of real time, without the start of the servers.
        time_zone: On whose clock local times are; None where the person's is not known.
        runs: In the order in which they began.
        sent: How many messages would have gone out, by channel.
        timeline: All that happened, in order.
        notes: What whoever reads it should know.
    """

    model_config = ConfigDict(frozen=True)

    journey: str
    start: AwareDatetime
    end: AwareDatetime
    seconds: float
    time_zone: str | None
    runs: tuple[SimulatedRun, ...]
    sent: dict[Channel, int]
    timeline: tuple[Moment, ...]
    notes: tuple[str, ...]


async def simulate_one(stage: Stage, setting: Setting) -> Simulation:
    """Runs it from the first instant to the last.

    Args:
        stage: Nobody else's.
        setting: What it runs under.

    Raises:
        DefinitionError: A journey's code cannot go on; says why.
        InvalidEvent: An event cannot be taken in.
        Unavailable: Something hangs.
    """
    began = time.monotonic()
    world = World(stage, setting.start)
    person = await world.person(setting.user_id, identify=setting.identify)
    for planned in setting.calls:
        at = setting.start + planned.after
        if setting.length is not None and planned.after > setting.length:
            break
        await world.advance_to(at)
        await world.accept([{**planned.call, "userId": person.user_id} if planned.is_nobodys else planned.call])
    if setting.length is None:
        await world.finish(within=setting.start + setting.longest - world.now)
    else:
        await world.advance_to(setting.start + setting.length)
    seconds = time.monotonic() - began
    timeline = await moments_of(stage, world)
    known = await stage.known(world.profiles)
    clock = known.get(person.profile_id)
    return Simulation(
        journey=setting.journey,
        start=setting.start,
        end=world.now,
        seconds=round(seconds, 3),
        time_zone=clock.zone if clock is not None else None,
        runs=_runs(await stage.run_rows(world.profiles), known),
        sent=dict(Counter(envelope.channel for envelope in stage.recorder.envelopes)),
        timeline=timeline,
        notes=_notes(setting, timeline),
    )


def _runs(rows: Iterable[Mapping[str, Any]], known: Mapping[UUID, KnownAs]) -> tuple[SimulatedRun, ...]:
    return tuple(
        SimulatedRun(
            journey=row["journey"],
            person=known[row["profile_id"]].name,
            state=row["state"],
            reason=row["reason"],
            started_at=row["started_at"],
            ended_at=row["ended_at"],
        )
        for row in rows
    )


def _notes(setting: Setting, timeline: tuple[Moment, ...]) -> tuple[str, ...]:
    notes = []
    trigger = setting.journeys.registry[setting.journey].trigger
    if setting.made_up:
        notes.append(f"no --events: a made-up {trigger.event!r} begins it, and nothing else is done")
    if setting.described is None:
        notes.append("no --profile: somebody in London whom every channel reaches and who has said yes to all")
    notes.append(f"decided under {setting.policy_name}; nobody is held out")
    began = any(moment.routing.get(setting.journey) == "started" for moment in timeline)
    if not began:
        names = " or ".join(repr(event) for event in trigger.events)
        notes.append(f"{setting.journey} did not begin: it begins with {names}")
    left = len([call for call in setting.calls if setting.length is not None and call.after > setting.length])
    if left:
        notes.append(f"{left} of {len(setting.calls)} events lie after the end, and were left out")
    return tuple(notes)
