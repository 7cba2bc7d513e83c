"""Asking Postgres about a segment: one profile, a batch, the population in pages, and why."""

from datetime import datetime

import pytest

from fermata.database import Pool, new_id
from fermata.errors import NotFound
from fermata.segments import (
    Asked,
    InvalidSegment,
    Segment,
    consents,
    count,
    days,
    did,
    explain,
    explain_each,
    has_address,
    in_country,
    in_journey,
    in_time_zone,
    its,
    last,
    matches,
    matches_each,
    members,
    trait,
    was_in,
)
from fermata.vocabulary import Channel, Purpose
from tests.integration.segments.people import Happened, Person, Run, write
from tests.people import NOON

VIEW, ORDER = "Product Viewed", "Order Completed"
KEEN = did(VIEW, times=3, within=days(7)) & ~did("Sales Contacted")


async def test_the_population_is_read_in_pages_each_profile_once(pool: Pool) -> None:
    people = [Person(traits={"vip": True}, events=(Happened(VIEW, NOON),) * (number % 2)) for number in range(25)]
    expected = sorted(person.id for person in people if person.events)
    async with pool.acquire() as connection:
        await write(connection, *people)
    segment = did(VIEW) & (trait("vip") == True)  # noqa: E712
    seen, page = [], await members(pool, segment, NOON, limit=5)
    while page:
        seen.append(page)
        page = await members(pool, segment, NOON, after=page[-1], limit=5)
    assert [each for page in seen for each in page] == expected
    assert [len(page) for page in seen] == [5, 5, 2]
    assert await count(pool, segment, NOON) == 12


async def test_a_batch_is_asked_at_the_instant_of_each_of_its_events(pool: Pool) -> None:
    ada, bob = Person(events=tuple(Happened(VIEW, NOON + n * days(1)) for n in range(3))), Person()
    async with pool.acquire() as connection:
        await write(connection, ada, bob)
    asked = [Asked(ada.id, NOON + n * days(1)) for n in range(3)]
    assert await matches_each(pool, did(VIEW, times=2), [*asked, Asked(bob.id, NOON), asked[2]]) == (
        *(False, True, True),
        False,
        True,
    )
    assert await matches_each(pool, did(VIEW), []) == ()


async def test_what_a_transaction_has_written_counts_in_it(pool: Pool) -> None:
    ada = Person()
    async with pool.acquire() as connection:
        await write(connection, ada)
        async with connection.transaction():
            await connection.execute("UPDATE profiles SET traits = $1 WHERE id = $2", {"plan": "pro"}, ada.id)
            assert await matches(connection, trait("plan") == "pro", ada.id, NOON)
            assert not await matches(pool, trait("plan") == "pro", ada.id, NOON)


async def test_a_profile_that_is_not_there_is_no_answer(pool: Pool) -> None:
    nobody = new_id()
    with pytest.raises(NotFound, match=str(nobody)):
        await matches(pool, KEEN, nobody, NOON)
    with pytest.raises(NotFound, match=str(nobody)):
        await explain(pool, KEEN, nobody, NOON)
    with pytest.raises(NotFound, match=str(nobody)):
        await matches_each(pool, KEEN, [Asked(nobody, NOON)])


async def test_a_naive_instant_and_a_page_without_end_are_refused(pool: Pool) -> None:
    naive = datetime(2026, 3, 4, 12)  # noqa: DTZ001 - what is refused
    for question in (
        lambda: matches(pool, KEEN, new_id(), naive),
        lambda: matches_each(pool, KEEN, [Asked(new_id(), naive)]),
        lambda: members(pool, KEEN, naive),
        lambda: count(pool, KEEN, naive),
        lambda: explain(pool, KEEN, new_id(), naive),
    ):
        with pytest.raises(InvalidSegment, match="has no time zone"):
            await question()
    for limit in (0, -1, 10_001):
        with pytest.raises(InvalidSegment, match=f"limit={limit} is out of range"):
            await members(pool, KEEN, NOON, limit=limit)


async def test_words_that_look_like_sql_are_only_words(pool: Pool) -> None:
    quote = "x'; DROP TABLE events; --"
    ada = Person(traits={quote: quote}, events=(Happened(quote, NOON, {quote: quote, "$1": "{}"}),))
    async with pool.acquire() as connection:
        await write(connection, ada)
    name = (quote,)
    segment = (
        did(quote, where=(its(name) == quote, its(("$1",)) == "{}")) & trait(name).one_of(quote) & ~in_journey(quote)
    )
    assert await members(pool, segment, NOON) == (ada.id,)
    assert (await explain(pool, segment, ada.id, NOON)).holds


async def test_it_tells_why_a_profile_is_out(pool: Pool) -> None:
    ada = Person(
        events=(Happened(VIEW, NOON - days(9)), Happened(VIEW, NOON - days(2)), Happened(VIEW, NOON - days(1)))
    )
    async with pool.acquire() as connection:
        await write(connection, ada)
    explanation = await explain(pool, KEEN & ~(did(ORDER) | in_country("FR")), ada.id, NOON)
    assert explanation.text == "\n".join(
        [
            "no  did Product Viewed at least 3 times within 7 days, and never Sales Contacted,"
            " and not (did Order Completed, or is in FR)",
            "  no  did Product Viewed at least 3 times within 7 days:"
            " 2 of 3 within 7 days, the last on 2026-03-03 12:00:00 UTC",
            "  yes  never Sales Contacted: none",
            "  yes  not (did Order Completed, or is in FR)",
            "    no  did Order Completed, or is in FR",
            "      no  did Order Completed: none",
            "      no  is in FR: not known",
        ]
    )


async def test_each_condition_tells_what_was_seen(pool: Pool) -> None:
    ada = Person(
        traits={"plan": "free", "note": "x" * 500},
        consent={"email": {"marketing": "revoked"}},
        addresses={"email": "ada@example.com"},
        country="FR",
        device_country="DE",
        device_time_zone="Europe/Berlin",
        events=(Happened(ORDER, NOON - days(100), {"total": 10}), Happened(ORDER, NOON - days(1), {"total": 99})),
        runs=(
            Run("welcome", NOON - days(3), NOON - days(2), "completed"),
            Run("winback", NOON - days(3), NOON - days(3), "holdout"),
            Run("cart_recovery", NOON - days(1)),
        ),
    )
    async with pool.acquire() as connection:
        await write(connection, ada)
    seen: dict[Segment, str] = {
        did(ORDER): "2, the last on 2026-03-03 12:00:00 UTC",
        did(ORDER, where=its("total") < 50, within=days(7)): "none within 7 days, the last on 2025-11-24 12:00:00 UTC",
        last(ORDER, before=days(30)): "the last on 2026-03-03 12:00:00 UTC",
        last(VIEW, before=days(30)): "none",
        trait("plan") == "pro": 'plan is "free"',
        trait("tier") == "pro": "tier is not set",
        consents(Channel.EMAIL, Purpose.MARKETING): "revoked",
        consents(Channel.SMS, Purpose.MARKETING): "nothing on record",
        has_address(Channel.EMAIL): "one is on record",
        has_address(Channel.SMS): "none is on record",
        in_country("FR"): "FR, by the address",
        in_time_zone("Europe/Paris"): "Europe/Berlin, by the device",
        in_journey("cart_recovery"): "entered it on 2026-03-03 12:00:00 UTC and is in it",
        was_in("welcome"): "entered it on 2026-03-01 12:00:00 UTC, left it on 2026-03-02 12:00:00 UTC",
        was_in("winback"): "held out of it on 2026-03-01 12:00:00 UTC",
        was_in("trial"): "never entered it",
    }
    for segment, fact in seen.items():
        assert (await explain(pool, segment, ada.id, NOON)).fact == fact
    note = (await explain(pool, trait("note").is_set, ada.id, NOON)).fact
    assert note is not None
    assert len(note) < 100


async def test_a_batch_is_told_why_by_one_statement_and_as_each_would_be_alone(pool: Pool) -> None:
    ada, bob = Person(events=(Happened(VIEW, NOON),)), Person(events=(Happened("Sales Contacted", NOON),))
    async with pool.acquire() as connection:
        await write(connection, ada, bob)
    asked = [Asked(bob.id, NOON), Asked(ada.id, NOON), Asked(ada.id, NOON - days(1))]
    alone = [await explain(pool, KEEN, each.profile_id, each.at) for each in asked]
    assert list(await explain_each(pool, KEEN, asked)) == alone
    with pytest.raises(NotFound, match="1 of 2 profiles are not there"):
        await explain_each(pool, KEEN, [Asked(new_id(), NOON), asked[0]])
