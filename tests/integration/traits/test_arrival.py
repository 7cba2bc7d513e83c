"""However events arrive, shuffled, twice, late, of two profiles that become one: traits are those of what happened."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fermata.database import Pool, new_id
from fermata.events.parse import parse
from fermata.ingest import Ingest
from fermata.journeys import Registry
from fermata.traits import LiveTraits, traits_of
from tests.people import NOON

KINDS: list[tuple[str, dict[str, Any]]] = [
    ("Product Viewed", {"category": "Shoes"}),
    ("Product Added", {"category": "Boots"}),
    ("Order Completed", {"order_id": "a", "revenue": 10.1, "currency": "EUR"}),
    ("Order Completed", {"order_id": "b", "revenue": 20.2, "currency": "EUR"}),
    ("Order Refunded", {"order_id": "a", "total": 4}),
    ("Order Cancelled", {"order_id": "b"}),
    ("Email Opened", {}),
]
Story = list[tuple[tuple[str, dict[str, Any]], int]]
stories = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 60 * 24 * 40)), min_size=1, max_size=12)


def payloads(story: Story, *names: dict[str, str]) -> list[dict[str, Any]]:
    """The story as messages, each under one of the names of its person in turn."""
    person = new_id()
    return [
        {
            "type": "track", "messageId": f"{person}-{place}", "event": name, "properties": properties,
            "timestamp": (NOON - timedelta(minutes=minutes)).isoformat(), **names[place % len(names)],
        }
        for place, ((name, properties), minutes) in enumerate(story)
    ]  # fmt: skip


async def send(pool: Pool, messages: list[dict[str, Any]]) -> None:
    door = Ingest(pool, Registry({}))
    for message in messages:
        await door.accept([parse(message, received_at=NOON)], (), NOON)


async def traits(pool: Pool, user: str) -> dict[str, Any]:
    """All of it, but for whose it is."""
    # Both are asked of one population: those before them are not there any more.
    await pool.execute("DELETE FROM population_borders")
    profile_id = await pool.fetchval("SELECT profile_id FROM identities WHERE kind = 'user_id' AND value = $1", user)
    found: LiveTraits = (await traits_of(pool, [profile_id], NOON))[profile_id]
    return found.model_dump(exclude={"profile_id"})


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(story=stories, data=st.data())
async def test_shuffled_and_doubled_arrival_gives_the_traits_of_the_story(
    pool: Pool, story: Story, data: st.DataObject
) -> None:
    once, again = f"once {new_id()}", f"again {new_id()}"
    await send(pool, sorted(payloads(story, {"userId": once}), key=lambda message: str(message["timestamp"])))
    await send(pool, data.draw(st.permutations(payloads(story, {"userId": again}) * 2)))
    assert await traits(pool, again) == await traits(pool, once)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(story=stories, data=st.data())
async def test_two_profiles_that_become_one_have_the_traits_of_one_person_who_did_it_all(
    pool: Pool, story: Story, data: st.DataObject
) -> None:
    one, two, device = f"one {new_id()}", f"two {new_id()}", f"device {new_id()}"
    signed_in: Story = [(("Signed In", {}), 5)]
    await send(pool, payloads([*signed_in, *story], {"userId": one}))
    halves = payloads(story, {"anonymousId": device}, {"userId": two})
    both = payloads(signed_in, {"anonymousId": device, "userId": two})
    await send(pool, data.draw(st.permutations(halves + both)))
    assert await traits(pool, two) == await traits(pool, one)
