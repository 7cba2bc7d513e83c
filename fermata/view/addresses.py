"""Where a person can be reached, shown so that it can be recognised and not written to, and what must not be used."""

from datetime import datetime

from fermata.database import Queries
from fermata.ledger.masking import masked
from fermata.view.shown import Shown
from fermata.view.subject import Subject
from fermata.vocabulary import Channel

_QUERIES = Queries("fermata.view")


class Address(Shown):
    """One address."""

    channel: Channel
    """The channel that it is for."""
    address: str
    """Masked: `a…@example.com`. The export has it in full."""
    stated_at: datetime | None
    """When it was last stated."""


class Suppression(Shown):
    """An address of the person that must not be reached."""

    channel: Channel
    """The channel on which it must not."""
    address: str
    """Masked."""
    reason: str
    """Why, for example a hard bounce."""
    since: datetime
    """Since when."""


def addresses(subject: Subject) -> tuple[Address, ...]:
    """Returns the person's addresses, by channel."""
    known = {Channel(channel): address for channel, address in subject.profile["addresses"].items() if address}
    return tuple(
        Address(
            channel=channel, address=masked(channel, address), stated_at=subject.stated_at(f"addresses.{channel.value}")
        )
        for channel, address in sorted(known.items())
    )


async def suppressions(subject: Subject) -> tuple[Suppression, ...]:
    """Returns which of the person's addresses must not be reached."""
    rows = await subject.connection.fetch(_QUERIES["suppressions"], subject.profile["addresses"])
    return tuple(
        Suppression(
            channel=row["channel"],
            address=masked(Channel(row["channel"]), row["address"]),
            reason=row["reason"],
            since=row["created_at"],
        )
        for row in rows
    )
