"""The policy that a deployment begins with, and what becomes of it when a newer Fermata reads the same document."""

from datetime import datetime

from fermata.database import Connection
from fermata.ledger.policies import Activation, in_force, put_in_force, stored_policy

_AUTHOR = "fermata setup"
_FIRST = "the policy that ships, until you activate your own"
_RENEWED = "the same document under this version of Fermata, whose regional rules or defaults differ"


async def first_policy(connection: Connection, document: str, *, at: datetime) -> Activation:
    """Puts a document in force where none is. Again without harm.

    What ships with Fermata, the law of the regions, is part of what a policy says, and so of its version. Where that
    has changed, the document in force is activated again under its new version, so that the history tells of it.

    Args:
        connection: Any.
        document: TOML, for a deployment that has no policy yet.
        at: The present, aware.

    Returns:
        The activation that stands.

    Raises:
        InvalidPolicy: This version of Fermata cannot read the document in force.
    """
    standing = await in_force(connection)
    if standing is None:
        return await put_in_force(connection, document, author=_AUTHOR, at=at, note=_FIRST)
    stored = await stored_policy(connection, standing.version)
    source = f"the policy {standing.version}"
    return await put_in_force(connection, stored.document, author=_AUTHOR, at=at, note=_RENEWED, source=source)
