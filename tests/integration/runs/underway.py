"""A run that is under way in Temporal and that the ledger knows, as the dispatcher leaves it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self
from uuid import UUID

from temporalio.client import WorkflowHandle

from cli.stack.waiting import until
from tests.acceptance.world import World

LIMIT = timedelta(seconds=20)


@dataclass(frozen=True)
class Underway:
    """A run.

    Args:
        id: The ledger's.
        profile_id: Whose it is.
        handle: Temporal's.
        world: It goes on in.
    """

    id: UUID
    profile_id: UUID
    handle: WorkflowHandle[Any, Any]
    world: World

    @classmethod
    async def begin(cls, world: World) -> Self:
        """Enrols somebody, and waits until their run has begun its first wait."""
        run = await cls.start(world)
        assert await until(run.waits, limit=LIMIT)
        return run

    @classmethod
    async def start(cls, world: World, journey: str = "cart_recovery") -> Self:
        """Enrols somebody, and starts their run."""
        person = await world.enrol(journey)
        handle = await world.start(person)
        await world.pool.execute(
            "UPDATE journey_runs SET temporal_run_id = $2 WHERE id = $1", person.run_id, handle.first_execution_run_id
        )
        return cls(person.run_id, person.profile_id, handle, world)

    async def waits(self) -> bool:
        """Says whether it is in a wait."""
        return str((await self.handle.query("status"))["standing"]).startswith("Wait")

    async def is_over(self) -> bool:
        """Says whether the ledger has it as ended."""
        pool = self.world.pool
        return await pool.fetchval("SELECT ended_at FROM journey_runs WHERE id = $1", self.id) is not None

    async def actions(self) -> list[tuple[str, str, str, str]]:
        """What is on record, in order: action, by, why, result."""
        rows = await self.world.pool.fetch(
            "SELECT action, by, why, result FROM operator_actions WHERE run_id = $1 ORDER BY at, id", self.id
        )
        return [tuple(row) for row in rows]
