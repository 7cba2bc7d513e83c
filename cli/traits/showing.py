"""``fermata traits show``: one person's live traits, on a page."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from rich.console import Console

from cli.database import on_database
from cli.instants import utc_text
from cli.json_output import print_json
from cli.two_columns import two_columns
from fermata.database import Pool, survivor_of
from fermata.errors import NotFound
from fermata.settings import read_settings
from fermata.traits import LiveTraits, Rfm, Score, load_lead_rules, traits_of
from fermata.traits.engagement import ChannelEngagement
from fermata.traits.visits import Visits
from fermata.wording import channel_in_words, counted, span


def show_traits(profile_id: UUID, at: datetime, *, as_json: bool) -> None:
    """Prints somebody's live traits.

    Args:
        profile_id: Whose.
        at: The instant, aware.
        as_json: Whether to print one JSON document instead.

    Raises:
        NotFound: There is no such profile.
        ConfigurationError: The lead rules of this deployment cannot be used.
    """
    rules = load_lead_rules(read_settings().lead_score)

    async def find(pool: Pool) -> LiveTraits:
        living = await survivor_of(pool, profile_id) or profile_id
        found = await traits_of(pool, [living], at, rules)
        if living not in found:
            raise NotFound(f"no profile {profile_id}; was it erased?")
        return found[living]

    found = on_database(find)
    if as_json:
        print_json(found)
        return
    Console(highlight=False).print(two_columns(_lines(found)))


def _lines(found: LiveTraits) -> Iterator[tuple[str, str]]:
    yield "profile", str(found.profile_id)
    yield "as of", utc_text(found.at)
    yield from _customer(found.rfm)
    yield from _visits(found.visits, found.at)
    for channel in found.engagement:
        yield channel_in_words(channel.channel), _engagement(channel, found.at)
    if found.affinity:
        yield "interest", ", ".join(f"{each.category} {each.share:.0%}" for each in found.affinity)
    yield "lead score", f"{found.lead.points:.1f}, {found.lead.warmth.value}"
    for reason in found.lead.reasons:
        yield "", f"{reason.points:+.1f} {reason.rule}: {reason.words}"
    yield from _score("churn risk", found.churn_risk)
    yield from _score("will buy", found.purchase_propensity)


def _customer(rfm: Rfm | None) -> Iterator[tuple[str, str]]:
    if rfm is None:
        yield "customer", "no: no order that stands"
        return
    yield "customer", rfm.segment.value if rfm.segment else "yes; too few customers to tell more"
    ago = f"{span(rfm.recency)} ago{_fifth(rfm.recency_quintile)}"
    yield "recency", f"the last order on {utc_text(rfm.last_order_at)}, {ago}"
    yield "frequency", f"{counted(rfm.frequency, 'order')}{_fifth(rfm.frequency_quintile)}"
    yield "monetary", f"{', '.join(map(str, rfm.monetary))}{_fifth(rfm.monetary_quintile)}"
    if rfm.borders_at is not None and rfm.customers is not None:
        yield "among", f"{counted(rfm.customers, 'customer')}, looked at on {utc_text(rfm.borders_at)}"


def _fifth(number: int | None) -> str:
    return f" ({number} of 5)" if number is not None else ""


def _visits(visits: Visits, at: datetime) -> Iterator[tuple[str, str]]:
    if visits.last_seen_at is None or visits.mean_dwell is None or visits.last_dwell is None:
        yield "visits", "none"
        return
    yield (
        "visits",
        f"{counted(visits.number, 'visit')}, {visits.recent} in 30 days; last seen {_ago(visits.last_seen_at, at)}",
    )
    yield "dwell", f"{span(visits.mean_dwell)} on average, {span(visits.last_dwell)} the last time"


def _engagement(channel: ChannelEngagement, at: datetime) -> str:
    reacted = f"{channel.how} {_ago(channel.engaged_at, at)}" if channel.engaged_at else "no reaction yet"
    sent = f"last sent {_ago(channel.sent_at, at)}" if channel.sent_at else "nothing sent"
    return f"{reacted}; {sent}"


def _ago(instant: datetime, at: datetime) -> str:
    return f"{span(max(at - instant, timedelta(0)))} ago"


def _score(name: str, score: Score) -> Iterator[tuple[str, str]]:
    if score.probability is None:
        yield name, f"no score: {score.why}"
        return
    yield name, f"{score.probability:.0%}: {score.why}"
    for reason in score.reasons:
        yield "", reason.words
