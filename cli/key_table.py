"""The table that ``fermata keys list`` prints."""

from collections.abc import Iterable
from datetime import datetime

from rich.table import Table
from rich.text import Text

from cli.instants import utc_text
from fermata.access import KeyRecord


def key_table(keys: Iterable[KeyRecord], now: datetime) -> Table:
    """A row a key; those that work no more are dim.

    Args:
        keys: In the order of the rows.
        now: The instant, aware.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("name", "may", "limit"):
        table.add_column(column, overflow="fold")
    for column in ("made", "last used", "ends", "state"):
        table.add_column(column, no_wrap=True)
    for key in keys:
        state, works = _state(key, now)
        table.add_row(
            Text(key.name),
            ", ".join(scope.value for scope in key.scopes),
            key.limit or "",
            f"{key.created_at:%Y-%m-%d}",
            utc_text(key.last_used_at) if key.last_used_at is not None else "never",
            utc_text(key.expires_at) if key.expires_at is not None else "never",
            state,
            style="" if works else "dim",
        )
    return table


def _state(key: KeyRecord, now: datetime) -> tuple[Text, bool]:
    if key.revoked_at is not None:
        return Text(f"revoked {key.revoked_at:%Y-%m-%d}", "red"), False
    if key.older_ends_at is not None and key.older_ends_at > now:
        used = f", last used {utc_text(key.older_last_used_at)}" if key.older_last_used_at is not None else ""
        return Text(f"rotated; the one before works until {utc_text(key.older_ends_at)}{used}", "yellow"), True
    if key.expires_at is not None and key.expires_at <= now:
        return Text("expired", "red"), False
    return Text("works", "green"), True
