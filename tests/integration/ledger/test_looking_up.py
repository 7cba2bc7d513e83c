"""Recorded decisions are found again: one with all that is kept of it, many in pages, and always by an index."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from fermata.database import Pool, Queries
from fermata.database.page_cursor import NEWEST
from fermata.errors import InvalidEvent, NotFound
from fermata.ledger import begin_send, decide_and_reserve, settle_sent
from fermata.ledger.decisions import list_decisions, read_decision
from fermata.ledger.masking import masked
from fermata.policy import Opening
from fermata.vocabulary import Action, Channel, DeliveryState, Reason
from tests.people import ADDRESSES, NOON, enrol
from tests.policies import enact, under

TWO_A_DAY = """
version = 1
[channels.email]
window = "09:00-20:00"
caps = [{ limit = 2, per = "1d" }]
when_capped = "defer"
"""


async def test_a_decision_tells_its_rules_its_facts_its_policy_and_what_came_of_it(pool: Pool) -> None:
    policies = await under(pool, TWO_A_DAY)
    in_force = await enact(pool, TWO_A_DAY)
    ada = await enrol(pool)
    sent = await decide_and_reserve(pool, policies, ada.attempt(), NOON)
    await begin_send(pool, sent.id, NOON)
    await settle_sent(pool, sent.id, NOON + timedelta(seconds=2), provider="smtp", provider_message_id="m1")
    record = await read_decision(pool, sent.id)
    assert (record.action, record.reason, record.channel) == (Action.SEND, Reason.ELIGIBLE, Channel.EMAIL)
    assert record.in_force == in_force
    assert record.delivery is not None
    assert (record.delivery.state, record.delivery.provider) == (DeliveryState.SENT, "smtp")
    assert record.facts is not None
    assert record.facts.profile.timezone == "Europe/London"
    cap = next(answer for answer in record.trace if answer.rule == "channel_cap")
    assert (cap.verdict, cap.count, cap.limit) == (Opening.NOW, 0, 2)


async def test_no_address_is_shown_in_full(pool: Pool) -> None:
    policies = await under(pool, TWO_A_DAY)
    ada = await enrol(pool)
    decision = await decide_and_reserve(pool, policies, ada.attempt(), NOON)
    told = (await read_decision(pool, decision.id)).model_dump_json()
    assert not [address for address in ADDRESSES.values() if address in told]
    assert "a…@example.com" in told


@pytest.mark.parametrize(
    ("channel", "address", "shown"),
    [
        (Channel.EMAIL, "ada@example.com", "a…@example.com"),
        (Channel.EMAIL, "a@b@example.com", "a…@example.com"),
        (Channel.EMAIL, "nonsense", "no…"),
        (Channel.SMS, "+442071838750", "+44…750"),
        (Channel.SMS, "112", "…"),
        (Channel.PUSH, "token-of-ada", "tok…"),
        (Channel.PUSH, "", "…"),
    ],
)
def test_an_address_is_masked_so_that_it_is_recognised_and_of_no_use(
    channel: Channel, address: str, shown: str
) -> None:
    assert masked(channel, address) == shown


async def test_a_hold_names_the_decision_that_followed(pool: Pool) -> None:
    policies = await under(pool, TWO_A_DAY)
    ada = await enrol(pool)
    night = NOON + timedelta(hours=10)
    held = await decide_and_reserve(pool, policies, ada.attempt(), night)
    assert (await read_decision(pool, held.id)).decided_again is None
    again = await decide_and_reserve(pool, policies, ada.attempt(visit=2), night + timedelta(hours=11))
    assert (await read_decision(pool, held.id)).decided_again == again.id


async def test_facts_that_cannot_be_read_any_more_are_named_and_the_rest_is_told(pool: Pool) -> None:
    policies = await under(pool, TWO_A_DAY)
    ada = await enrol(pool)
    decision = await decide_and_reserve(pool, policies, ada.attempt(), NOON)
    await pool.execute("UPDATE decisions SET facts = facts - 'at'")
    record = await read_decision(pool, decision.id)
    assert (record.facts, record.facts_fault) == (None, "at: Field required")
    assert record.trace


async def test_an_id_that_nobody_knows_is_not_found(pool: Pool) -> None:
    with pytest.raises(NotFound, match="no decision has the id"):
        await read_decision(pool, uuid4())


async def test_pages_hold_every_decision_once_the_newest_first(pool: Pool) -> None:
    policies = await under(pool, TWO_A_DAY)
    ada, bob = await enrol(pool), await enrol(pool)
    made = [
        (await decide_and_reserve(pool, policies, person.attempt(f"step-{n}"), NOON)).id
        for n in range(4)
        for person in (ada, bob)
    ]
    assert await _all_pages(pool) == sorted(made, reverse=True)
    assert await _all_pages(pool, profile_id=ada.profile_id) == sorted(made[::2], reverse=True)
    assert len(await _all_pages(pool, action=Action.SEND)) == 4
    assert len(await _all_pages(pool, reason=Reason.FREQUENCY_CAPPED)) == 4
    assert await _all_pages(pool, profile_id=ada.profile_id, reason=Reason.EXPIRED) == []
    assert await _all_pages(pool, action=Action.SEND, reason=Reason.FREQUENCY_CAPPED) == []


async def test_a_cursor_that_no_page_gave_out_is_refused(pool: Pool) -> None:
    with pytest.raises(InvalidEvent, match="cursor='nonsense'"):
        await list_decisions(pool, cursor="nonsense")


MANY = """
    INSERT INTO profiles (id, created_at, updated_at)
        SELECT md5(n::text)::uuid, now(), now() FROM generate_series(1, 500) n;
    INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at)
        SELECT id, id, 'track', 'Product Added', id, now(), now() FROM profiles;
    INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, started_at)
        SELECT id, 'cart', id, 'cart/' || id, id, 'active', now() FROM profiles;
    INSERT INTO decisions (id, dedupe_key, profile_id, run_id, journey, message, step, visit, purpose, priority, action,
                           reason, decided_at, policy)
        SELECT gen_random_uuid(), id || '/' || n, id, id, 'cart', 'hello', 'hello', n, 'marketing', 50,
               CASE n % 3 WHEN 0 THEN 'defer' ELSE 'send' END, CASE n % 3 WHEN 0 THEN 'holiday' ELSE 'eligible' END,
               now() - n * interval '1 hour', 'sha256:0'
        FROM profiles, generate_series(1, 100) n;
    INSERT INTO reservations (decision_id, profile_id, channel, purpose, priority, state, reserved_at, exposed_at,
                              updated_at)
        SELECT id, profile_id, 'email', purpose, 50, 'sent', decided_at, decided_at, decided_at
        FROM decisions LIMIT 9000;
    ANALYZE;
"""
ACTIONS, REASONS = [action.value for action in Action], [reason.value for reason in Reason]


async def test_a_look_among_many_decisions_goes_by_an_index_and_touches_few_pages(pool: Pool) -> None:
    await pool.execute(MANY)
    somebody = await pool.fetchval("SELECT id FROM profiles LIMIT 1")
    one = await pool.fetchval("SELECT id FROM decisions LIMIT 1")
    looks: dict[str, tuple[tuple[object, ...], str]] = {
        "decision": ((one,), "decisions_pkey"),
        "newest": ((*NEWEST, 21), "decisions_by_time"),
        "of_profile": ((*NEWEST, 21, somebody, ACTIONS, REASONS), "decisions_by_profile"),
        "by_reason": ((*NEWEST, 21, ["drop"], REASONS), "decisions_by_reason"),
    }
    for name, (arguments, index) in looks.items():
        plan = await _plan(pool, name, arguments)
        told = json.dumps(plan)
        assert f'"{index}"' in told, name
        assert "Seq Scan" not in told, name
        assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 700, name


async def _plan(pool: Pool, name: str, arguments: tuple[object, ...]) -> dict[str, Any]:
    statement = Queries("fermata.ledger", "decisions.sql")[name]
    answer = await pool.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", *arguments)
    plan: dict[str, Any] = json.loads(answer)[0]["Plan"]
    return plan


async def _all_pages(pool: Pool, **filters: Any) -> list[UUID]:
    found: list[UUID] = []
    cursor: str | None = None
    while True:
        page = await list_decisions(pool, limit=3, cursor=cursor, **filters)
        found += [item.id for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found
