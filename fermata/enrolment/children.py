"""Which run has started which: a child enters by the rules of all, and is then remembered as its parent's."""

from uuid import UUID

from fermata.database import Connection, Queries
from fermata.journeys import ChildStart
from fermata.vocabulary import Reason

_QUERIES = Queries("fermata.enrolment", "children.sql")


async def adopt(connection: Connection, parent: UUID, message_id: str, journey: str, *, awaited: bool) -> ChildStart:
    """Says what a parent's word has come to, and makes the run that began by it the parent's.

    Asked again it answers the same.

    Args:
        connection: The transaction that has stored the word, or a later one.
        parent: The run that has told it.
        message_id: Of the word.
        journey: The one that it is meant for.
        awaited: The parent waits for the end of it.
    """
    row = await connection.fetchrow(_QUERIES["begun"], message_id, journey)
    result = row["result"] if row is not None else None
    if row is None or result is None:
        return ChildStart(reason=Reason.EVENT_NO_JOURNEY)
    if result != "started":
        return ChildStart(reason=Reason.ALREADY_ENROLLED if result == "reached" else Reason(result))
    await connection.execute(_QUERIES["adopt"], row["run_id"], parent, awaited)
    return ChildStart(run_id=row["run_id"])
