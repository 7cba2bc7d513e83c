"""What a webhook of a provider was understood to say."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from fermata.feedback.texting import InboundText
from fermata.feedback.word import Feedback


@dataclass(frozen=True, slots=True)
class Told:
    """What one webhook tells.

    Args:
        words: On messages that went out.
        texts: That people wrote to us.
        not_understood: How many of its parts tell of something else, or make no sense.
        confirm: The address by which the provider is told that we want to hear more.
    """

    words: tuple[Feedback, ...] = field(default=())
    texts: tuple[InboundText, ...] = field(default=())
    not_understood: int = 0
    confirm: str | None = None


def to_uuid(value: object) -> UUID | None:
    """An id of ours that the provider gives back; None where it is none.

    Args:
        value: As it came.
    """
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def to_instant(seconds: object, otherwise: datetime) -> datetime:
    """The instant that a provider tells.

    Args:
        seconds: Since 1970, UTC.
        otherwise: Where it tells none that can be read.
    """
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return otherwise
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return otherwise


def to_text(value: object, most: int = 1000) -> str:
    """Text as a table takes it: short, without NUL and half characters.

    Args:
        value: As it came; what is no text is "".
        most: Characters.
    """
    if not isinstance(value, str):
        return ""
    return value[:most].encode("utf-8", "replace").decode().replace("\x00", "")
