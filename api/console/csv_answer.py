"""A table as a CSV file (RFC 4180), for whoever reckons on with it."""

import csv
import io
from collections.abc import Iterable, Sequence

from fastapi import Response

from api.console.rendering import HEADERS

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Writes rows as a file.

    Args:
        name: The file's, without its ending.
        columns: The first line.
        rows: The others. A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    text = io.StringIO()
    written = csv.writer(text)
    written.writerow(columns)
    written.writerows([_cell(each) for each in row] for row in rows)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
