"""Imports a file of products into the catalogue: NDJSON, or a table of text with a header."""

import csv
import io
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import orjson

from cli.importing.bar import Told, telling
from cli.importing.lines import LONGEST_LINE, LineFile
from cli.importing.outcome import Outcome
from cli.importing.rejects import RejectFile, rejects_path
from fermata.catalogue import InvalidProduct, Product, put, read_product
from fermata.database import Pool
from fermata.errors import ConfigurationError

_AT_ONCE = 1000
_TABLES = (".csv", ".tsv")
_DELIMITERS = (",", ";", "\t")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class _Record(NamedTuple):
    """A line of the file: what it holds, or why it cannot be read."""

    number: int
    text: bytes | None
    value: object = None
    fault: str | None = None


async def import_products(pool: Pool, path: Path) -> Outcome:
    """Puts the products of a file into the catalogue. What it says of a product becomes all that is known of it.

    Args:
        pool: The database.
        path: NDJSON, or CSV where its name ends in ``.csv`` or ``.tsv``. It may be of any length.

    Raises:
        NotFound: The file cannot be read.
        ConfigurationError: It is a CSV without a header that names the product's id, or its rejects cannot be written.
        Unavailable: Postgres does not answer.
    """
    began = time.monotonic()
    accepted = rejected = last = 0
    with LineFile(path) as file, telling(path, file.size) as told:
        rejects = RejectFile(rejects_path(path), 0)
        try:
            batch: list[Product] = []
            for record in _rows(file, told) if path.suffix.lower() in _TABLES else _objects(file, told):
                last = record.number
                try:
                    batch.append(_product(record))
                except InvalidProduct as error:
                    rejected += 1
                    rejects.add(record.number, error.field, str(error), record.text)
                    told.fault(record.number, error.field, str(error))
                if len(batch) == _AT_ONCE:
                    accepted += await _put(pool, batch)
                    batch = []
            accepted += await _put(pool, batch)
        finally:
            rejects.close()
    seconds = time.monotonic() - began
    return Outcome(
        file=str(path),
        lines=last,
        accepted=accepted,
        duplicates=0,
        rejected=rejected,
        rejects=rejects_path(path) if rejected else None,
        resumed_after_line=None,
        seconds=round(seconds, 3),
        per_second=round(accepted / seconds) if accepted else None,
    )


async def _put(pool: Pool, products: list[Product]) -> int:
    if products:
        await put(pool, products, datetime.now(UTC))
    return len(products)


def _product(record: _Record) -> Product:
    if record.fault is not None:
        raise InvalidProduct(record.fault)
    return read_product(record.value)


def _objects(file: LineFile, told: Told) -> Iterator[_Record]:
    read = 0
    for line in file.lines():
        read += line.size
        told.reached(read)
        if line.text is None:
            yield _Record(line.number, None, fault=f"longer than {LONGEST_LINE:,} bytes")
            continue
        text = line.text.removeprefix(_BYTE_ORDER_MARK) if line.number == 1 else line.text
        if not text.strip():
            continue
        try:
            yield _Record(line.number, text, orjson.loads(text))
        except orjson.JSONDecodeError as error:
            yield _Record(line.number, text, fault=f"not JSON: {error.msg} at column {error.colno}")


def _rows(file: LineFile, told: Told) -> Iterator[_Record]:
    """The rows of a CSV. A row counts as the line that it begins on: a field in quotes may hold line breaks."""
    texts = _Texts(file, told)
    names = next(texts, "")
    delimiter = max(_DELIMITERS, key=names.count)
    header = _header(next(csv.reader([names], delimiter=delimiter), []))
    reader = csv.reader(texts, strict=True, delimiter=delimiter)
    while True:
        texts.begin()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _Record(texts.first, texts.text, fault=f"not CSV: {error}")
            continue
        if not row:
            continue
        if len(row) != len(header):
            fault = f"has {len(row)} fields; the header has {len(header)}"
            yield _Record(texts.first, texts.text, fault=fault)
            continue
        yield _Record(texts.first, texts.text, dict(zip(header, row, strict=True)))


def _header(names: list[str]) -> list[str]:
    header = ["_".join(name.casefold().split()) for name in names]
    if not {"product_id", "id"} & set(header):
        raise ConfigurationError(
            f"the first line of a CSV names its columns, one of them product_id; this one is {','.join(names)[:200]!r}"
        )
    return header


class _Texts(Iterator[str]):
    """The lines of a CSV as text, with what was read since a row began."""

    def __init__(self, file: LineFile, told: Told) -> None:
        self._lines = file.lines()
        self._told = told
        self._read = 0
        self._kept = io.BytesIO()
        self._number = 0
        self.first = 1

    def begin(self) -> None:
        """A row begins."""
        self._kept = io.BytesIO()
        self.first = self._number + 1

    @property
    def text(self) -> bytes:
        """Of the row, as far as it was read."""
        return self._kept.getvalue()

    def __next__(self) -> str:
        line = next(self._lines)
        self._number = line.number
        self._read += line.size
        self._told.reached(self._read)
        if line.text is None:
            raise csv.Error(f"line {line.number} is longer than {LONGEST_LINE:,} bytes")
        self._kept.write(line.text)
        text = line.text.removeprefix(_BYTE_ORDER_MARK) if line.number == 1 else line.text
        try:
            return text.decode()
        except UnicodeDecodeError:
            raise csv.Error(f"line {line.number} is not UTF-8; save the file as UTF-8") from None
