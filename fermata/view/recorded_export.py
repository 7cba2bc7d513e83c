"""An export that is on record: who has read all that is kept of a person."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from uuid import UUID

from fermata.audit import Act, Actor, announced, of_profile
from fermata.database import Pool
from fermata.view.export import export_profile
from fermata.view.finding import Wanted, find


async def recorded_export(pool: Pool, wanted: UUID | Wanted, now: datetime, *, actor: Actor) -> AsyncGenerator[bytes]:
    """As ``export_profile``; the log of acts tells that it was begun, and that it was read to its end.

    Args:
        pool, wanted, now: As of ``export_profile``.
        actor: Who reads.

    Raises:
        InvalidEvent, NotFound: As of ``export_profile``.
    """
    if isinstance(wanted, UUID):
        profile_id = wanted
    else:
        async with pool.acquire() as connection:
            profile_id = (await find(connection, wanted)).profile_id
    async with (
        announced(pool, Act(actor, "profiles.export", of_profile(profile_id))),
        aclosing(export_profile(pool, profile_id, now)) as pieces,
    ):
        async for piece in pieces:
            yield piece
