"""A timeline has everything once, in order, on whatever pages, while more comes in."""

from datetime import timedelta
from random import Random

import pytest

from fermata.database import Pool
from fermata.errors import InvalidEvent
from fermata.view import EntryKind, read_timeline
from fermata.view.timeline_cursor import TimelineCursor, read_timeline_cursor
from tests.integration.view.many_entries import Place, add_entries, places, whole_timeline
from tests.people import NOON, Enrolled, enrol

LATER = NOON + timedelta(hours=1)


@pytest.mark.parametrize("seed", range(6))
async def test_pages_neither_lose_nor_double_an_entry_while_new_ones_come_in(pool: Pool, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - a timeline, no secret
    ada, bob = await enrol(pool), await enrol(pool)
    for person in (ada, bob):
        await add_entries(pool, person, random, 60)
    kinds = tuple(random.sample(list(EntryKind), random.randint(1, len(EntryKind)))) if seed % 2 else ()
    before = await whole_timeline(pool, ada.profile_id, *kinds)
    found: list[Place] = []
    cursor = None
    while True:
        limit = random.randint(1, 9)
        page = await read_timeline(pool, ada.profile_id, kinds=kinds, limit=limit, cursor=cursor)
        assert len(page.items) <= limit
        found += places(page)
        cursor = page.next_cursor
        if cursor is None:
            break
        assert len(page.items) == limit, "a page is short only at the end"
        await _meanwhile(pool, ada, random)
    assert found == before


async def _meanwhile(pool: Pool, person: Enrolled, random: Random) -> None:
    """More comes in, and what is on record goes on: messages are sent, cards are read."""
    await add_entries(pool, person, random, 2, since=LATER)
    await pool.execute("UPDATE reservations SET state = 'sent', updated_at = $1, exposed_at = $1", LATER)
    await pool.execute("UPDATE inbox_items SET read_at = $1", LATER)


async def test_the_newest_comes_first_and_what_follows_from_another_after_it(pool: Pool) -> None:
    random = Random(0)  # noqa: S311
    ada = await enrol(pool)
    await add_entries(pool, ada, random, 80)
    items = (await read_timeline(pool, ada.profile_id, limit=1000)).items
    order = list(EntryKind)
    ranked = [(entry.at, order.index(entry.kind)) for entry in items]
    assert ranked == sorted(ranked, reverse=True)
    assert {entry.kind for entry in items} == set(EntryKind)


async def test_what_comes_in_late_stands_in_the_place_where_it_belongs(pool: Pool) -> None:
    ada = await enrol(pool)
    await add_entries(pool, ada, Random(1), 20, since=LATER)  # noqa: S311
    await add_entries(pool, ada, Random(2), 1, since=NOON - timedelta(days=1))  # noqa: S311
    oldest = (await read_timeline(pool, ada.profile_id, limit=1000)).items[-1]
    assert oldest.at < NOON


@pytest.mark.parametrize(
    "text", ["nonsense", "", "MTIz", "MSBldmVudCAx", "é", "MSBzb25nIDAxYTIwZjU3LTAwMDAtNzAwMC04MDAw"]
)
def test_a_cursor_that_no_timeline_gave_out_is_refused(text: str) -> None:
    with pytest.raises(InvalidEvent, match="not one that a timeline gave out") as refused:
        read_timeline_cursor(text)
    assert refused.value.field == "cursor"


@pytest.mark.parametrize("kind", EntryKind)
async def test_a_cursor_comes_back_as_it_was_given_out(pool: Pool, kind: EntryKind) -> None:
    ada = await enrol(pool)
    cursor = TimelineCursor(NOON + timedelta(microseconds=123_457), kind, ada.profile_id)
    assert read_timeline_cursor(cursor.to_text()) == cursor
