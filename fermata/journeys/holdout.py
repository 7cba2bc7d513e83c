"""Who is held out, of one journey or of all: always the same people, a fair share, and others in another journey."""

from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID

SALT = "fermata-holdout"
"""Of the journeys' own draws, and of the global one unless the deployment names another. At most 16 bytes."""

EVERYWHERE = ""
"""The scope of the global draw; that of a journey's is its name."""

_RANGE = 2**64


@dataclass(frozen=True, slots=True)
class GlobalHoldout:
    """The share of all profiles whom no marketing reaches, in whatever journey.

    Args:
        share: 0 up to but not including 1; 0 for nobody.
        salt: Another one is another draw, of other people. At most 16 bytes.
    """

    share: float = 0.0
    salt: str = SALT


NOBODY = GlobalHoldout()
"""Without a global holdout."""


def held_out(scope: str, profile_id: UUID, share: float, salt: str = SALT) -> bool:
    """Draws for a profile. The same question has the same answer, on every machine.

    Args:
        scope: The journey's name, or ``EVERYWHERE``; it is part of the hash, so that each journey holds out others.
        profile_id: Whose draw it is.
        share: 0 up to but not including 1.
        salt: At most 16 bytes.
    """
    if share <= 0:
        return False
    digest = blake2b(f"{scope}/{profile_id}".encode(), digest_size=8, salt=salt.encode())
    return int.from_bytes(digest.digest(), "big") < share * _RANGE
