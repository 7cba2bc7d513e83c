"""What happened in a simulation, in order: events, waits, decisions with what would have gone out, and ends of runs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict

from cli.simulate.stage import KnownAs, Stage
from cli.simulate.watched_run import Wait, WatchedRun, joined
from cli.simulate.world import World
from fermata.channels import Envelope
from fermata.database import Queries
from fermata.vocabulary import Action, Channel, Reason

_QUERIES = Queries("cli.simulate")
_ENDED_BY_AN_EVENT = frozenset({"converted", "exited", "holdout"})


class Outgoing(BaseModel):
    """A message as it would have gone out.

    Args:
        address: Where to; None on channels that need none.
        content: Its parts, by name: ``subject``, ``text``, ``html``; ``title``, ``body``, ``url``; ``audience``.
    """

    model_config = ConfigDict(frozen=True)

    address: str | None
    content: dict[str, Any]

    @classmethod
    def of(cls, envelope: Envelope) -> "Outgoing":
        """What an envelope holds."""
        return cls(address=envelope.address, content=asdict(envelope.content))


class Moment(BaseModel):
    """One thing that happened.

    Args:
        at: When.
        local: The same on the person's clock: ``2026-03-04T19:30:00+01:00``.
        person: Whose it is: the user id, else a visitor's, else the profile's id.
        journey: Whose it is; None for an event.
        what: The event's name, the wait's label, the message's key, or the state in which the run ended.
        routing: Of an event: what it did in each journey that it concerns: ``started``, ``reached``, or why nothing.
        explanations: Of an event: the same in more words, where there are more.
        until: Of a wait: its latest end. Of a decision to hold: the next eligible time.
        ended_at: Of a wait: its end; None where it goes on.
        action, reason, channel: Of a decision. The reason of an end is in words.
        outgoing: Of a decision to send: what would have gone out.
    """

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    local: AwareDatetime
    kind: Literal["event", "wait", "decision", "ended"]
    person: str
    what: str
    journey: str | None = None
    routing: dict[str, str] = {}
    explanations: dict[str, str] = {}
    until: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    action: Action | None = None
    reason: str | None = None
    channel: Channel | None = None
    outgoing: Outgoing | None = None


async def moments_of(stage: Stage, world: World) -> tuple[Moment, ...]:
    """All that happened in a world.

    Args:
        stage: The world's.
        world: Whose.
    """
    people = world.profiles
    fetch = stage.pool.fetch
    telling = _Telling(await stage.known(people), stage.recorder.of_decisions())
    runs = await fetch(_QUERIES["runs"], people)
    decisions = await fetch(_QUERIES["decisions"], people)
    told = [
        *telling.events(await fetch(_QUERIES["events"], people)),
        *telling.ends(runs),
        *telling.decisions(decisions),
        *telling.waits(world.runs, runs, decisions),
    ]
    return tuple(sorted(told, key=lambda moment: (moment.at, _place(moment))))


def _place(moment: Moment) -> int:
    """Among those of one instant: what happens, what it ends, what then follows, and what comes to its end by that."""
    if moment.kind == "ended":
        return 1 if moment.what in _ENDED_BY_AN_EVENT else 4
    return {"event": 0, "decision": 2, "wait": 3}[moment.kind]


class _Telling:
    """Writes rows as moments."""

    def __init__(self, known: Mapping[UUID, KnownAs], envelopes: Mapping[UUID, Envelope]) -> None:
        self._known, self._envelopes = known, envelopes

    def events(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[Moment]:
        for row in rows:
            yield self._moment(
                row["occurred_at"],
                row["profile_id"],
                kind="event",
                what=row["name"],
                routing=row["routing"],
                explanations=row["explanations"],
            )

    def ends(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[Moment]:
        for row in rows:
            if row["ended_at"] is not None:
                yield self._moment(
                    row["ended_at"],
                    row["profile_id"],
                    kind="ended",
                    what=row["state"],
                    journey=row["journey"],
                    reason=row["reason"],
                )

    def decisions(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[Moment]:
        for row in rows:
            envelope = self._envelopes.get(row["id"])
            yield self._moment(
                row["decided_at"],
                row["profile_id"],
                kind="decision",
                what=row["message"],
                journey=row["journey"],
                until=row["next_eligible_at"],
                action=row["action"],
                reason=Reason(row["reason"]),
                channel=row["channel"],
                outgoing=Outgoing.of(envelope) if envelope is not None else None,
            )

    def waits(
        self, watched: Sequence[WatchedRun], runs: Sequence[Mapping[str, Any]], decisions: Sequence[Mapping[str, Any]]
    ) -> Iterator[Moment]:
        """Those of the journeys themselves: a hold is told by the decision that brought it about.

        What ended at the instant at which it began was no wait.
        """
        holds = {(row["journey"], row["next_eligible_at"]) for row in decisions if row["next_eligible_at"] is not None}
        decided = {(row["journey"], row["decided_at"]) for row in decisions}
        of_workflows = {row["workflow_id"]: row for row in runs}
        for run in watched:
            row = of_workflows.get(run.workflow_id)
            if row is not None:
                journey = row["journey"]
                own = [
                    wait for wait in run.waits if (journey, wait.until) not in holds and wait.ended_at != wait.began_at
                ]
                for wait in joined(own, {at for name, at in decided if name == journey}):
                    yield self._wait(wait, row)

    def _wait(self, wait: Wait, row: Mapping[str, Any]) -> Moment:
        return self._moment(
            wait.began_at,
            row["profile_id"],
            kind="wait",
            what=wait.label,
            journey=row["journey"],
            until=wait.until,
            ended_at=wait.ended_at,
        )

    def _moment(self, at: datetime, profile_id: UUID, **rest: Any) -> Moment:  # noqa: ANN401 - fields of a moment
        known = self._known.get(profile_id, KnownAs(str(profile_id), None))
        return Moment(at=at, local=at.astimezone(ZoneInfo(known.zone or "UTC")), person=known.name, **rest)
