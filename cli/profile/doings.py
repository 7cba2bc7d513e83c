"""What a person does, and what follows from it: how they came, how far they have come, what they care for."""

from collections.abc import Iterator

from cli.profile.wall_clock import clock_of
from fermata.traits import Score
from fermata.view import ProfileView
from fermata.view.standing import TouchPoint
from fermata.wording import counted

_CATEGORIES_SHOWN = 3


def doings(view: ProfileView) -> Iterator[tuple[str, str]]:
    """Yields what follows from the person's events; `fermata traits show` tells what each of it rests on."""
    clock, live = clock_of(view), view.live_traits
    orders = counted(view.lifecycle.orders, "order")
    last = f", the last {clock.at(view.lifecycle.last_order_at)}" if view.lifecycle.last_order_at is not None else ""
    yield "stage", f"{_spaced(view.lifecycle.stage.value)}: {orders}{last}"
    if view.acquisition.first is not None:
        yield "came first by", _touch(view.acquisition.first)
    if view.acquisition.latest is not None and view.acquisition.latest != view.acquisition.first:
        yield "came last by", _touch(view.acquisition.latest)
    if live.visits.number:
        yield "visits", f"{live.visits.number:,}, of them {live.visits.recent:,} in the last 30 days"
    if live.affinity:
        yield "cares for", ", ".join(f"{each.category} {each.share:.0%}" for each in live.affinity[:_CATEGORIES_SHOWN])
    if live.rfm is not None and live.rfm.segment is not None:
        yield "as a customer", live.rfm.segment.value
    if live.lead.points:
        yield "as a lead", f"{live.lead.warmth.value}, {live.lead.points:.0f} points"
    for name, foretold in (("may not return", live.churn_risk), ("may buy", live.purchase_propensity)):
        if foretold.probability is not None:
            yield name, _odds(foretold.probability, foretold)


def _touch(touch: TouchPoint) -> str:
    told = (touch.source, touch.campaign)
    return ", ".join((_spaced(touch.channel.value), *(each for each in told if each)))


def _odds(probability: float, foretold: Score) -> str:
    return f"{probability:.0%} within 30 days, {foretold.why}"


def _spaced(code: str) -> str:
    return code.replace("_", " ")
