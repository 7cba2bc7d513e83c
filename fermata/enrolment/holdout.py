"""Who is held out of a journey: always the same people, a fair share, and not those held out of another journey."""

from hashlib import blake2b
from uuid import UUID

_SALT = b"fermata-holdout"  # blake2b takes up to 16 bytes
_RANGE = 2**64


def held_out(journey: str, profile_id: UUID, share: float) -> bool:
    """Tells whether the profile belongs to the journey's holdout.

    Args:
        journey: Its name; it is part of the hash, so that each journey holds out others.
        profile_id: Whose draw it is; the same one every time.
        share: 0 up to but not including 1.
    """
    if share <= 0:
        return False
    digest = blake2b(f"{journey}/{profile_id}".encode(), digest_size=8, salt=_SALT)
    return int.from_bytes(digest.digest(), "big") < share * _RANGE
