"""Every statement on audiences finds its rows by an index, however many people are in them."""

from fermata.database import Pool, Queries
from tests.integration.ledger.test_plans import MANY, generic_plan, read_whole

_MEMBERS = """
    INSERT INTO audience_members (id, profile_id, platform, audience, wanted, wanted_since, reason, run_id)
        SELECT id, id, 'meta', 'shoes', true, now(), 'eligible', id FROM profiles;
    CREATE TEMPORARY TABLE few AS SELECT id FROM audience_members LIMIT 50;
    UPDATE audience_members SET due_at = now() WHERE id IN (TABLE few);
    UPDATE audience_members SET wanted = false, returns_at = now() WHERE id IN (TABLE few);
    ANALYZE;
"""


async def test_every_statement_finds_its_rows_by_index(pool: Pool) -> None:
    await pool.execute(MANY)
    await pool.execute(_MEMBERS)
    wrong = {}
    async with pool.acquire() as connection:
        for file in ("membership.sql", "telling.sql"):
            for name, text in Queries("fermata.audiences", file).items():
                whole = read_whole(await generic_plan(connection, text))
                if whole:
                    wrong[name] = whole
    assert wrong == {}
