"""Imports a file of events in the Segment spec: in batches, each with its checkpoint in one transaction."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import orjson

from cli.importing.bar import Told, telling
from cli.importing.lines import LONGEST_LINE, Line, LineFile
from cli.importing.outcome import Outcome
from cli.importing.rejects import RejectFile, rejects_path
from fermata.database import Connection, Pool
from fermata.errors import InvalidEvent
from fermata.events import IncomingEvent, parse
from fermata.events.verbs import Verbs
from fermata.ingest import Ingest, Receipt
from fermata.ingest.event_files import Checkpoint, find_checkpoint, keep_checkpoint

_MOST_EVENTS = 500
_MOST_BYTES = 2 * 1024 * 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(slots=True)
class _Batch:
    """Lines that are done in one transaction; ``digest`` is of all the file up to the last of them."""

    events: list[IncomingEvent] = field(default_factory=list)
    faults: list[tuple[Line, InvalidEvent]] = field(default_factory=list)
    size: int = 0
    last: int = 0
    digest: bytes = b""

    def add(self, line: Line, now: datetime, verbs: Verbs | None) -> None:
        self.size += line.size
        self.last = line.number
        try:
            event = _read(line, now, verbs)
        except InvalidEvent as error:
            self.faults.append((line, error))
        else:
            if event is not None:
                self.events.append(event)

    @property
    def is_full(self) -> bool:
        return len(self.events) + len(self.faults) >= _MOST_EVENTS or self.size >= _MOST_BYTES


async def import_events(
    pool: Pool, ingest: Ingest, path: Path, *, restart: bool = False, verbs: Verbs | None = None
) -> Outcome:
    """Imports a file, from where an earlier import of it was cut off.

    Events go through the pipe of ``/v1/import``: their times are believed, and they are marked ``historical``. Each
    batch and the checkpoint behind it are one transaction, so that nothing is lost or counted twice, whenever the
    process ends.

    Args:
        pool: The database, for the checkpoint.
        ingest: The way into it.
        path: NDJSON in UTF-8, an event a line; empty lines count and are passed over.
        restart: Whether to read it from its start whatever was done of it. What is stored already has no effect.
        verbs: The standard events; those that ship where it is None.

    Raises:
        NotFound: The file cannot be read.
        ConfigurationError: The file of rejects cannot be written.
        Unavailable: Postgres does not answer.
    """
    began, name = time.monotonic(), _name(path)
    with LineFile(path) as file, telling(path, file.size) as told:
        begun = None if restart else await find_checkpoint(pool, name)
        if begun is not None and not file.skip(begun.position, begun.line, begun.digest):
            told.note(f"{path} was changed in the lines that were imported before: it is read from its start")
            begun = None
        kept = begun or Checkpoint(name, 0, 0, file.digest, 0, 0, 0, 0, datetime.now(UTC))
        rejects = RejectFile(rejects_path(path), kept.rejects_size)
        try:
            done = await _import_rest(ingest, _batches(file, verbs), rejects, kept, told)
        finally:
            rejects.close()
    seconds = time.monotonic() - began
    events = (done.accepted + done.duplicates) - (kept.accepted + kept.duplicates)
    return Outcome(
        file=str(path),
        lines=done.line,
        accepted=done.accepted,
        duplicates=done.duplicates,
        rejected=done.rejected,
        rejects=rejects_path(path) if done.rejected else None,
        resumed_after_line=begun.line if begun is not None else None,
        seconds=round(seconds, 3),
        per_second=round(events / seconds) if events else None,
    )


def _name(path: Path) -> str:
    """What the database knows the file by."""
    return str(path.resolve())


async def _import_rest(
    ingest: Ingest, batches: Iterator[_Batch], rejects: RejectFile, kept: Checkpoint, told: Told
) -> Checkpoint:
    told.reached(kept.position)
    for batch in batches:
        now = datetime.now(UTC)
        _reject(batch.faults, rejects, told)
        reached = replace(
            kept,
            position=kept.position + batch.size,
            line=batch.last,
            digest=batch.digest,
            rejected=kept.rejected + len(batch.faults),
            rejects_size=rejects.size,
        )

        async def keep(connection: Connection, receipt: Receipt, reached: Checkpoint = reached) -> None:
            await keep_checkpoint(connection, _counted(reached, receipt), datetime.now(UTC))

        receipt = await ingest.accept(batch.events, (), now, alongside=keep)
        kept = _counted(reached, receipt)
        told.reached(kept.position)
    return kept


def _counted(checkpoint: Checkpoint, receipt: Receipt) -> Checkpoint:
    return replace(
        checkpoint,
        accepted=checkpoint.accepted + receipt.accepted,
        duplicates=checkpoint.duplicates + receipt.duplicates,
    )


def _batches(file: LineFile, verbs: Verbs | None) -> Iterator[_Batch]:
    batch, now = _Batch(), datetime.now(UTC)
    for line in file.lines():
        batch.add(line, now, verbs)
        if batch.is_full:
            batch.digest = file.digest
            yield batch
            batch, now = _Batch(), datetime.now(UTC)
    if batch.size:
        batch.digest = file.digest
        yield batch


def _read(line: Line, now: datetime, verbs: Verbs | None) -> IncomingEvent | None:
    """The event of a line; None for an empty line."""
    if line.text is None:
        raise InvalidEvent(f"longer than {LONGEST_LINE:,} bytes")
    text = line.text.removeprefix(_BYTE_ORDER_MARK) if line.number == 1 else line.text
    if not text.strip():
        return None
    try:
        payload = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidEvent(f"not JSON: {error.msg} at column {error.colno}") from None
    return parse(payload, received_at=now, position=line.number, historical=True, verbs=verbs)


def _reject(faults: Sequence[tuple[Line, InvalidEvent]], rejects: RejectFile, told: Told) -> None:
    for line, error in faults:
        rejects.add(line.number, error.field, str(error), line.text)
        told.fault(line.number, error.field, str(error))
    if faults:
        rejects.flush()
