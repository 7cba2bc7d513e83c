"""What events say on consent: on record, and in force as if it had come in as it was said."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, cast

import pytest

from fermata.database import Connection, Pool
from fermata.events import IncomingEvent, parse
from fermata.ingest import Ingest
from fermata.journeys import Registry

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
YES, NO = {"email": {"marketing": "granted"}}, {"email": {"marketing": "revoked"}}


def identify(message_id: str, minute: int, consent: Any = None, **names: str) -> IncomingEvent:
    payload = {
        "type": "identify",
        "messageId": message_id,
        **names,
        "traits": {"consent": consent},
        "context": {"ip": "192.0.2.7", "userAgent": "Firefox", "page": {"url": "https://shop.example/join"}},
        "timestamp": (NOON + timedelta(minutes=minute)).isoformat(),
    }
    return parse(payload, received_at=NOON + timedelta(hours=2))


async def take(door: Ingest, *events: IncomingEvent) -> None:
    await door.accept(events, (), NOON + timedelta(hours=2))


async def consent(pool: Pool, user_id: str) -> Any:
    return await pool.fetchval(
        "SELECT p.consent FROM profiles p JOIN identities i ON i.profile_id = p.id"
        " WHERE i.kind = 'user_id' AND i.value = $1",
        user_id,
    )


async def test_a_word_is_on_record_with_what_shows_that_it_was_said(door: Ingest, pool: Pool) -> None:
    await take(door, identify("m1", 0, YES, userId="ada", anonymousId="phone"))
    row = await pool.fetchrow("SELECT * FROM consent_log")
    told = {name: row[name] for name in ("channel", "purpose", "status", "source", "stated_as", "message_id")}
    assert told == {
        "channel": "email",
        "purpose": "marketing",
        "status": "granted",
        "source": "event",
        "stated_as": "user_id:ada",
        "message_id": "m1",
    }
    assert row["occurred_at"] == NOON
    assert row["evidence"] == {
        "ip": "192.0.2.7",
        "user_agent": "Firefox",
        "form_url": "https://shop.example/join",
    }
    assert await consent(pool, "ada") == YES


async def test_the_region_that_held_is_on_record(door: Ingest, pool: Pool) -> None:
    payload = {
        "type": "identify",
        "userId": "ada",
        "traits": {"address": {"country": "US", "state": "CA"}, "consent": YES},
    }
    await take(door, parse(payload, received_at=NOON))
    assert await pool.fetchval("SELECT region FROM consent_log") == "US-CA"


async def test_an_older_word_that_comes_later_is_on_record_and_changes_nothing(door: Ingest, pool: Pool) -> None:
    await take(door, identify("m2", 2, NO, userId="ada"))
    await take(door, identify("m1", 1, YES, userId="ada"))
    assert await consent(pool, "ada") == NO
    assert await pool.fetchval("SELECT count(*) FROM consent_log") == 2


@pytest.mark.parametrize("words", [(YES, NO), (NO, YES)], ids=["yes first", "no first"])
async def test_of_two_words_of_one_instant_the_withdrawal_stands(door: Ingest, pool: Pool, words: Any) -> None:
    for number, word in enumerate(words):
        await take(door, identify(f"m{number}", 0, word, userId="ada"))
    assert await consent(pool, "ada") == NO


async def test_the_same_event_again_is_on_record_once(door: Ingest, pool: Pool) -> None:
    for _ in range(2):
        await take(door, identify("m1", 1, YES, userId="ada"))
    assert await pool.fetchval("SELECT count(*) FROM consent_log") == 1


async def test_a_visitor_who_refused_stays_refused_when_they_sign_in_as_somebody_who_had_agreed(
    door: Ingest, pool: Pool
) -> None:
    await take(door, identify("m1", 1, YES, userId="ada"), identify("m2", 2, NO, anonymousId="phone"))
    await take(door, identify("m3", 3, userId="ada", anonymousId="phone"))
    assert await consent(pool, "ada") == NO
    assert await pool.fetchval("SELECT count(DISTINCT profile_id) FROM consent_log") == 1
    await take(door, identify("m4", 4, YES, userId="ada"))
    assert await consent(pool, "ada") == YES, "an explicit grant after the merge counts"


async def test_what_was_said_under_a_name_goes_with_it_to_whose_it_is_after_all(door: Ingest, pool: Pool) -> None:
    await take(door, identify("m5", 5, YES, userId="ada", anonymousId="tablet"))
    await take(door, identify("m6", 6, NO, anonymousId="tablet"))
    assert await consent(pool, "ada") == NO
    # It comes in late that somebody else had the tablet before: then it is theirs, and so is what was said on it.
    await take(door, identify("m2", 2, YES, userId="bob", anonymousId="tablet"))
    assert await consent(pool, "ada") == YES
    assert await consent(pool, "bob") == NO


async def test_an_event_without_consent_writes_nothing_into_the_log(door: Ingest, pool: Pool) -> None:
    await take(door, identify("m1", 1, userId="ada"), identify("m2", 2, {}, userId="ada"))
    assert await pool.fetchval("SELECT count(*) FROM consent_log") == 0


async def test_the_latest_word_of_a_user_id_is_taken_in_without_a_look_at_the_log(door: Ingest, pool: Pool) -> None:
    await take(door, identify("m1", 1, YES, userId="ada"))
    # What the log would say if it were asked: it is not.
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL fermata.erasing = 'on'")
        await connection.execute("DELETE FROM consent_log")
    await take(door, identify("m2", 2, {"sms": {"marketing": "revoked"}}, userId="ada"))
    assert await consent(pool, "ada") == {**YES, "sms": {"marketing": "revoked"}}


@dataclass(frozen=True)
class Scenario:
    """Some events of one person, who has a user id, a phone and a laptop."""

    number: int
    events: tuple[dict[str, Any], ...]

    def told(self, under: str) -> list[IncomingEvent]:
        """The events, in the order in which they occurred, all names with something before them."""
        return [
            parse(
                {
                    **each,
                    "messageId": f"{under}-{self.number}-{place}",
                    **{name: f"{under}-{self.number}-{each[name]}" for name in _NAMES if name in each},
                },
                received_at=NOON + timedelta(hours=2),
            )
            for place, each in enumerate(self.events)
        ]


_NAMES = ("userId", "anonymousId")


def _scenario(number: int) -> Scenario:
    random = Random(number)  # noqa: S311 - the same every time
    names = [{"userId": "ada"}, {"anonymousId": "phone"}, {"anonymousId": "laptop"}]
    events: list[dict[str, Any]] = []
    for minute in range(random.randrange(5, 12)):
        at = {"timestamp": (NOON + timedelta(minutes=random.choice([minute, minute // 2]))).isoformat()}
        shape = random.random()
        if shape < 0.6:
            said = {channel: {"marketing": random.choice(["granted", "revoked"])} for channel in ("email", "sms")}
            kept = {channel: word for channel, word in said.items() if random.random() < 0.7}
            events.append({"type": "identify", **random.choice(names), "traits": {"consent": kept}, **at})
        elif shape < 0.9:
            events.append({"type": "identify", "userId": "ada", **random.choice(names[1:]), "traits": {}, **at})
        else:
            events.append({"type": "track", "event": "X", **random.choice(names), **at})
    events.append(
        {"type": "identify", "userId": "ada", "traits": {}, "timestamp": (NOON + timedelta(hours=1)).isoformat()}
    )
    return Scenario(number, tuple(sorted(events, key=lambda each: str(each["timestamp"]))))


@pytest.mark.parametrize("first", [0, 20])
async def test_in_whatever_order_and_batches_events_come_in_the_same_consent_holds(
    door: Ingest, pool: Pool, first: int
) -> None:
    for number in range(first, first + 20):
        scenario = _scenario(number)
        for event in scenario.told("in order"):
            await take(door, event)
        shuffled = scenario.told("shuffled")
        Random(number).shuffle(shuffled)  # noqa: S311
        for batch in _batches(shuffled, Random(number)):  # noqa: S311
            await take(door, *batch)
        await take(door, *scenario.told("at once"))
        states = [await consent(pool, f"{under}-{number}-ada") for under in ("in order", "shuffled", "at once")]
        assert states[0] == states[1] == states[2], scenario


def _batches(events: Sequence[IncomingEvent], random: Random) -> list[Sequence[IncomingEvent]]:
    found, start = [], 0
    while start < len(events):
        size = random.randrange(1, 4)
        found.append(events[start : start + size])
        start += size
    return found


class _Heard:
    """A pool whose connections write down every statement that they are sent."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.statements: list[str] = []

    @asynccontextmanager
    async def acquire(self, **options: Any) -> AsyncIterator[Any]:
        async with self._pool.acquire(**options) as connection:
            yield _HeardConnection(connection, self.statements)

    def get_max_size(self) -> int:
        return int(self._pool.get_max_size())

    def on_the_log(self) -> int:
        return sum("consent_log" in statement for statement in self.statements)


class _HeardConnection:
    def __init__(self, connection: Connection, statements: list[str]) -> None:
        self._connection = connection
        self._statements = statements

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._connection, name)
        if name not in ("fetch", "fetchrow", "fetchval", "execute"):
            return method

        def heard(statement: str, *arguments: Any, **options: Any) -> Any:
            self._statements.append(statement)
            return method(statement, *arguments, **options)

        return heard


async def test_a_batch_costs_the_log_one_statement_and_none_where_nobody_says_a_word(
    pool: Pool, registry: Registry
) -> None:
    heard = _Heard(pool)
    door = Ingest(cast("Pool", heard), registry)
    await take(door, *(identify(f"s{n}", n, userId=f"user {n}", anonymousId=f"a{n}") for n in range(20)))
    await take(door, *(identify(f"t{n}", n, {}, userId=f"user {n}") for n in range(20)))
    assert heard.on_the_log() == 0
    await take(door, *(identify(f"u{n}", n, YES, userId=f"user {n % 5}") for n in range(20)))
    assert heard.on_the_log() == 1
    await take(door, identify("late", 0, NO, userId="user 1"))
    assert heard.on_the_log() == 3, "one to write it down, and one to read what was said after it"
