"""People in audiences, for tests: wanted there as a journey wants them, by a decision and a send."""

from datetime import datetime
from itertools import count

from fermata.audiences.declared import Audiences
from fermata.channels.ads import AudienceProvider
from fermata.channels.port import Accepted, AudienceContent, Busy, Envelope, Rejected
from fermata.database import Pool
from fermata.ledger import Policies, decide_and_reserve
from fermata.vocabulary import Action, Channel
from tests.people import NOON, Enrolled

_steps = count()


async def send_ads(
    pool: Pool, policies: Policies, audiences: Audiences, person: Enrolled, audience: str, at: datetime = NOON
) -> Accepted | Rejected | Busy | None:
    """Decides a message by ads and sends it; None where the decision is another than to send."""
    attempt = person.attempt(f"ads-{next(_steps)}", channels=("ads",))
    decision = await decide_and_reserve(pool, policies, attempt, at)
    if decision.action is not Action.SEND:
        return None
    envelope = Envelope(
        idempotency_key=attempt.dedupe_key,
        channel=Channel.ADS,
        address=None,
        content=AudienceContent(audience),
        profile_id=person.profile_id,
        message_key="hello",
        decision_id=decision.id,
        sent_at=at,
    )
    return await AudienceProvider(pool, audiences).send(envelope)
