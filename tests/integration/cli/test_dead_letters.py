"""``fermata dead-letters``, called as it is on a command line."""

from collections.abc import Callable
from datetime import UTC, datetime
from subprocess import CompletedProcess
from uuid import UUID

from fermata.database import Pool
from fermata.events import parse
from fermata.ingest import Ingest, list_dead_letters
from fermata.journeys import Registry

Fermata = Callable[..., "CompletedProcess[str]"]


async def set_aside(pool: Pool, *message_ids: str) -> list[UUID]:
    """Events that the database refuses, for a mistake that is made and mended here."""
    await pool.execute("ALTER TABLE events ADD CONSTRAINT mistake CHECK (name <> 'X')")
    now = datetime.now(UTC)
    for message_id in message_ids:
        payload = {"type": "track", "event": "X", "userId": "ada", "messageId": message_id}
        await Ingest(pool, Registry({})).accept([parse(payload, received_at=now)], (), now)
    await pool.execute("ALTER TABLE events DROP CONSTRAINT mistake")
    found = await list_dead_letters(pool, limit=10)
    return [letter.id for letter in reversed(found.items)]


async def test_what_was_set_aside_is_listed_and_sent_again(pool: Pool, fermata: Fermata) -> None:
    first, second = await set_aside(pool, "m1", "m2")
    sent = fermata("dead-letters", "resend", str(first))
    assert (sent.returncode, sent.stdout) == (0, f"{first} was sent again.\n"), sent.stderr
    assert await pool.fetchval("SELECT array_agg(message_id) FROM events") == ["m1"]
    listed = fermata("dead-letters", "list", COLUMNS="200").stdout
    assert (str(first) in listed, str(second) in listed) == (False, True)
    assert "CheckViolationError 23514 (mistake)" in listed
    refused = fermata("dead-letters", "drop", str(first))
    assert (refused.returncode, refused.stderr) == (1, f"fermata: the dead letter {first} was sent again\n")
