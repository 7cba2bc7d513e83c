"""A wish and a decision at the same moment: whichever comes first, no message is left that would go out against it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from fermata.database import Pool, new_id
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.ingest.wishes import Provenance, Word, prefer, state_consent
from fermata.journeys import Registry
from fermata.ledger import Policies, decide_and_reserve
from fermata.policy import default_document
from fermata.profiles.preferences import PreferencesChange
from fermata.vocabulary import Action, Channel, Consent, ConsentPurpose
from tests.people import NOON, Enrolled, enrol
from tests.policies import under

NIGHT = NOON + timedelta(hours=11)
NO_MAIL = Word(Channel.EMAIL, ConsentPurpose.MARKETING, Consent.REVOKED, NIGHT)


async def withdraw(pool: Pool, ada: Enrolled) -> Any:
    return await state_consent(pool, ada.profile_id, [NO_MAIL], Provenance("api"), NIGHT)


async def be_silent(pool: Pool, ada: Enrolled) -> Any:
    return await prefer(pool, ada.profile_id, PreferencesChange(do_not_disturb=True), NIGHT)


async def send_the_event(pool: Pool, ada: Enrolled) -> Any:
    user_id = await pool.fetchval("SELECT value FROM identities WHERE profile_id = $1", ada.profile_id)
    traits = {"consent": {"email": {"marketing": "revoked"}}}
    event = parse({"type": "identify", "userId": user_id, "traits": traits}, received_at=NIGHT)
    return await Ingest(pool, Registry({})).accept([event], (), NIGHT)


@pytest.mark.parametrize("wish", [withdraw, be_silent, send_the_event], ids=["api", "silence", "event"])
async def test_a_message_that_comes_to_wait_at_that_very_moment_is_dropped_or_told(pool: Pool, wish: Any) -> None:
    policies: Policies = await under(pool, default_document())
    people = [await enrol(pool) for _ in range(25)]
    for ada in people:
        await pool.execute(
            "INSERT INTO identities (kind, value, profile_id, first_seen_at) VALUES ('user_id', $1, $2, $3)",
            str(new_id()),
            ada.profile_id,
            NOON,
        )

    async def both(ada: Enrolled) -> Action:
        attempt = ada.attempt(asked_at=NIGHT)
        decision, _ = await asyncio.gather(decide_and_reserve(pool, policies, attempt, NIGHT), wish(pool, ada))
        return decision.action

    outcomes = await asyncio.gather(*(both(ada) for ada in people))
    for ada, outcome in zip(people, outcomes, strict=True):
        told = await pool.fetchval("SELECT count(*) FROM dispatches WHERE run_id = $1", ada.run_id)
        assert (outcome is Action.DROP) or (outcome is Action.DEFER and told == 1), outcome
        again = ada.attempt(asked_at=NIGHT, visit=2)
        assert (await decide_and_reserve(pool, policies, again, NIGHT)).action is Action.DROP


async def test_a_word_that_is_on_record_already_changes_nothing_more(pool: Pool) -> None:
    ada = await enrol(pool)
    provenance = Provenance("paper form", message_id="form-7")
    wanted = PreferencesChange(topics={"offers": False})
    first = await state_consent(pool, ada.profile_id, [NO_MAIL], provenance, NIGHT, also=wanted)
    assert (first.consent["email"], first.topics) == ({"marketing": "revoked"}, {"offers": False})
    yes = NO_MAIL._replace(status=Consent.GRANTED, said_at=NIGHT + timedelta(hours=1))
    later = yes.said_at
    await state_consent(
        pool, ada.profile_id, [yes], Provenance("api"), later, also=PreferencesChange(topics={"offers": True})
    )
    again = await state_consent(pool, ada.profile_id, [NO_MAIL], provenance, later, also=wanted)
    assert (again.consent["email"], again.topics) == ({"marketing": "granted"}, {"offers": True})
