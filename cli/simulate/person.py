"""Somebody in a simulated world: what they do, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from cli.simulate.stage import Stage
from fermata.channels import Envelope
from fermata.database import Queries
from fermata.errors import NotFound
from fermata.journeys import Outcome
from fermata.vocabulary import Action, Channel, Reason

if TYPE_CHECKING:
    from cli.simulate.world import World

_QUERIES = Queries("cli.simulate")

REACHABLE: Mapping[str, Any] = {
    "firstName": "Ada",
    "phone": "+447700900123",  # a number that Ofcom keeps for fiction
    "push_token": "a-token-of-no-device",
    "timezone": "Europe/London",
    "locale": "en-GB",
    "address": {"country": "GB"},
    "consent": {channel: {"marketing": "granted"} for channel in ("email", "sms", "push", "in_app", "ads")},
}
"""Traits of somebody whom every channel reaches, and who has said yes to all."""


class MadeDecision(BaseModel):
    """What was decided about one attempt to reach somebody.

    Args:
        message: Its key.
        next_eligible_at: With ``defer``; None there means: at the next visit.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    journey: str
    message: str
    action: Action
    reason: Reason
    channel: Channel | None
    next_eligible_at: datetime | None
    decided_at: datetime


@dataclass(frozen=True)
class Person:
    """Somebody. ``World.person`` makes them.

    Args:
        world: Where they are.
        user_id: Theirs.
        profile_id: What they are here.
    """

    world: "World"
    stage: Stage
    user_id: str
    profile_id: UUID

    async def does(self, event: str, **properties: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
        """They do something, now, and it reaches the runs that it concerns.

        Args:
            event: Its name, such as ``"Product Added"``.
            properties: Of it.
        """
        call = {"type": "track", "event": event, "userId": self.user_id, "properties": properties}
        await self.world.accept([call])

    async def says(self, **traits: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
        """They tell something of themselves: ``says(timezone="Asia/Tokyo")``."""
        await self.world.accept([{"type": "identify", "userId": self.user_id, "traits": traits}])

    def messages(self) -> list[Envelope]:
        """What has reached them, in order: ``message_key``, ``channel``, ``content``, ``sent_at`` of each."""
        return self.stage.recorder.of_profiles()[self.profile_id]

    async def decisions(self) -> list[MadeDecision]:
        """Every decision about them, in order."""
        rows = await self.stage.pool.fetch(_QUERIES["decisions"], [self.profile_id])
        return [MadeDecision.model_validate(dict(row)) for row in rows]

    async def is_in(self, journey: str) -> bool:
        """Whether a run of theirs in the journey goes on."""
        rows = await self.stage.pool.fetch(_QUERIES["runs"], [self.profile_id])
        return any(row["journey"] == journey and row["ended_at"] is None for row in rows)

    async def outcome(self, journey: str) -> Outcome:
        """How their latest run in a journey ended.

        Raises:
            NotFound: They were never in it, or it goes on; says why, and what it waits for.
        """
        rows = await self.stage.pool.fetch(_QUERIES["runs"], [self.profile_id])
        latest = next((row for row in reversed(rows) if row["journey"] == journey), None)
        if latest is None:
            raise NotFound(f"{self.user_id} was never in {journey}: {await self._why(journey)}")
        if latest["ended_at"] is None:
            wait = next((run.next_wait for run in self.world.runs if run.workflow_id == latest["workflow_id"]), None)
            waits = f"{wait.label}, until {wait.until:%a %d %b %H:%M} UTC" if wait is not None else "waits for nothing"
            raise NotFound(f"{self.user_id} is in {journey} still ({waits}); advance the world")
        return Outcome(state=latest["state"], reason=latest["reason"] or "", ended_at=latest["ended_at"])

    async def _why(self, journey: str) -> str:
        """Why the latest event that could have begun it did not."""
        rows = await self.stage.pool.fetch(_QUERIES["events"], [self.profile_id])
        refused = [(row["name"], row["routing"][journey]) for row in rows if journey in row["routing"]]
        if not refused:
            trigger = self.stage.registry[journey].trigger.event
            return f"it begins with {trigger!r}, which they never did"
        return f"their {refused[-1][0]!r} did not start it: {refused[-1][1]}"
