"""Feedback finds what it reads on growing tables by index, however full they are."""

import pytest

from fermata.database import Pool, Queries
from tests.integration.ledger.test_plans import MANY, generic_plan, read_whole

_SHORT_LINKS = Queries("fermata.channels", "short_links.sql")
QUERIES = {**Queries("fermata.feedback"), **{f"short links: {name}": text for name, text in _SHORT_LINKS.items()}}
_WORDS = """
    UPDATE profiles SET addresses = jsonb_build_object('sms', '+44' || id);
    UPDATE reservations SET provider = 'mailer', provider_message_id = 'sid-' || decision_id;
    INSERT INTO feedback (id, source, source_id, kind, occurred_at, received_at, decision_id, channel, address, bounce)
        SELECT id, 'mailer', id, 'bounced', now(), now(), CASE WHEN n % 2 = 0 THEN id END, 'email',
               id || '@example.com', 'soft'
        FROM (SELECT id, row_number() OVER () AS n FROM decisions) numbered;
    INSERT INTO short_links (token, decision_id, url) SELECT id, id, 'https://shop.example/' FROM decisions;
    ANALYZE;
"""


@pytest.fixture
async def full(pool: Pool) -> Pool:
    """The messages of many people, and words on each."""
    await pool.execute(MANY)
    await pool.execute(_WORDS)
    return pool


async def test_every_statement_finds_its_rows_by_index_whatever_it_is_asked_with(full: Pool) -> None:
    async with full.acquire() as connection:
        whole = {name: read_whole(await generic_plan(connection, text)) for name, text in QUERIES.items()}
    assert not {name: tables for name, tables in whole.items() if tables}
