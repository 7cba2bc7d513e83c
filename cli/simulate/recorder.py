"""Stands in for every provider: keeps what would have gone out, and lets nothing leave the machine."""

from collections import defaultdict
from uuid import UUID

from fermata.channels import Accepted, Busy, Capabilities, Envelope, Rejected, Roster
from fermata.channels.roster import Enlisted
from fermata.vocabulary import Channel, Reason

_CAPABILITIES = Capabilities(honours_idempotency_key=True, unknown="resend")


class Recorder:
    """What a simulation would have sent, in order, to whom."""

    def __init__(self) -> None:
        self._by_key: dict[str, Envelope] = {}
        self.refusing: set[Channel] = set()

    @property
    def roster(self) -> Roster:
        """A provider for every channel."""
        return Roster(Enlisted(_RecordingProvider(channel, self)) for channel in Channel)

    @property
    def envelopes(self) -> tuple[Envelope, ...]:
        """All of them."""
        return tuple(self._by_key.values())

    def of_decisions(self) -> dict[UUID, Envelope]:
        """By the decision that let each go out."""
        return {envelope.decision_id: envelope for envelope in self._by_key.values()}

    def of_profiles(self) -> dict[UUID, list[Envelope]]:
        """By the person whom each is for."""
        found: dict[UUID, list[Envelope]] = defaultdict(list)
        for envelope in self._by_key.values():
            found[envelope.profile_id].append(envelope)
        return found

    def take(self, envelope: Envelope) -> None:
        """Keeps one. The same one again is the same one."""
        self._by_key.setdefault(envelope.idempotency_key, envelope)


class _RecordingProvider:
    capabilities = _CAPABILITIES

    def __init__(self, channel: Channel, recorder: Recorder) -> None:
        self.channel = channel
        self.name = f"simulated:{channel.value}"
        self._recorder = recorder

    async def send(self, envelope: Envelope) -> Accepted | Rejected | Busy:
        if self.channel in self._recorder.refusing:
            return Rejected(Reason.PROVIDER_REJECTED, "the simulation has it refused")
        self._recorder.take(envelope)
        return Accepted(f"simulated-{envelope.decision_id}")

    async def aclose(self) -> None:
        """Does nothing: there is nothing to give back."""
