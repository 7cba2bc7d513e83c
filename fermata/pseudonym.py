"""What a person is called where operators read: in logs and traces no profile stands by its id."""

import re
from hashlib import sha256
from uuid import UUID

_OF_A_WORKFLOW = re.compile(r"(?<!broadcast/)(?<=/)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The profile in ``{journey}/{profile}``, as Temporal's SDK writes it down."""
_LENGTH = 16  # hexadecimal digits: enough to tell people apart, and to look for all lines of one


def pseudonym(profile_id: UUID) -> str:
    """The same name for the same profile, in every process.

    In Postgres it is ``left(encode(sha256(uuid_send(id)), 'hex'), 16)``.

    Args:
        profile_id: Whose.
    """
    return sha256(profile_id.bytes).hexdigest()[:_LENGTH]


def without_profiles(text: str) -> str:
    """The same text with the pseudonym for the profile in every workflow id.

    Args:
        text: In which workflow ids may stand.
    """
    return _OF_A_WORKFLOW.sub(lambda found: pseudonym(UUID(found[0])), text)
