"""What people do with cards: each once, in the card, in the ledger and for journeys, whoever says it how often."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from fermata.channels import CardProvider, InboxItem
from fermata.channels.interactions import Interaction
from fermata.database import Pool, new_id
from fermata.errors import NotFound
from fermata.feedback.cards import interact
from fermata.ingest import Ingest
from fermata.journeys import JourneyDefinition, Registry, Trigger
from fermata.vocabulary import Channel
from tests.integration.channels.envelopes import an_envelope
from tests.integration.feedback.sent import decided, sent, somebody, state, told
from tests.people import NOON, Enrolled

LISTENS = ("In-App Message Shown", "In-App Message Clicked", "In-App Message Dismissed")
REGISTRY = Registry({"cart_recovery": JourneyDefinition(trigger=Trigger("Product Added"), listens_to=LISTENS)})


@pytest.fixture
def door(pool: Pool) -> Ingest:
    """A door to a journey that listens to what is done with cards."""
    return Ingest(pool, REGISTRY)


@pytest.fixture
async def ada(pool: Pool) -> Enrolled:
    """A person with a name and an active run."""
    return await somebody(pool)


async def a_card(pool: Pool, person: Enrolled, decision_id: UUID | None = None) -> UUID:
    card = decision_id or new_id()
    envelope = an_envelope(Channel.INBOX, profile_id=person.profile_id, decision_id=card, sent_at=NOON)
    await CardProvider(Channel.INBOX, pool).send(envelope)
    return card


async def a_sent_card(pool: Pool, person: Enrolled) -> UUID:
    """One that the ledger sent."""
    decision_id = await sent(pool, person, channel=Channel.EMAIL)
    await pool.execute("UPDATE decisions SET channel = 'in_app' WHERE id = $1", decision_id)
    await pool.execute("UPDATE reservations SET channel = 'in_app', address = NULL WHERE decision_id = $1", decision_id)
    return await a_card(pool, person, decision_id)


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


async def test_what_is_done_with_a_card_is_in_the_card_in_the_ledger_and_told_to_the_run(
    pool: Pool, door: Ingest, ada: Enrolled
) -> None:
    card = await a_sent_card(pool, ada)
    seen: list[InboxItem] = []
    for minute, interaction in enumerate(Interaction, start=1):
        seen.append(await interact(pool, door, card, interaction, NOON + minutes(minute)))
    last = seen[-1]
    assert (last.shown_at, last.read_at, last.clicked_at, last.dismissed_at) == tuple(
        NOON + minutes(minute) for minute in (1, 2, 3, 4)
    )
    assert await state(pool, card) == "delivered"
    kinds = await pool.fetch("SELECT kind FROM feedback WHERE decision_id = $1 ORDER BY occurred_at", card)
    assert [row["kind"] for row in kinds] == ["delivered", "opened", "clicked", "delivered"]
    names = [name for name, _ in await told(pool)]
    assert names == list(LISTENS)
    common = {
        "channel": "inbox",
        "message_key": "cart_reminder",
        "journey": "cart_recovery",
        "decision_id": str(card),
    }
    assert [properties for _, properties in await told(pool)] == [common, common, common]


async def test_a_click_that_is_said_by_many_at_once_counts_once(pool: Pool, door: Ingest, ada: Enrolled) -> None:
    card = await a_sent_card(pool, ada)
    items = await asyncio.gather(
        *(interact(pool, door, card, Interaction.CLICKED, NOON + minutes(n)) for n in range(30))
    )
    assert len({(item.clicked_at, item.read_at, item.shown_at) for item in items}) == 1
    assert [name for name, _ in await told(pool)] == ["In-App Message Clicked"]
    assert await pool.fetchval("SELECT count(*) FROM events WHERE name = 'In-App Message Clicked'") == 1
    assert await pool.fetchval("SELECT count(*) FROM feedback") == 1


async def test_a_card_that_no_decision_is_known_of_is_answered_as_well(pool: Pool, door: Ingest, ada: Enrolled) -> None:
    card = await a_card(pool, ada)
    assert (await interact(pool, door, card, Interaction.CLICKED, NOON)).clicked_at == NOON
    assert [name for name, _ in await told(pool)] == ["In-App Message Clicked"]
    assert await pool.fetchval("SELECT count(*) FROM feedback") == 0


async def test_somebody_without_a_name_can_put_a_card_away(pool: Pool, door: Ingest, ada: Enrolled) -> None:
    await pool.execute("DELETE FROM identities")
    card = await a_card(pool, ada)
    assert (await interact(pool, door, card, Interaction.DISMISSED, NOON)).dismissed_at == NOON
    assert await told(pool) == []


async def test_nobody_answers_the_card_of_somebody_else(pool: Pool, door: Ingest, ada: Enrolled) -> None:
    bob = await somebody(pool, "bob")
    card = await a_card(pool, ada)
    for stranger in (bob.profile_id, UUID(int=7)):
        with pytest.raises(NotFound, match="no inbox item has the id"):
            await interact(pool, door, card, Interaction.CLICKED, NOON, of=stranger)
    with pytest.raises(NotFound):
        await interact(pool, door, UUID(int=7), Interaction.CLICKED, NOON)
    assert (await interact(pool, door, card, Interaction.SHOWN, NOON, of=ada.profile_id)).clicked_at is None


async def test_who_became_part_of_somebody_answers_the_cards_of_both(pool: Pool, door: Ingest, ada: Enrolled) -> None:
    card, former = await a_card(pool, ada), UUID(int=9)
    await pool.execute(
        "INSERT INTO profile_merges (loser_id, survivor_id, merged_at, message_id, name, other_name)"
        " VALUES ($1, $2, $3, 'm', 'a', 'b')",
        former,
        ada.profile_id,
        NOON,
    )
    assert (await interact(pool, door, card, Interaction.CLICKED, NOON, of=former)).clicked_at == NOON


async def test_a_card_that_was_reserved_and_never_settled_is_there_if_its_person_sees_it(
    pool: Pool, door: Ingest, ada: Enrolled
) -> None:
    decision_id = await decided(pool, ada)
    await a_card(pool, ada, decision_id)
    await interact(pool, door, decision_id, Interaction.SHOWN, NOON)
    assert await state(pool, decision_id) == "delivered"
