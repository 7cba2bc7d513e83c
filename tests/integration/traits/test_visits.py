"""Visits are those that the profile's own session would have made of the same events in order; however they came in."""

from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fermata.database import Pool
from fermata.profiles.session import Session, continued
from fermata.traits.reading import read_visits
from fermata.traits.visits import Visits
from tests.integration.traits.people import Did, Somebody, write
from tests.people import NOON

GAPS = [
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=29, seconds=59),
    timedelta(minutes=30),
    timedelta(days=20),
]


async def visits(pool: Pool, instants: list[datetime], name: str = "Product Viewed") -> Visits:
    person = Somebody([Did(name, at) for at in instants])
    await write(pool, person)
    return (await read_visits(pool, [person.id], NOON))[person.id]


def by_the_session(instants: list[datetime]) -> Visits:
    """The same, event by event in order, by the function that the door uses."""
    session: Session | None = None
    seen: dict[str, list[datetime]] = {}
    for place, at in enumerate(sorted(instants)):
        session = continued(session, str(place), at)
        seen.setdefault(session.id, []).append(at)
    dwells = [times[-1] - times[0] for times in seen.values()]
    return Visits(
        number=len(seen),
        recent=sum(times[-1] > NOON - timedelta(days=30) for times in seen.values()),
        first_seen_at=min(instants),
        last_seen_at=max(instants),
        mean_dwell=sum(dwells, timedelta()) / len(dwells),
        last_dwell=dwells[-1],
    )


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(gaps=st.lists(st.sampled_from(GAPS), min_size=1, max_size=12), data=st.data())
async def test_they_agree_with_the_session_whatever_came_in_first(
    pool: Pool, gaps: list[timedelta], data: st.DataObject
) -> None:
    instants = [NOON - sum(gaps[:place], timedelta()) for place in range(len(gaps))]
    found = await visits(pool, data.draw(st.permutations(instants)))
    assert found == by_the_session(instants)


async def test_a_known_day(pool: Pool) -> None:
    minutes = (0, 10, 20, 60, 65)  # two visits: of 20 minutes, and of 5
    found = await visits(pool, [NOON - timedelta(minutes=90) + timedelta(minutes=each) for each in minutes])
    assert (found.number, found.recent) == (2, 2)
    assert (found.mean_dwell, found.last_dwell) == (timedelta(minutes=12.5), timedelta(minutes=5))
    assert found.last_seen_at == NOON - timedelta(minutes=25)


async def test_what_the_shop_does_and_what_becomes_of_a_message_is_no_visit(pool: Pool) -> None:
    for name in ("Email Delivered", "Email Opened", "Order Refunded"):
        assert await visits(pool, [NOON], name) == Visits()


async def test_what_comes_after_the_instant_is_not_seen(pool: Pool) -> None:
    assert await visits(pool, [NOON + timedelta(microseconds=1)]) == Visits()
    assert (await visits(pool, [NOON])).number == 1
