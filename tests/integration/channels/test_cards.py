"""Cards and the inbox over real Postgres: written once, listed newest first, read once."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from fermata.channels import (
    Accepted,
    Busy,
    CardContent,
    CardProvider,
    InboxItem,
    Rejected,
    list_inbox,
    mark_read,
    providers_from,
)
from fermata.database import Pool, Queries, open_pool
from fermata.errors import ConfigurationError, DefinitionError, InvalidEvent, NotFound, Unavailable
from fermata.vocabulary import SUBSTITUTES, Channel, Reason
from tests.integration.channels.envelopes import ADA, DECISION, SENT_AT, an_envelope

NOW = SENT_AT + timedelta(hours=1)
BOB = UUID("01890000-0000-7000-8000-00000000b0b0")


@pytest.fixture
async def people(pool: Pool) -> Pool:
    """A database in which Ada and Bob have profiles."""
    await pool.executemany(
        "INSERT INTO profiles (id, created_at, updated_at) VALUES ($1, $2, $2)", [(ADA, SENT_AT), (BOB, SENT_AT)]
    )
    return pool


async def put(pool: Pool, channel: Channel = Channel.IN_APP, *, minutes: int = 0, **changes: object) -> UUID:
    card = uuid4()
    sent_at = SENT_AT + timedelta(minutes=minutes)
    answer = await CardProvider(channel, pool).send(
        an_envelope(channel, **{"decision_id": card, "sent_at": sent_at, **changes})
    )
    assert answer == Accepted(str(card))
    return card


async def test_a_card_is_found_in_the_inbox_as_it_was_written(people: Pool) -> None:
    expires_at = NOW + timedelta(days=1)
    answer = await CardProvider(Channel.IN_APP, people).send(an_envelope(Channel.IN_APP, expires_at=expires_at))
    assert answer == Accepted(str(DECISION))
    page = await list_inbox(people, ADA, now=NOW)
    assert page.items == (
        InboxItem(
            id=DECISION,
            kind=Channel.IN_APP,
            message="cart_reminder",
            title="Still here",
            body="Your cart is waiting",
            url="https://shop.example/cart",
            created_at=SENT_AT,
            read_at=None,
            expires_at=expires_at,
        ),
    )
    assert (page.unread, page.next_cursor) == (1, None)


async def test_the_same_envelope_twice_leaves_one_card_and_its_first_words(people: Pool) -> None:
    provider = CardProvider(Channel.INBOX, people)
    first = await provider.send(an_envelope(Channel.INBOX))
    again = await provider.send(an_envelope(Channel.INBOX, content=CardContent("Other", "words")))
    assert first == again
    page = await list_inbox(people, ADA, now=NOW)
    assert [item.title for item in page.items] == ["Still here"]


async def test_a_badge_counts_and_is_not_listed(people: Pool) -> None:
    await put(people, Channel.BADGE)
    await put(people, Channel.INBOX)
    page = await list_inbox(people, ADA, now=NOW)
    assert [item.kind for item in page.items] == [Channel.INBOX]
    assert page.unread == 2


async def test_what_has_expired_is_neither_listed_nor_counted(people: Pool) -> None:
    await put(people, expires_at=NOW)
    living = await put(people, expires_at=NOW + timedelta(microseconds=1))
    page = await list_inbox(people, ADA, now=NOW)
    assert [item.id for item in page.items] == [living]
    assert page.unread == 1


async def test_everyone_sees_their_own_cards_only(people: Pool) -> None:
    mine = await put(people)
    await put(people, profile_id=BOB)
    assert [item.id for item in (await list_inbox(people, ADA, now=NOW)).items] == [mine]


async def test_pages_follow_each_other_newest_first_without_a_gap_or_a_repeat(people: Pool) -> None:
    # Several of one instant, so that a page ends in the middle of them; one more arrives while the person reads.
    cards = [await put(people, minutes=number // 3) for number in range(11)]
    seen: list[InboxItem] = []
    cursor = None
    for _ in range(10):
        page = await list_inbox(people, ADA, now=NOW, limit=4, cursor=cursor)
        seen += page.items
        cursor = page.next_cursor
        await put(people, minutes=50)
        if cursor is None:
            break
    assert sorted(item.id for item in seen) == sorted(cards)
    assert seen == sorted(seen, key=lambda item: (item.created_at, item.id), reverse=True)


async def test_a_card_is_read_once(people: Pool) -> None:
    card = await put(people)
    first = await mark_read(people, card, now=NOW)
    again = await mark_read(people, card, now=NOW + timedelta(hours=1))
    assert first.read_at == again.read_at == NOW
    assert (await list_inbox(people, ADA, now=NOW)).unread == 0


async def test_reading_a_card_that_is_not_there_says_so(people: Pool) -> None:
    with pytest.raises(NotFound, match="no inbox item has the id"):
        await mark_read(people, uuid4(), now=NOW)


@pytest.mark.parametrize("cursor", ["", "nonsense", "Z3JhcGU=", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OSB4", "é"])
async def test_a_cursor_that_was_not_given_out_is_refused(people: Pool, cursor: str) -> None:
    with pytest.raises(InvalidEvent) as refusal:
        await list_inbox(people, ADA, now=NOW, cursor=cursor)
    assert refusal.value.field == "cursor"


@pytest.mark.parametrize("limit", [0, -1, 101])
async def test_a_limit_out_of_bounds_is_refused(people: Pool, limit: int) -> None:
    with pytest.raises(InvalidEvent, match="between 1 and 100"):
        await list_inbox(people, ADA, now=NOW, limit=limit)


async def test_a_profile_that_is_no_more_gets_no_card(people: Pool) -> None:
    answer = await CardProvider(Channel.INBOX, people).send(an_envelope(Channel.INBOX, profile_id=uuid4()))
    assert isinstance(answer, Rejected)
    assert answer.reason is Reason.PROFILE_ERASED


async def test_a_card_that_postgres_cannot_keep_is_rejected(people: Pool) -> None:
    answer = await CardProvider(Channel.INBOX, people).send(
        an_envelope(Channel.INBOX, content=CardContent("nul\0", "nul"))
    )
    assert isinstance(answer, Rejected)
    assert answer.reason is Reason.RENDER_FAILED


async def test_words_that_look_like_sql_are_words(people: Pool) -> None:
    words = "'); DROP TABLE inbox_items; --"
    await put(people, content=CardContent(words, words, words))
    (item,) = (await list_inbox(people, ADA, now=NOW)).items
    assert (item.title, item.body, item.url) == (words, words, words)


async def test_with_postgres_away_a_card_is_busy_and_the_inbox_unavailable(database_url: str) -> None:
    async with open_pool(database_url) as pool:
        pass
    answer = await CardProvider(Channel.INBOX, pool).send(an_envelope(Channel.INBOX))
    assert isinstance(answer, Busy)
    with pytest.raises(Unavailable):
        await list_inbox(pool, ADA, now=NOW)
    with pytest.raises(Unavailable):
        await mark_read(pool, DECISION, now=NOW)


@pytest.mark.parametrize("query", ["first_cards", "next_cards", "count_unread"])
async def test_the_inbox_is_read_by_its_index(people: Pool, query: str) -> None:
    await people.executemany(
        "INSERT INTO inbox_items (id, profile_id, kind, message, title, body, created_at)"
        " VALUES ($1, $2, 'inbox', 'm', '', '', $3)",
        [(uuid4(), BOB, SENT_AT + timedelta(seconds=number)) for number in range(2_000)],
    )
    await people.execute("ANALYZE inbox_items")
    arguments: dict[str, Sequence[object]] = {
        "first_cards": (ADA, NOW, 20),
        "next_cards": (ADA, NOW, 20, NOW, uuid4()),
        "count_unread": (ADA, NOW),
    }
    plan = await people.fetch("EXPLAIN " + Queries("fermata.channels")[query], *arguments[query])
    assert "inbox_items_by_profile" in "\n".join(row[0] for row in plan)


async def test_providers_are_made_for_what_the_settings_name_and_cards_always(pool: Pool) -> None:
    bare = providers_from(pool=pool, from_address="hello@shop.example")
    assert set(bare) == {Channel.IN_APP, Channel.INBOX, Channel.BADGE}
    full = providers_from(
        pool=pool,
        from_address="Shop <hello@shop.example>",
        smtp_url="smtp://127.0.0.1:25",
        push_url="https://push.example",
        sms_url="https://sms.example",
        provider_token="t0ken",
    )
    assert {channel: [each.provider.channel for each in those] for channel, those in full.items()} == {
        channel: [channel] for channel in {*SUBSTITUTES, Channel.EMAIL, Channel.PUSH, Channel.SMS}
    }
    await bare.aclose()
    await full.aclose()


async def test_an_envelope_of_another_channel_is_a_mistake_of_the_caller(pool: Pool) -> None:
    with pytest.raises(DefinitionError, match="not badge"):
        await CardProvider(Channel.INBOX, pool).send(an_envelope(Channel.BADGE))
    with pytest.raises(ConfigurationError, match="email has no cards"):
        CardProvider(Channel.EMAIL, pool)
