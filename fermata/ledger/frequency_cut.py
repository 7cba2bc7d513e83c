"""The frequency cut: a full cap on ads takes the person out of every audience until it clears."""

from datetime import datetime
from uuid import UUID

from fermata.audiences.membership import cut
from fermata.database import Connection
from fermata.policy import SendDecision
from fermata.policy.verdict import Opening
from fermata.vocabulary import Channel

_CAP = "channel_cap"


async def cut_where_capped(connection: Connection, profile_id: UUID, decision: SendDecision, at: datetime) -> None:
    """Withdraws a person's memberships where the decision found the cap of ads full.

    Membership is how ads reach somebody again and again without a decision of ours, so a message that may not go is
    not all: whoever has had their share sees none until the cap clears, and is wanted again from then on.

    Args:
        connection: Inside the transaction of the decision.
        profile_id: Who; their row is held.
        decision: With its trace.
        at: The instant of the decision, aware.
    """
    clears = [
        entry.until
        for entry in decision.trace
        if entry.channel is Channel.ADS
        and entry.rule == _CAP
        and entry.verdict is Opening.LATER
        and entry.until is not None
    ]
    if clears:
        await cut(connection, profile_id, max(clears), at)
