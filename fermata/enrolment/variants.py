"""Which of several variants a person is shown: drawn by a stable hash, written down when shown, theirs for ever."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from fermata.database import Pool, Queries
from fermata.errors import DefinitionError, NotFound

_QUERIES = Queries("fermata.enrolment", "variants.sql")
_SALT = b"fermata-variant"  # blake2b takes up to 16 bytes
_RANGE = 2**64


def drawn(experiment: str, profile_id: UUID, weights: Mapping[str, float]) -> str:
    """Draws a variant: the same one for the same person, whatever process asks.

    Args:
        experiment: Its name is part of the hash, so that each experiment divides people anew.
        profile_id: Whose draw it is.
        weights: Of each variant, greater than zero; they need not add up to one.

    Raises:
        DefinitionError: There is nothing to draw from.
    """
    total = sum(weights.values())
    if not weights or min(weights.values()) <= 0:
        raise DefinitionError(f"variant {experiment!r}: give each variant a weight above zero, not {dict(weights)}")
    digest = blake2b(f"{experiment}/{profile_id}".encode(), digest_size=8, salt=_SALT)
    place = int.from_bytes(digest.digest(), "big") / _RANGE * total
    for variant, weight in sorted(weights.items()):
        place -= weight
        if place < 0:
            return variant
    return max(weights)


async def expose(
    pool: Pool, run_id: UUID, profile_id: UUID, experiment: str, weights: Mapping[str, float], at: datetime
) -> str:
    """Writes down which variant a run shows its person, and says which.

    Args:
        pool: Where to.
        run_id: The run.
        profile_id: Whose, for the draw of those who have seen none yet.
        experiment: Its name.
        weights: Of each variant. One that somebody has seen stays theirs when weights change, as long as it is there.
        at: When it is shown.

    Raises:
        NotFound: There is no such run.
        DefinitionError: There is nothing to draw from.
    """
    variant = drawn(experiment, profile_id, weights)
    share = weights[variant] / sum(weights.values())
    shown: str | None = await pool.fetchval(_QUERIES["expose"], run_id, experiment, variant, share, at, list(weights))
    if shown is None:
        raise NotFound(f"no run has the id {run_id}")
    return shown
