"""Ads as a channel of messages: sending one wants the person in an audience. The reconciler brings that about."""

from typing import ClassVar

import asyncpg

from fermata.audiences.declared import Audiences
from fermata.audiences.membership import join
from fermata.channels.closing import Closing
from fermata.channels.port import Accepted, AudienceContent, Busy, Capabilities, Envelope, Rejected
from fermata.database import AWAY, Pool
from fermata.errors import DefinitionError
from fermata.vocabulary import Channel, Reason

_WORDS = {
    Reason.PROFILE_ERASED: "there is no such person any more",
    Reason.EXITED: "the run is over",
    Reason.CONSENT_REVOKED: "they said no to ads",
    Reason.ELIGIBILITY_FAILED: "they did what ends a membership",
    Reason.MISSING_ADDRESS: "the profile has neither an e-mail address nor a phone number to match by",
}


class AudienceProvider(Closing):
    """Writes down who is to be in which audience.

    One row a person and audience: the same envelope twice leaves one, so an unknown outcome is simply tried again.

    Args:
        pool: Where the rows go. It belongs to the caller and stays open.
        audiences: Of the deployment; templates write their names.
    """

    name: ClassVar[str] = "postgres:audiences"
    channel: ClassVar[Channel] = Channel.ADS
    capabilities: ClassVar[Capabilities] = Capabilities(honours_idempotency_key=True, unknown="resend")

    def __init__(self, pool: Pool, audiences: Audiences) -> None:
        self._pool = pool
        self._audiences = audiences.audiences
        self._hashing = audiences.hashing

    async def aclose(self) -> None:
        """Does nothing: the pool is the caller's."""

    async def send(self, envelope: Envelope) -> Accepted | Rejected | Busy:
        """Wants the person in the audience from now on; ``Accepted`` carries the decision's id.

        Raises:
            DefinitionError: The envelope is for another channel.
        """
        if not isinstance(envelope.content, AudienceContent):
            raise DefinitionError(f"{self.name} keeps audiences, not {envelope.channel.value}")
        audience = self._audiences.get(envelope.content.audience)
        if audience is None:
            known = ", ".join(sorted(self._audiences)) or "none"
            words = f"no audience is named {envelope.content.audience[:60]!r}; FERMATA_AUDIENCES declares: {known}"
            return Rejected(Reason.PROVIDER_MISCONFIGURED, words)
        try:
            stopped = await join(
                self._pool, envelope.decision_id, audience, self._hashing[audience.platform], envelope.sent_at
            )
        except asyncpg.ForeignKeyViolationError:
            return Rejected(Reason.PROFILE_ERASED, _WORDS[Reason.PROFILE_ERASED])
        except AWAY as error:
            return Busy(None, f"Postgres does not answer: {error}", certain=False)
        return Accepted(str(envelope.decision_id)) if stopped is None else Rejected(stopped, _WORDS[stopped])
