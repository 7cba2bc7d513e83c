"""Charts of the console stand on scales that people say, and leave no hour out."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from api.console.charts import stacked
from api.console.column_chart import Column, column_chart
from api.console.held import by_hour, hour_columns
from fermata.ledger.lately import HeldNow
from fermata.vocabulary import Reason

NOON = datetime(2026, 3, 4, 12, 20, tzinfo=UTC)
HOUR = NOON.replace(minute=0)


@pytest.mark.parametrize(("most", "top"), [(0, "4"), (3, "4"), (7, "8"), (39, "40"), (41, "80"), (90_000, "200,000")])
def test_the_scale_of_columns_ends_at_a_round_number_that_holds_them_all(most: int, top: str) -> None:
    drawn = column_chart([Column("12:00", most, "told")], "Hour", "Messages")
    *_, last = re.findall(r'text-anchor="end">([\d,]+)<', drawn)
    assert last == top


def test_what_is_held_has_a_column_for_every_hour_of_the_day_to_come() -> None:
    held = [
        HeldNow(HOUR + timedelta(hours=2), False, Reason.COOL_DOWN, 3),
        HeldNow(HOUR + timedelta(hours=2), False, Reason.OUTSIDE_WINDOW, 2),
        HeldNow(None, False, Reason.COOL_DOWN, 50),
        HeldNow(None, True, Reason.NO_ACTIVE_SESSION, 7),
    ]
    hours = by_hour(held)
    assert [each.messages for each in hours] == [5, 50, 7]
    columns = hour_columns(hours, NOON)
    assert [column.value for column in columns] == [0, 0, 5, *[0] * 22]
    assert (columns[0].label, columns[2].told) == ("12:00", "from 14:00 UTC: 5")


def test_words_in_a_chart_are_no_html_and_parts_lie_side_by_side() -> None:
    assert "<b>" not in column_chart([Column("<b>", 1, "<b>")], "<b>", "<b>")
    assert re.findall(r'x="([\d.]+)" width="([\d.]+)"', stacked([(0.25, "go"), (0.75, "stop")])) == [
        ("0.00", "25.00"),
        ("25.00", "75.00"),
    ]
