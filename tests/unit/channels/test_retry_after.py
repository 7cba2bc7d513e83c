"""Retry-After in its two forms, and in the forms that it should not have."""

from datetime import UTC, datetime, timedelta

import pytest

from fermata.channels.retry_after import read_retry_after

NOW = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("0", timedelta(0)),
        (" 120 ", timedelta(minutes=2)),
        ("9" * 40, timedelta(days=1)),
        ("Mon, 09 Mar 2026 08:00:30 GMT", timedelta(seconds=30)),
        ("Mon, 09 Mar 2026 07:00:00 GMT", timedelta(0)),
        ("Mon, 09 Mar 2026 09:30:00 +0100", timedelta(minutes=30)),
        ("Tue, 09 Mar 2027 08:00:00 GMT", timedelta(days=1)),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("Mon, 99 Mar 2026 08:00:30 GMT", None),
    ],
)
def test_the_wait_is_read_or_left_open(value: str | None, wait: timedelta | None) -> None:
    assert read_retry_after(value, now=NOW) == wait
