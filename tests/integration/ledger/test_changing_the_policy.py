"""A change of policy holds for the next decision, whoever makes it, and each decision names what it was made under."""

import asyncio
from datetime import timedelta
from itertools import cycle

from cli.stack.waiting import until
from fermata.database import Pool, open_pool
from fermata.ledger import Policies, decide_and_reserve
from fermata.ledger.first_policy import first_policy
from fermata.ledger.policies import history, in_force
from fermata.policy import Facts, decide, default_document, default_policy, parse_policy
from fermata.vocabulary import Action, Reason
from tests.people import NOON, enrol
from tests.policies import enact, under

OPEN = "version = 1\n"
CLOSED = 'version = 1\n[channels.email]\nwindow = "never"\n'


async def test_an_activation_holds_for_the_next_decision_of_another_process(pool: Pool, database_url: str) -> None:
    policies = await under(pool, OPEN)
    ada = await enrol(pool)
    async with open_pool(database_url) as elsewhere:
        before = await decide_and_reserve(elsewhere, policies, ada.attempt("one"), NOON)
        await enact(pool, CLOSED)
        after = await decide_and_reserve(elsewhere, policies, ada.attempt("two"), NOON)
        await enact(pool, OPEN)
        again = await decide_and_reserve(elsewhere, policies, ada.attempt("three"), NOON)
    assert [each.action for each in (before, after, again)] == [Action.SEND, Action.DROP, Action.SEND]
    assert after.reason is Reason.OUTSIDE_WINDOW


async def test_a_change_holds_also_for_whoever_had_to_wait_for_the_person(pool: Pool) -> None:
    policies = await under(pool, OPEN)
    ada = await enrol(pool)
    await decide_and_reserve(pool, policies, ada.attempt("one"), NOON)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT FROM profiles WHERE id = $1 FOR UPDATE", ada.profile_id)
        waiting = asyncio.ensure_future(decide_and_reserve(pool, policies, ada.attempt("two"), NOON))
        assert await until(lambda: _somebody_waits(pool), limit=timedelta(seconds=10))
        await enact(pool, CLOSED)
    assert (await waiting).action is Action.DROP


async def test_the_facts_reach_as_far_back_as_the_policy_in_force_looks(pool: Pool) -> None:
    policies = await under(pool, OPEN)
    ada = await enrol(pool)
    await decide_and_reserve(pool, policies, ada.attempt("one"), NOON)
    await enact(pool, 'version = 1\n[channels.email]\nwindow = "always"\ncaps = [{ limit = 1, per = "30d" }]\n')
    later = NOON + timedelta(days=20)
    decision = await decide_and_reserve(pool, policies, ada.attempt("two"), later)
    assert decision.reason is Reason.SUBSTITUTED


async def test_50_decisions_while_the_policy_changes_each_name_the_one_they_were_made_under(
    pool: Pool, database_url: str
) -> None:
    documents = {parse_policy(text).version: text for text in (OPEN, CLOSED)}
    await enact(pool, OPEN)
    people = [await enrol(pool) for _ in range(10)]
    done = asyncio.Event()

    async def change() -> None:
        async with open_pool(database_url, most=1) as door:
            for text in cycle((CLOSED, OPEN)):
                await enact(door, text)
                if done.is_set():
                    return

    async def work(number: int) -> None:
        policies = Policies()
        for person in people:
            await decide_and_reserve(pool, policies, person.attempt(f"step-{number}"), NOON)

    changing = asyncio.ensure_future(change())
    await asyncio.gather(*(work(number) for number in range(5)))
    done.set()
    await changing
    rows = await pool.fetch("SELECT policy, action, facts::text FROM decisions")
    assert len(rows) == 50
    assert {row["policy"] for row in rows} == set(documents), "both were to be in force while it was decided"
    for row in rows:
        again = decide(Facts.model_validate_json(row["facts"], strict=True), parse_policy(documents[row["policy"]]))
        assert row["action"] == again.action


async def test_what_waits_is_decided_again_under_the_new_policy_so_many_a_second(pool: Pool) -> None:
    policies = await under(pool, 'version = 1\n[channels.email]\nwindow = "20:00-21:00"\n')
    people = [await enrol(pool) for _ in range(3)]
    for person in people:
        held = await decide_and_reserve(pool, policies, person.attempt(priority=40 + people.index(person)), NOON)
        assert held.action is Action.DEFER
    await pool.execute("UPDATE journey_runs SET ended_at = $2 WHERE id = $1", people[0].run_id, NOON)
    await enact(pool, OPEN)
    rows = await pool.fetch("SELECT run_id, kind, due_at - created_at AS after FROM dispatches ORDER BY id")
    assert {row["run_id"]: (row["kind"], row["after"]) for row in rows} == {
        person.run_id: ("reconsider", timedelta(0)) for person in people[1:]
    }
    await enact(pool, OPEN)
    assert await pool.fetchval("SELECT count(*) FROM dispatches") == 2, "what is in force already changes nothing"


async def test_setting_up_puts_the_default_policy_in_force_once(pool: Pool) -> None:
    async with pool.acquire() as connection:
        first = await first_policy(connection, default_document(), at=NOON)
        assert first.version == default_policy().version
        assert await first_policy(connection, default_document(), at=NOON + timedelta(days=1)) == first


async def test_setting_up_leaves_a_policy_of_ones_own_in_force(pool: Pool) -> None:
    own = await enact(pool, CLOSED)
    async with pool.acquire() as connection:
        assert await first_policy(connection, default_document(), at=NOON) == own


async def test_a_document_that_a_newer_fermata_reads_otherwise_is_activated_under_its_new_version(pool: Pool) -> None:
    await pool.execute("INSERT INTO policies VALUES ('sha256:before', $1, $2, 'ada')", CLOSED, NOON)
    await pool.execute(
        "INSERT INTO policy_activations (version, activated_at, author) VALUES ('sha256:before', $1, 'ada')", NOON
    )
    ada = await enrol(pool)
    decision = await decide_and_reserve(pool, Policies(), ada.attempt(), NOON)
    now = parse_policy(CLOSED).version
    assert await pool.fetchval("SELECT policy FROM decisions WHERE id = $1", decision.id) == now
    async with pool.acquire() as connection:
        await first_policy(connection, default_document(), at=NOON + timedelta(days=1))
    standing = await in_force(pool)
    assert standing is not None
    assert (standing.version, standing.author) == (now, "fermata setup")
    assert [each.version for each in await history(pool)] == [now, "sha256:before"]


async def _somebody_waits(pool: Pool) -> bool:
    return bool(await pool.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"))
