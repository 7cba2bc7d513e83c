"""What a provider tells of one message: one word, however its webhook was written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from fermata.errors import DefinitionError
from fermata.vocabulary import FeedbackKind


class Bounce(StrEnum):
    """How a message came back."""

    HARD = "hard"
    """The address takes none, now or later."""
    SOFT = "soft"
    """Not this time: a full mailbox, a phone that is switched off."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """One word on one message. It names its send by at least one of three names; the first that is known counts.

    Args:
        source: Who tells it, for example the provider's name.
        source_id: The source's id of this word: the same again is the same word.
        kind: What became of the message.
        occurred_at: When, aware.
        decision_id: Ours, where we gave it along and the source gives it back.
        dedupe_key: The idempotency key that we gave along.
        provider_message_id: The provider's name of the message, as it told when it took it.
        provider: Whose name that is; None where it is unlike any other in the world, as a Message-ID is.
        bounce: With ``bounced``: how.
        machine: A program did it, and not the person, as far as the source tells.
        link_url: With ``clicked``: where the link leads.
        detail: The source's words. They may hold an address, and stay in Postgres.
        evidence: What shows it, for what is put on record as the person's own word: ``ip``, ``user_agent``.

    Raises:
        DefinitionError: It names no send, a bounce does not say how, or the instant is naive.
    """

    source: str
    source_id: str
    kind: FeedbackKind
    occurred_at: datetime
    decision_id: UUID | None = None
    dedupe_key: str | None = None
    provider_message_id: str | None = None
    provider: str | None = None
    bounce: Bounce | None = None
    machine: bool = False
    link_url: str | None = None
    detail: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> tuple[str, str]:
        """What tells the word from all others: who says it, and their id of it."""
        return self.source, self.source_id

    def __post_init__(self) -> None:
        if not (self.decision_id or self.dedupe_key or self.provider_message_id):
            raise DefinitionError(
                f"feedback {self.source_id!r} of {self.source} names no message; give one of its names"
            )
        if (self.bounce is None) is (self.kind is FeedbackKind.BOUNCED):
            raise DefinitionError(f"feedback {self.source_id!r} of {self.source}: a bounce, and nothing else, says how")
        if self.occurred_at.tzinfo is None:
            raise DefinitionError(f"feedback {self.source_id!r} of {self.source}: {self.occurred_at} has no time zone")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of words.

    Args:
        taken: Known for the first time, and acted on.
        duplicates: Known before: without any effect.
        unknown: About no message that is known here; kept aside, and acted on once it is.
    """

    taken: int = 0
    duplicates: int = 0
    unknown: int = 0

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(self.taken + other.taken, self.duplicates + other.duplicates, self.unknown + other.unknown)
