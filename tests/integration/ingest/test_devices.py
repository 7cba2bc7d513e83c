"""Devices by way of events: whatever comes in first, the same ones are live, and the latest of them is the address."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fermata.channels.devices import Platform, Removal, kept_devices, remove_devices
from fermata.database import Pool
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.ingest.devices import keep_devices
from fermata.journeys import Registry

MARCH = datetime(2026, 3, 10, 12, tzinfo=UTC)


def told(minute: int, token: str | None, **rest: Any) -> dict[str, Any]:
    """A track event from a device, or with None the word that there is no device."""
    at = (MARCH - timedelta(hours=3) + timedelta(minutes=minute)).isoformat()
    who = rest or {"userId": "ada"}
    if token is None:
        return {"type": "identify", "traits": {"push_token": None}, "timestamp": at, **who}
    return {"type": "track", "event": "X", "context": {"device": {"token": token}}, "timestamp": at, **who}


async def send(door: Ingest, *payloads: dict[str, Any]) -> None:
    await door.accept([parse(each, received_at=MARCH) for each in payloads], (), MARCH)


async def owner(pool: Pool, name: str = "ada") -> UUID:
    found: UUID = await pool.fetchval("SELECT profile_id FROM identities WHERE value = $1", name)
    return found


async def live(pool: Pool, name: str = "ada") -> list[str]:
    return [each.device.token for each in await kept_devices(pool, await owner(pool, name)) if each.live]


async def address(pool: Pool, name: str = "ada") -> str | None:
    found: str | None = await pool.fetchval(
        "SELECT addresses->>'push' FROM profiles WHERE id = $1", await owner(pool, name)
    )
    return found


async def test_somebody_has_as_many_devices_as_they_come_from_and_the_latest_is_the_address(
    door: Ingest, pool: Pool
) -> None:
    await send(door, told(1, "phone"), told(2, "tablet"))
    await send(door, told(3, "phone"))
    assert await live(pool) == ["phone", "tablet"]
    assert await address(pool) == "phone"


async def test_what_a_device_is_comes_from_the_context(door: Ingest, pool: Pool) -> None:
    context = {
        "device": {"token": "t", "type": "iOS", "id": "device-1"},
        "app": {"namespace": "com.shop.app", "name": "Shop"},
    }
    await send(door, {"type": "screen", "name": "Home", "userId": "ada", "context": context})
    (kept,) = await kept_devices(pool, await owner(pool))
    assert (kept.device.platform, kept.device.app) == (Platform.IOS, "com.shop.app")


async def test_a_context_that_makes_no_sense_is_a_device_of_which_nothing_is_known(door: Ingest, pool: Pool) -> None:
    context = {"device": {"token": "t", "type": 7}, "os": [], "app": "Shop"}
    await send(door, {"type": "screen", "name": "Home", "userId": "ada", "context": context})
    (kept,) = await kept_devices(pool, await owner(pool))
    assert (kept.device.platform, kept.device.app, kept.live) == (None, None, True)


async def test_the_word_that_there_is_none_ends_all_that_was_stated_before_it(door: Ingest, pool: Pool) -> None:
    await send(door, told(1, "phone"), told(2, "tablet"), told(3, None))
    assert (await live(pool), await address(pool)) == ([], None)
    await send(door, told(2, "watch"))  # late, and from before that word
    assert (await live(pool), await address(pool)) == ([], None)
    await send(door, told(4, "tablet"))
    assert (await live(pool), await address(pool)) == (["tablet"], "tablet")


async def test_a_dead_token_leaves_the_others_and_comes_back_only_with_a_later_word(door: Ingest, pool: Pool) -> None:
    await send(door, told(1, "phone"), told(2, "tablet"))
    await dead(pool, "tablet", minute=5)
    assert (await live(pool), await address(pool)) == (["phone"], "phone")
    await send(door, told(4, "tablet"))  # late, and from before it died
    assert (await live(pool), await address(pool)) == (["phone"], "phone")
    await send(door, told(6, "tablet"))
    assert (await live(pool), await address(pool)) == (["tablet", "phone"], "tablet")
    await dead(pool, "tablet", minute=7)
    await dead(pool, "phone", minute=8)
    assert (await live(pool), await address(pool)) == ([], None)
    await send(door, told(3, "watch"))  # late, but of this one nobody has said anything
    assert (await live(pool), await address(pool)) == (["watch"], "watch")


async def dead(pool: Pool, token: str, *, minute: int, name: str = "ada") -> None:
    at = MARCH - timedelta(hours=3) + timedelta(minutes=minute)
    async with pool.acquire() as connection, connection.transaction():
        await remove_devices(connection, await owner(pool, name), [token], Removal.PROVIDER, at)


async def test_a_phone_that_somebody_else_signs_in_on_is_theirs(door: Ingest, pool: Pool) -> None:
    await send(door, told(1, "phone"), told(1, "tablet"))
    await send(door, told(2, "phone", userId="bob"))
    assert await live(pool) == ["tablet"]
    assert await live(pool, "bob") == ["phone"]
    await send(door, told(3, "phone"))
    assert await live(pool) == ["phone", "tablet"]
    assert await live(pool, "bob") == []


async def test_a_visitor_who_signs_in_brings_their_device(door: Ingest, pool: Pool) -> None:
    await send(door, told(1, "phone", userId="ada"))
    await send(door, told(2, "tablet", anonymousId="a1"))
    both = {"type": "track", "event": "Signed In", "userId": "ada", "anonymousId": "a1"}
    await send(door, {**both, "timestamp": (MARCH - timedelta(hours=1)).isoformat()})
    assert (await live(pool), await address(pool)) == (["tablet", "phone"], "tablet")


async def test_the_dead_device_of_a_visitor_does_not_hide_the_live_one_of_the_person(door: Ingest, pool: Pool) -> None:
    await send(door, told(1, "phone", userId="ada"))
    await send(door, told(2, "tablet", anonymousId="a1"))
    await dead(pool, "tablet", minute=30, name="a1")
    both = {"type": "track", "event": "Signed In", "userId": "ada", "anonymousId": "a1"}
    await send(door, {**both, "timestamp": (MARCH - timedelta(hours=1)).isoformat()})
    assert (await live(pool), await address(pool)) == (["phone"], "phone")


async def test_many_writers_about_one_phone_leave_it_with_whoever_had_it_last(door: Ingest, pool: Pool) -> None:
    await asyncio.gather(*(send(door, told(n, "phone", userId=f"person {n}")) for n in range(1, 25)))
    assert await live(pool, "person 24") == ["phone"]
    for n in range(1, 24):
        assert await live(pool, f"person {n}") == []


async def test_an_event_without_a_device_asks_the_database_nothing_about_devices() -> None:
    assert await keep_devices(None, [], {}, {}, ()) == {}


STATEMENTS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", None]), st.sampled_from(["user", "visitor"])), min_size=1, max_size=7
)


@given(statements=STATEMENTS, data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_in_whatever_order_and_batches_words_come_in_the_same_devices_are_live(
    pool: Pool, statements: Sequence[tuple[str | None, str]], data: st.DataObject
) -> None:
    door = Ingest(pool, Registry({}))
    everything = range(len(statements) + 1)  # the last one says that the user and the visitor are one
    in_time = sorted(data.draw(st.sets(st.sampled_from(everything))))
    late = [place for place in everything if place not in in_time]
    gone = data.draw(st.sets(st.sampled_from([token for token, _ in statements])))
    ends = sorted({*data.draw(st.sets(st.integers(1, len(late) or 1), max_size=3)), len(late)})
    results = []
    for places in (late, data.draw(st.permutations(late))):
        run = uuid4().hex
        names = {"user": {"userId": f"u-{run}"}, "visitor": {"anonymousId": f"v-{run}"}}
        events = [
            told(minute, f"{token}-{run}" if token is not None else None, **names[who])
            for minute, (token, who) in enumerate(statements, start=1)
        ]
        events.append({**told(40, None, **names["user"], **names["visitor"]), "type": "track", "event": "Signed In"})
        await send(door, told(0, None, **names["user"]), told(0, None, **names["visitor"]))
        await send(door, *(events[place] for place in in_time))
        for name in (f"u-{run}", f"v-{run}"):  # what a provider says of tokens that it was sent to
            for token in sorted(f"{token}-{run}" for token in gone if token is not None):
                await dead(pool, token, minute=50, name=name)
        for start, end in zip([0, *ends], ends, strict=False):
            await send(door, *(events[place] for place in places[start:end]))
        tokens = await live(pool, f"u-{run}")
        assert await address(pool, f"u-{run}") == (tokens[0] if tokens else None)
        results.append([token.removesuffix(f"-{run}") for token in tokens])
    assert results[0] == results[1]
