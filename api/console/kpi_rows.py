"""Key figures as rows of tables: conversion, what became of messages, single figures, and the cohorts of customers."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from api.console.analytics_rows import Row
from fermata.wording import span

_TOLD = ("delivered", "opened", "opened_by_machine", "clicked", "unsubscribed", "complained", "bounced")
_MOST_MONTHS = 12


def conversion_rows(answer: Row) -> list[Row]:
    """A row for each journey: which part of its runs met the goal, all on one scale from nothing.

    Args:
        answer: Key figures, as the process gave them.
    """
    rows = [
        {
            "journey": journey,
            "ended": share["whole"],
            "converted": share["part"],
            **{key: share[key] for key in ("low", "value", "high")},
        }
        for journey, share in answer["journeys"].items()
    ]
    most = max((row["high"] for row in rows if row["high"] is not None), default=1.0)
    return [{**row, "least": 0.0, "most": most} for row in rows]


def message_rows(answer: Row) -> list[Row]:
    """A row for each channel: how many messages went, and which part of them came to what.

    Args:
        answer: Key figures, as the process gave them.
    """
    return [
        {
            "channel": each["channel"],
            "sent": each["sent"],
            **{name: each[name]["part"] for name in _TOLD},
            **{f"{name}_share": each[name]["value"] or 0.0 for name in _TOLD},
        }
        for each in answer["messages"]
    ]


def figure_rows(answer: Row) -> list[Row]:
    """A row for each figure that is one number: its name, its value in words, and what it rests on.

    Args:
        answer: Key figures, as the process gave them.
    """
    return [{"figure": name, "value": value, "rests_on": rests} for name, value, rests in _figures(answer)]


def _figures(answer: Row) -> Iterator[tuple[str, str, str]]:
    follows, median = answer["next_action"], answer["next_action_seconds"]
    after = span(timedelta(seconds=median)) if median is not None else "—"
    yield "Time to the next action", after, f"the median, after {follows['part']:,} of {follows['whole']:,} messages"
    rated = answer["satisfied"]
    satisfied = f"{rated['value']:.0%}" if rated["value"] is not None else "—"
    yield "Satisfied (CSAT)", satisfied, f"{rated['part']:,} of {rated['whole']:,} ratings are good"
    score = answer["recommend"]
    promoters = f"{score:+.0f}" if score is not None else "—"
    yield "Would recommend (NPS)", promoters, f"of -100 to 100, by {answer['recommendations']:,} answers"
    worth = answer["lifetime_value"]
    if worth is None:
        yield "Worth of a customer", "—", str(answer["no_lifetime_value"])
        return
    yield "Customers", f"{worth['customers']:,}", f"{worth['came_back']:,} of them came back"
    yield "Likely still customers", f"{worth['alive']:,.0f}", "by BG/NBD"
    yield "Orders of one in the next year", f"{worth['orders_ahead']:.2f}", "on average, by BG/NBD"
    if worth["value_ahead"] is not None:
        value = f"{worth['value_ahead']:,.2f} {worth['currency'] or ''}".rstrip()
        yield "Worth of one in the next year", value, "on average, by Gamma-Gamma"


def cohort_rows(answer: Row) -> list[Row]:
    """A row for each month of a first order: how many, and which part of them ordered again in which month after it.

    Args:
        answer: Key figures, as the process gave them.

    Returns:
        Each with ``shares``, one a month, as many in every row; None where that month is yet to come.
    """
    until = datetime.fromisoformat(answer["until"]).date()
    cohorts = [(date.fromisoformat(each["month"]), each) for each in answer["cohorts"]]
    months = min(max((_months(month, until) for month, _ in cohorts), default=0), _MOST_MONTHS)
    return [
        {"month": f"{month:%b %Y}", "people": each["people"], "shares": _shares(month, each, until, months)}
        for month, each in cohorts
    ]


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _shares(month: date, cohort: Row, until: date, months: int) -> list[float | None]:
    known = _months(month, until)
    again: dict[str, Any] = cohort["again"]
    return [again.get(str(later), 0) / cohort["people"] if later <= known else None for later in range(1, months + 1)]


def together(rows: list[Row]) -> list[float | None]:
    """Which part of all cohorts together ordered again, month by month; each month of those for whom it has come.

    Args:
        rows: Of ``cohort_rows``.
    """
    found: list[float | None] = []
    for place in range(len(rows[0]["shares"]) if rows else 0):
        known = [(row["shares"][place], row["people"]) for row in rows if row["shares"][place] is not None]
        people = sum(people for _, people in known)
        found.append(sum(share * people for share, people in known) / people if people else None)
    return found
