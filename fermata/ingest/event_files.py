"""How far the import of a file has come: kept in the database that the events are in, so that the two never differ."""

from dataclasses import dataclass
from datetime import datetime

from fermata.database import Connection, Pool, Queries

_QUERIES = Queries("fermata.ingest", "event_files.sql")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was done of a file: the lines up to ``position`` are stored or rejected, none after it is.

    Args:
        path: The file's, absolute.
        position: Bytes from its start to the end of the last line that was done.
        line: The number of that line, from 1.
        digest: Of those bytes.
        accepted, duplicates, rejected: What became of those lines.
        rejects_size: Bytes of the file of rejects that belong to them.
        started_at: When the import began.
    """

    path: str
    position: int
    line: int
    digest: bytes
    accepted: int
    duplicates: int
    rejected: int
    rejects_size: int
    started_at: datetime


async def find_checkpoint(connection: Connection | Pool, path: str) -> Checkpoint | None:
    """What was done of a file, or None where it was never begun."""
    row = await connection.fetchrow(_QUERIES["find"], path)
    return Checkpoint(**row) if row is not None else None


async def keep_checkpoint(connection: Connection | Pool, checkpoint: Checkpoint, now: datetime) -> None:
    """Keeps what was done. In the transaction that does it, it holds exactly then when that does."""
    await connection.execute(
        _QUERIES["keep"],
        checkpoint.path,
        checkpoint.position,
        checkpoint.line,
        checkpoint.digest,
        checkpoint.accepted,
        checkpoint.duplicates,
        checkpoint.rejected,
        checkpoint.rejects_size,
        checkpoint.started_at,
        now,
    )
