"""Whatever order feedback comes in, however often, and wherever a crash cuts it: one final state."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fermata.database import Connection, Pool
from fermata.events import IncomingEvent, Rejection
from fermata.feedback import Bounce, Feedback, FeedbackDoor
from fermata.ingest import Ingest, Receipt
from fermata.ingest.accept import Alongside
from fermata.vocabulary import FeedbackKind
from tests.integration.feedback.sent import REGISTRY, decided, sent, somebody
from tests.people import NOON, Enrolled

KINDS = st.sampled_from(
    [
        (FeedbackKind.DELIVERED, None),
        (FeedbackKind.OPENED, None),
        (FeedbackKind.CLICKED, None),
        (FeedbackKind.UNSUBSCRIBED, None),
        (FeedbackKind.COMPLAINED, None),
        (FeedbackKind.BOUNCED, Bounce.SOFT),
        (FeedbackKind.BOUNCED, Bounce.HARD),
    ]
)
SENDS = 3


class Crash(Exception):
    """The process dies, with the transaction open."""


class Mortal(Ingest):
    """A door that dies at the end of a transaction, as often as it is told."""

    deaths = 0

    async def accept(
        self,
        events: Sequence[IncomingEvent],
        rejections: Sequence[Rejection],
        now: Any,
        *,
        alongside: Alongside | None = None,
    ) -> Receipt:
        async def and_die(connection: Connection, receipt: Receipt) -> None:
            if alongside is not None:
                await alongside(connection, receipt)
            if self.deaths > 0:
                self.deaths -= 1
                raise Crash

        return await super().accept(events, rejections, now, alongside=and_die)


async def outcome(pool: Pool, person: Enrolled) -> dict[str, Any]:
    """All that the words have led to, without ids and instants."""
    asked = {
        "states": "SELECT m.step || ' ' || r.state FROM reservations r JOIN decisions m ON m.id = r.decision_id"
        " WHERE m.profile_id = $1",
        "suppressed": "SELECT s.reason FROM suppressions s JOIN profiles p ON p.addresses ->> 'email' = s.address"
        " WHERE p.id = $1",
        "consent": "SELECT consent -> 'email' ->> 'marketing' FROM profiles WHERE id = $1",
        "statements": "SELECT status || ' ' || source FROM consent_log WHERE profile_id = $1",
        "events": "SELECT e.name || ' ' || coalesce(m.step, '') FROM events e LEFT JOIN decisions m"
        " ON m.id::text = e.properties ->> 'decision_id' WHERE e.profile_id = $1",
        "told": "SELECT payload ->> 'name' FROM dispatches WHERE profile_id = $1 AND kind = 'signal'",
        "words": "SELECT f.kind FROM feedback f JOIN decisions m ON m.id = f.decision_id WHERE m.profile_id = $1",
    }
    return {what: sorted(row[0] for row in await pool.fetch(sql, person.profile_id)) for what, sql in asked.items()}


async def prepared(pool: Pool, name: str, settled: bool) -> tuple[Enrolled, list[Any]]:
    person = await somebody(pool, name, addresses={"email": f"{name}@example.com"})
    make = sent if settled else decided
    return person, [await make(pool, person, f"step{number}") for number in range(SENDS)]


def words(told: Sequence[tuple[int, Any]], decisions: Sequence[Any], source: str) -> list[Feedback]:
    return [
        Feedback(source, f"w{place}", kind, NOON + timedelta(minutes=place), decision_id=decisions[send], bounce=bounce)
        for place, (send, (kind, bounce)) in enumerate(told)
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    told=st.lists(st.tuples(st.integers(0, SENDS - 1), KINDS), min_size=1, max_size=8),
    settled=st.booleans(),
    data=st.data(),
)
async def test_order_repetition_and_crashes_between_make_no_difference(
    pool: Pool, told: list[tuple[int, Any]], settled: bool, data: st.DataObject
) -> None:
    number = await pool.fetchval("SELECT count(*) FROM profiles")
    one, in_order = await prepared(pool, f"one{number}", settled)
    other, bent = await prepared(pool, f"other{number}", settled)
    await FeedbackDoor(pool, Ingest(pool, REGISTRY)).take(words(told, in_order, f"a{number}"), NOON)

    shuffled = data.draw(st.permutations(words(told, bent, f"b{number}")))
    again = data.draw(st.lists(st.sampled_from(shuffled), max_size=4))
    mortal = Mortal(pool, REGISTRY)
    door = FeedbackDoor(pool, mortal)
    for word in [*shuffled, *again]:
        mortal.deaths = data.draw(st.integers(0, 2))
        while True:
            try:
                await door.take([word], NOON)
            except Crash:
                continue
            break
    assert await outcome(pool, other) == await outcome(pool, one)


async def test_the_same_words_from_many_processes_at_once_are_taken_once(pool: Pool) -> None:
    person, decisions = await prepared(pool, "ada", settled=True)
    kinds = [
        (FeedbackKind.DELIVERED, None),
        (FeedbackKind.CLICKED, None),
        (FeedbackKind.UNSUBSCRIBED, None),
        (FeedbackKind.BOUNCED, Bounce.HARD),
    ]
    all_words = words([(send, kind) for send in range(SENDS) for kind in kinds], decisions, "mailer")
    doors = [FeedbackDoor(pool, Ingest(pool, REGISTRY)) for _ in range(8)]
    turned = [all_words[place:] + all_words[:place] for place in range(len(doors))]
    taken = await asyncio.gather(*(door.take(each, NOON) for door, each in zip(doors, turned, strict=True)))
    assert sum(each.taken for each in taken) == len(all_words)
    found = await outcome(pool, person)
    assert found["states"] == ["step0 bounced", "step1 bounced", "step2 bounced"]
    assert len(found["told"]) == len(all_words)
    assert found["suppressed"] == ["hard_bounce"]
