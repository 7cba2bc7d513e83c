"""``fermata analytics kpis``: the key figures of a time, on a page."""

from collections.abc import Iterator
from datetime import timedelta

from rich.console import Console

from cli.instants import utc_text
from cli.two_columns import two_columns
from fermata.analytics.kpis import Kpis, Share
from fermata.wording import span


def show_kpis(found: Kpis) -> None:
    """Prints the key figures.

    Args:
        found: They.
    """
    Console(highlight=False).print(two_columns(_lines(found)))


def _lines(found: Kpis) -> Iterator[tuple[str, str]]:
    yield "time", f"{utc_text(found.since)} to {utc_text(found.until)}"
    for journey, converted in found.journeys.items():
        yield journey, f"{_words(converted)} of the runs that ended reached their goal"
    for each in found.messages:
        told = ("delivered", "opened", "opened_by_machine", "clicked", "unsubscribed", "complained", "bounced")
        parts = (
            f"{name.replace('_', ' ')} {_percent(getattr(each, name))}" for name in told if getattr(each, name).part
        )
        yield each.channel, ", ".join([f"{each.sent:,} sent", *parts])
    if found.next_action_seconds is not None:
        after = span(timedelta(seconds=found.next_action_seconds))
        yield "next action", f"after {_words(found.next_action)} messages, in the median {after} later"
    yield "satisfied", f"{_words(found.satisfied)} answers" if found.satisfied.whole else "nobody was asked"
    if found.recommend is not None:
        yield "recommend", f"{found.recommend:+.0f} of 100, by {found.recommendations:,} answers"
    for cohort in found.cohorts:
        again = ", ".join(f"{people / cohort.people:.0%} after {months}" for months, people in cohort.again.items())
        yield (
            f"since {cohort.month:%B %Y}",
            f"{cohort.people:,} people; ordered again: {again or 'nobody yet'} (months)",
        )
    yield "customers", _worth(found)


def _worth(found: Kpis) -> str:
    worth = found.lifetime_value
    if worth is None:
        return str(found.no_lifetime_value)
    value = f", worth {worth.value_ahead:,.2f} {worth.currency or ''}".rstrip() if worth.value_ahead is not None else ""
    return (
        f"{worth.customers:,}, of whom {worth.came_back:,} came back and about {worth.alive:,.0f} are still customers; "
        f"in the next year {worth.orders_ahead:.2f} orders of each{value}"
    )


def _words(share: Share) -> str:
    return f"{share.part:,} of {share.whole:,} ({_percent(share)})" if share.whole else "none"


def _percent(share: Share) -> str:
    if share.value is None or share.low is None or share.high is None:
        return "–"
    return f"{share.value:.1%}, between {share.low:.1%} and {share.high:.1%}"
