"""Holdouts: who was drawn stays drawn, whatever the share is by now and whoever they turn out to be."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from fermata.database import Pool
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import Always, GlobalHoldout, JourneyDefinition, Registry, Trigger

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
PEOPLE = 60
_numbers = count()


def journeys(share: float) -> Registry:
    return Registry(
        {
            "browse": JourneyDefinition(trigger=Trigger("Product Viewed"), reentry=Always(), holdout=share),
            "receipt": JourneyDefinition(trigger=Trigger("Product Viewed"), reentry=Always(), transactional=True),
        }
    )


async def view(pool: Pool, *users: str, share: float = 0.0, everywhere: GlobalHoldout | None = None) -> None:
    """People view something; their runs of before have ended."""
    await pool.execute("UPDATE journey_runs SET ended_at = started_at WHERE ended_at IS NULL")
    door = Ingest(pool, journeys(share), holdout=everywhere or GlobalHoldout())
    events = [
        parse(
            {"type": "track", "event": "Product Viewed", "userId": user, "messageId": f"m{next(_numbers)}"},
            received_at=NOON,
        )
        for user in users
    ]
    await door.accept(events, (), NOON)


async def held(pool: Pool, reason: str = "holdout_journey") -> set[str]:
    """Who was held out at their latest event."""
    rows = await pool.fetch(
        "SELECT DISTINCT ON (e.profile_id) i.value, e.routing FROM events e"
        " JOIN identities i ON i.profile_id = e.profile_id WHERE i.kind = 'user_id' ORDER BY e.profile_id, e.id DESC"
    )
    return {row["value"] for row in rows if row["routing"]["browse"] == reason}


USERS = [f"user-{n}" for n in range(PEOPLE)]


async def test_another_share_moves_nobody_who_was_drawn(pool: Pool) -> None:
    await view(pool, *USERS, share=0.3)
    drawn = await held(pool)
    assert 0 < len(drawn) < PEOPLE
    await view(pool, *USERS, "somebody-new", share=0.999_999)
    assert await held(pool) == drawn | {"somebody-new"}
    await view(pool, *USERS, share=0.000_001)
    assert await held(pool) == drawn | {"somebody-new"}
    assert await pool.fetchval("SELECT count(*) FROM holdouts") == PEOPLE + 1


async def test_a_global_holdout_holds_people_out_of_every_journey_but_of_what_they_are_owed(pool: Pool) -> None:
    everywhere = GlobalHoldout(0.3, "spring")
    await view(pool, *USERS, everywhere=everywhere)
    drawn = await held(pool, "holdout_global")
    assert 0 < len(drawn) < PEOPLE
    rows = await pool.fetch("SELECT journey, state, reason, ended_at FROM journey_runs WHERE state <> 'active'")
    assert len(rows) == len(drawn)
    assert {(row["journey"], row["state"], row["reason"]) for row in rows} == {("browse", "holdout", "holdout_global")}
    assert all(row["ended_at"] for row in rows)
    await view(pool, *USERS, everywhere=GlobalHoldout(0.9, "spring"))
    assert await held(pool, "holdout_global") == drawn


async def test_another_salt_is_a_new_draw(pool: Pool) -> None:
    await view(pool, *USERS, everywhere=GlobalHoldout(0.3, "spring"))
    spring = await held(pool, "holdout_global")
    await view(pool, *USERS, everywhere=GlobalHoldout(0.3, "autumn"))
    assert await held(pool, "holdout_global") != spring
    await view(pool, *USERS, everywhere=GlobalHoldout(0.3, "spring"))
    assert await held(pool, "holdout_global") == spring


async def test_whoever_was_held_out_as_either_of_two_profiles_stays_so_as_one(pool: Pool) -> None:
    await view(pool, *USERS, share=0.3)
    drawn = await held(pool)
    out, inside = sorted(drawn)[:2], sorted(set(USERS) - drawn)[:2]
    for loser, survivor in ((out[0], inside[0]), (inside[1], out[1])):
        await merge(pool, survivor, loser)
    rows = await pool.fetch(
        "SELECT profile_id, held_out FROM holdouts WHERE profile_id IN"
        " (SELECT profile_id FROM identities WHERE value = ANY($1))",
        [*out, *inside],
    )
    assert [row["held_out"] for row in rows] == [True] * 2


async def merge(pool: Pool, survivor: str, loser: str) -> None:
    call: dict[str, Any] = {"type": "alias", "userId": survivor, "previousId": loser, "messageId": f"a-{loser}"}
    await Ingest(pool, journeys(0.3)).accept([parse(call, received_at=NOON)], (), NOON)
