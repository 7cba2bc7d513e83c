"""What was acted on, told so that it is nobody's name."""

from hashlib import sha256
from uuid import UUID


def of_profile(profile_id: UUID) -> str:
    """A person, as the log has them: whoever has the id finds its entries, and no entry leads to an id.

    Args:
        profile_id: As it was asked for.
    """
    return f"profile {sha256(profile_id.bytes).hexdigest()[:32]}"
