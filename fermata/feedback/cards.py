"""What a person does with a card: on record, in the ledger as feedback, and told to journeys, in one transaction."""

from datetime import datetime
from uuid import UUID

from fermata.channels import InboxItem
from fermata.channels.interactions import CardSource, Interaction, note, source_of, unknown_card
from fermata.database import Connection, Pool
from fermata.errors import NotFound
from fermata.feedback.following import follow
from fermata.feedback.sends import Heard, sends_of
from fermata.feedback.suppressing import SoftBounces
from fermata.feedback.telling import without_query
from fermata.feedback.word import Feedback
from fermata.ingest import Ingest, Receipt
from fermata.ingest.own_event import own_event
from fermata.profiles.by_id import find, strongest_name
from fermata.vocabulary import FeedbackKind

SOURCE = "inbox"
"""Who tells it, in the record of feedback."""

EVENTS = {
    Interaction.SHOWN: "In-App Message Shown",
    Interaction.CLICKED: "In-App Message Clicked",
    Interaction.DISMISSED: "In-App Message Dismissed",
}
"""What journeys hear. That a card was read changes the number on the badge, and no journey."""

_KINDS = {
    Interaction.SHOWN: FeedbackKind.DELIVERED,
    Interaction.READ: FeedbackKind.OPENED,
    Interaction.CLICKED: FeedbackKind.CLICKED,
    Interaction.DISMISSED: FeedbackKind.DELIVERED,
}
_NO_BOUNCES = SoftBounces()


async def interact(
    pool: Pool, door: Ingest, item_id: UUID, interaction: Interaction, now: datetime, *, of: UUID | None = None
) -> InboxItem:
    """Takes an interaction. Again without effect: of each kind the first time counts.

    Args:
        pool: Where cards are kept.
        door: Where the event goes.
        item_id: The card.
        interaction: What the person did.
        now: When, aware.
        of: Whose card it must be, or a profile that became part of that person; None for anybody's.

    Returns:
        The card as it is now.

    Raises:
        NotFound: There is no such card, or it is somebody else's.
        Unavailable: Too many others write about the same person at this moment.
    """
    card = await source_of(pool, item_id)
    if of is not None and card.profile_id != await _present(pool, of):
        raise unknown_card(item_id)
    word = Feedback(
        source=SOURCE,
        source_id=f"{item_id}:{interaction.value}",
        kind=_KINDS[interaction],
        occurred_at=now,
        decision_id=item_id,
        link_url=card.url if interaction is Interaction.CLICKED else None,
    )
    send = (await sends_of(pool, [word])).get(0)
    async with pool.acquire() as connection:
        name = await strongest_name(connection, card.profile_id)
    noted: list[InboxItem] = []

    async def write(connection: Connection, receipt: Receipt) -> None:
        del receipt
        if send is not None:  # what the ledger never sent, it need not hear of
            await follow(connection, [Heard(word, send)], _NO_BOUNCES, now)
        noted[:] = [await note(connection, item_id, interaction, now)]

    told = []
    if name is not None and interaction in EVENTS:
        message_id = f"card:{item_id}:{interaction.value}"
        properties = _properties(item_id, card, interaction)
        told = [own_event(EVENTS[interaction], name, properties, message_id=message_id, at=now)]
    await door.accept(told, (), now, alongside=write)
    return noted[0]


async def _present(pool: Pool, profile_id: UUID) -> UUID | None:
    try:
        return (await find(pool, profile_id)).id
    except NotFound:
        return None


def _properties(item_id: UUID, card: CardSource, interaction: Interaction) -> dict[str, str]:
    said = {
        "channel": card.kind.value,
        "message_key": card.message,
        "journey": card.journey,
        "decision_id": str(item_id),
        "link_url": without_query(card.url) if card.url is not None and interaction is Interaction.CLICKED else None,
    }
    return {name: value for name, value in said.items() if value is not None}
