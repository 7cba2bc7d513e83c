"""Somebody of whom only events tell: through the real ingest and dispatcher into the journeys that ship."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Self
from uuid import UUID

from temporalio.client import WorkflowHandle

from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import held_out
from tests.acceptance.world import World
from tests.people import GRANTED, zone_where_it_is
from worker.dispatcher import Dispatcher

_numbers = count()
_AHEAD = timedelta(days=90)  # what a run tells under skipped time comes in ahead of our clock
_CANDIDATES = 100  # with ten holdouts of a tenth, one in three is in none of them


@dataclass
class Shopper:
    """A person at the door.

    Args:
        world: Where.
        user_id: Theirs.
        profile_id: What the door made of it.
    """

    world: World
    user_id: str
    profile_id: UUID

    @classmethod
    async def introduced(
        cls, world: World, *, hour: int = 12, suits: Callable[[UUID], bool] = lambda _: True, **traits: Any
    ) -> Self:
        """Somebody says who they are, where it is this hour now; one whom no journey's holdout holds out.

        Args:
            world: Where.
            hour: There, now.
            suits: Whether somebody may be it, by their profile's id: what else is drawn hangs on that.
            traits: That they have.
        """
        known = {
            "timezone": zone_where_it_is(hour),
            "consent": {**GRANTED, "ads": {"marketing": "granted"}},
            "firstName": "Ada",
            **traits,
        }
        for number in range(_CANDIDATES):
            user_id = f"ada-{number}"
            said = {"email": f"{user_id}@example.com", **known}
            await _accept(world, {"type": "identify", "userId": user_id, "traits": said})
            profile_id = await world.pool.fetchval("SELECT profile_id FROM identities WHERE value = $1", user_id)
            shares = {name: world.registry[name].holdout for name in world.registry}
            if not any(held_out(name, profile_id, share) for name, share in shares.items()) and suits(profile_id):
                return cls(world, user_id, profile_id)
        raise AssertionError("everybody is held out")

    async def does(self, event: str, **properties: Any) -> None:
        """They do something, and it reaches the runs that it concerns."""
        await _accept(self.world, {"type": "track", "event": event, "userId": self.user_id, "properties": properties})
        await self.settle()

    async def says(self, call: dict[str, Any], *, ago: timedelta = timedelta(0)) -> None:
        """They make any call of the spec, so long ago, and what follows from it reaches the runs."""
        at = datetime.now(UTC) - ago
        await _accept(self.world, {"userId": self.user_id, "timestamp": at.isoformat(), **call})
        await self.settle()

    async def settle(self) -> None:
        """What waits for the dispatcher goes to its runs."""
        with self.world.skipper.with_time_skipping_disabled():
            dispatcher = Dispatcher(self.world.pool, self.world.skipper.client, queue=self.world.queue)
            while await dispatcher.deliver_due(datetime.now(UTC) + _AHEAD):
                pass

    async def run(self, journey: str) -> WorkflowHandle[Any, Any]:
        """Their latest run in a journey."""
        workflow_id = await self.world.pool.fetchval(
            "SELECT workflow_id FROM journey_runs WHERE journey = $1 AND profile_id = $2 ORDER BY started_at DESC",
            journey,
            self.profile_id,
        )
        assert workflow_id is not None, f"{self.user_id} is not in {journey}"
        handle = self.world.skipper.client.get_workflow_handle(workflow_id)
        self.world.started.append(handle)
        return handle

    async def runs(self) -> dict[str, str]:
        """How all their runs stand, by journey."""
        rows = await self.world.pool.fetch(
            "SELECT journey, state FROM journey_runs WHERE profile_id = $1", self.profile_id
        )
        return {row["journey"]: row["state"] for row in rows}

    def subjects(self) -> list[str]:
        """Of the mail that came, in order."""
        return [str(mail.message["Subject"]) for mail in self.world.smtp.messages]


async def _accept(world: World, call: dict[str, Any]) -> None:
    now = datetime.now(UTC)
    event = parse({"messageId": f"shopper-{next(_numbers)}", **call}, received_at=now)
    await Ingest(world.pool, world.registry).accept([event], (), now)
