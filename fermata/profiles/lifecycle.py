"""The lifecycle stage of one person, read from their events when it is asked for, so that it is never stale."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fermata.database import Connection, Pool, Queries
from fermata.errors import NotFound
from fermata.segments import StageFacts, stage_of
from fermata.segments.lifecycle import ORDER
from fermata.vocabulary import LifecycleStage

_QUERIES = Queries("fermata.profiles", "enrichment.sql")


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Where somebody stands, and what that follows from.

    Args:
        stage: By ``fermata.segments.lifecycle.stage_of``.
        orders: How often they ordered.
        last_order_at: When they did last; None without an order.
    """

    stage: LifecycleStage
    orders: int
    last_order_at: datetime | None


async def read_stage(connection: Connection | Pool, profile_id: UUID, at: datetime) -> Lifecycle:
    """Says which stage somebody is in.

    Args:
        connection: Any; in a transaction, what that has written counts.
        profile_id: Whose.
        at: The instant, aware. Later orders are not seen; addresses and the latest visit are taken as they are now.

    Raises:
        NotFound: There is no such profile.
    """
    row = await connection.fetchrow(_QUERIES["stage_facts"], profile_id, at, ORDER)
    if row is None:
        raise NotFound(f"no profile {profile_id}; was it merged into another, or erased?")
    facts = StageFacts(**row)
    return Lifecycle(stage_of(facts, at), facts.orders, facts.last_order_at)
