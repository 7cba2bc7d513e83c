"""What a person does with a card: it was shown, read, clicked, dismissed. Of each, the first time counts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from fermata.channels.inbox import InboxItem, read_item
from fermata.database import AWAY, Connection, Pool, Queries
from fermata.errors import NotFound, Unavailable
from fermata.vocabulary import Channel

_QUERIES = Queries("fermata.channels")


class Interaction(StrEnum):
    """One thing that a person does with a card."""

    SHOWN = "shown"
    """It came into view."""
    READ = "read"
    """They opened it, or marked it as read."""
    CLICKED = "clicked"
    """They followed it. Then it was also shown and read."""
    DISMISSED = "dismissed"
    """They put it away: it is neither listed nor counted any more."""


@dataclass(frozen=True, slots=True)
class CardSource:
    """Whose a card is, and what brought it.

    Args:
        profile_id: The person's.
        kind: Of the card.
        message: The key of the message.
        url: Where a tap leads, or None.
        journey: That sent it; None where its decision is not on record.
    """

    profile_id: UUID
    kind: Channel
    message: str
    url: str | None
    journey: str | None


async def source_of(database: Connection | Pool, item_id: UUID) -> CardSource:
    """Tells whose a card is.

    Args:
        database: A connection, or the pool.
        item_id: The card.

    Raises:
        NotFound: There is no such card.
    """
    row = await database.fetchrow(_QUERIES["whose_card"], item_id)
    if row is None:
        raise unknown_card(item_id)
    return CardSource(row["profile_id"], Channel(row["kind"]), row["message"], row["url"], row["journey"])


async def note(connection: Connection, item_id: UUID, interaction: Interaction, at: datetime) -> InboxItem:
    """Writes down an interaction; again without harm. Open streams hear of it with the commit.

    Args:
        connection: Inside a transaction.
        item_id: The card.
        interaction: What the person did.
        at: When (aware).

    Returns:
        The card as it is now.

    Raises:
        NotFound: There is no such card.
    """
    row = await connection.fetchrow(_QUERIES["lock_card"], item_id)
    if row is None:
        raise unknown_card(item_id)
    says = {"shown_at"}  # whoever does anything with a card sees it
    if interaction is not Interaction.SHOWN:
        says |= {"read_at", f"{interaction.value}_at"}
    first = {name: at for name in says if row[name] is None}
    if not first:
        return read_item(row)
    after = {**row, **first}
    names = ("shown_at", "read_at", "clicked_at", "dismissed_at")
    await connection.execute(_QUERIES["note"], item_id, *(after[name] for name in names))
    return read_item(after)


async def mark_read(pool: Pool, item_id: UUID, *, now: datetime) -> InboxItem:
    """Marks a card as read. Again without harm: the first reading counts.

    Args:
        pool: The pool to write by.
        item_id: The card.
        now: The present instant (aware).

    Raises:
        NotFound: There is no such card.
        Unavailable: Postgres does not answer.
    """
    try:
        async with pool.acquire() as connection, connection.transaction():
            return await note(connection, item_id, Interaction.READ, now)
    except AWAY as error:
        raise Unavailable(f"Postgres does not answer: {error}") from error


def unknown_card(item_id: UUID) -> NotFound:
    """What is raised for a card that is not there, or is not the caller's to see."""
    return NotFound(f"no inbox item has the id {item_id}")
