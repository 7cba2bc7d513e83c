"""Sends that are spread over the time after an opening: held until their place, sent there, and on record."""

from datetime import timedelta

from fermata.database import Pool
from fermata.journeys import Message
from fermata.ledger import decide_and_reserve
from fermata.ledger.decisions import recorded_facts
from fermata.policy import decide, parse_policy
from fermata.vocabulary import Action, Channel, Reason
from tests.people import NOON, enrol
from tests.policies import under

MORNING = 'version = 1\n[channels.email]\nwindow = "09:00-20:00"\ncaps = []\n'
OPENS = NOON - timedelta(hours=3)
NIGHT = NOON - timedelta(hours=9)
SALE = Message(key="hello", channels=(Channel.EMAIL,), spread_over=timedelta(hours=1))


async def test_everybody_is_held_until_their_place_and_goes_there(pool: Pool) -> None:
    policies = await under(pool, MORNING)
    places = set()
    for _ in range(4):
        person = await enrol(pool)
        held = await decide_and_reserve(pool, policies, person.attempt(message=SALE, asked_at=NIGHT), NIGHT)
        assert (held.action, held.reason) == (Action.DEFER, Reason.SPREAD_IN_WINDOW)
        place = held.next_eligible_at
        assert place is not None
        assert OPENS < place < OPENS + timedelta(hours=1)
        places.add(place)
        sent = await decide_and_reserve(pool, policies, person.attempt(message=SALE, visit=2, asked_at=place), place)
        assert (sent.action, sent.reason) == (Action.SEND, Reason.ELIGIBLE)
    assert len(places) == 4


async def test_what_is_on_record_of_it_is_decided_again_in_the_same_way(pool: Pool) -> None:
    policies = await under(pool, MORNING)
    person = await enrol(pool)
    held = await decide_and_reserve(pool, policies, person.attempt(message=SALE, asked_at=NIGHT), NIGHT)
    facts, fault = recorded_facts(await pool.fetchval("SELECT facts::text FROM decisions WHERE id = $1", held.id))
    assert facts is not None, fault
    again = decide(facts, parse_policy(MORNING))
    assert (again.reason, again.next_eligible_at) == (held.reason, held.next_eligible_at)
