"""People with names, and cards for them."""

from datetime import UTC, datetime
from uuid import UUID

from fermata.channels import CardProvider
from fermata.database import Pool, new_id
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import Registry
from fermata.vocabulary import Channel
from tests.integration.channels.envelopes import an_envelope


async def somebody(pool: Pool, name: str) -> UUID:
    """A person with a user id."""
    now = datetime.now(UTC)
    await Ingest(pool, Registry({})).accept([parse({"type": "identify", "userId": name}, received_at=now)], (), now)
    found: UUID = await pool.fetchval("SELECT profile_id FROM identities WHERE value = $1", name)
    return found


async def put(pool: Pool, profile_id: UUID, channel: Channel = Channel.IN_APP, **changes: object) -> str:
    """Puts a card where a person will find it, and returns its id."""
    card = new_id()
    envelope = an_envelope(
        channel, **{"profile_id": profile_id, "decision_id": card, "sent_at": datetime.now(UTC), **changes}
    )
    await CardProvider(channel, pool).send(envelope)
    return str(card)
