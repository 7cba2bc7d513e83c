"""What the demo reads out of Postgres: counts, holds, and the story of the person whose way tells most."""

from datetime import timedelta

from cli.demo.observation import EventCounts, Observation, RunCounts
from cli.demo.observe import observe
from fermata.database import Pool
from fermata.vocabulary import Action, Channel, Reason
from tests.integration.demo.past import decide, end, expose, hold
from tests.people import NOON, enrol, store_event

A_MINUTE = timedelta(minutes=1)


async def seen(pool: Pool, *, show_names: bool = True) -> Observation:
    events = EventCounts(accepted=1, duplicates=0, rejected=0)
    return await observe(pool, since=NOON, events=events, smtp_received=0, show_names=show_names)


async def test_an_empty_database_gives_noughts(pool: Pool) -> None:
    observation = await seen(pool)
    assert observation.runs == RunCounts()
    assert observation.decisions == {Action.SEND: {}, Action.DEFER: {}, Action.DROP: {}}
    assert observation.messages == dict.fromkeys(Channel, 0)
    assert observation.held == ()
    assert observation.story is None
    assert observation.caps.exposures == 0


async def test_runs_are_counted_by_how_they_stand_and_holdouts_apart(pool: Pool) -> None:
    for state in ("converted", "converted", "completed", "exited", "timed_out", "failed", "holdout"):
        await end(pool, await enrol(pool), state, at=NOON + A_MINUTE)
    await enrol(pool)
    runs = (await seen(pool)).runs
    assert runs == RunCounts(started=7, active=1, converted=2, completed=1, exited=1, timed_out=1, failed=1, holdout=1)


async def test_decisions_are_counted_by_action_and_reason_and_messages_by_channel(pool: Pool) -> None:
    person = await enrol(pool)
    await expose(pool, person, "email", NOON, NOON + A_MINUTE)
    await expose(pool, person, "push", NOON, state="delivered")
    await expose(pool, person, "sms", NOON, state="failed")
    await decide(pool, person, "drop", "consent_revoked", at=NOON)
    observation = await seen(pool)
    assert observation.decisions[Action.SEND] == {Reason.ELIGIBLE: 4}
    assert observation.decisions[Action.DROP] == {Reason.CONSENT_REVOKED: 1}
    assert {channel: n for channel, n in observation.messages.items() if n} == {Channel.EMAIL: 2, Channel.PUSH: 1}
    assert observation.emails_in_ledger == 2
    assert observation.taken_back == 1


async def test_what_was_there_before_the_demo_is_left_out(pool: Pool) -> None:
    before = NOON - A_MINUTE
    person = await enrol(pool, at=before)
    await expose(pool, person, "email", before)
    await hold(pool, person, "quiet_hours", at=before, until=NOON + A_MINUTE)
    observation = await seen(pool)
    assert observation.runs.started == 0
    assert observation.emails_in_ledger == 0
    assert observation.held == ()
    assert observation.caps.exposures == 1


async def test_a_hold_tells_its_end_its_reason_and_the_persons_time_zone(pool: Pool) -> None:
    person = await enrol(pool, time_zone="Asia/Tokyo")
    await hold(pool, person, "outside_window", at=NOON, until=NOON + timedelta(hours=12))
    (held,) = (await seen(pool)).held
    assert held.until == NOON + timedelta(hours=12)
    assert held.reason is Reason.OUTSIDE_WINDOW
    assert held.time_zone == "Asia/Tokyo"
    assert held.workflow_id == person.workflow_id


async def test_profiles_without_an_address_are_counted(pool: Pool) -> None:
    await enrol(pool)
    await enrol(pool, addresses={})
    observation = await seen(pool)
    assert (observation.profiles, observation.without_address) == (2, 1)


async def test_the_story_is_that_of_a_person_who_was_made_to_wait_and_then_reached(pool: Pool) -> None:
    sent, told = await enrol(pool), await enrol(pool)
    await expose(pool, sent, "email", *(NOON + n * A_MINUTE for n in range(3)))
    await store_event(pool, told.profile_id, "Product Viewed", NOON + A_MINUTE)
    await store_event(pool, told.profile_id, "Product Viewed", NOON + 2 * A_MINUTE)
    await hold(pool, told, "quiet_hours", at=NOON + 3 * A_MINUTE, until=NOON + 4 * A_MINUTE)
    await expose(pool, told, "push", NOON + 4 * A_MINUTE)
    await end(pool, told, "converted", at=NOON + 5 * A_MINUTE)
    story = (await seen(pool)).story
    assert story is not None
    assert story.profile_id == told.profile_id
    assert story.workflow_id == told.workflow_id
    assert [(moment.kind, moment.what, moment.times) for moment in story.moments] == [
        ("event", "Product Added", 1),
        ("enrolled", "cart_recovery", 1),
        ("event", "Product Viewed", 2),
        ("decision", "cart_reminder", 1),
        ("decision", "cart_reminder", 1),
        ("message", "cart_reminder", 1),
        ("ended", "converted", 1),
    ]
    assert story.moments[2].detail == "Trail shoe"
    assert story.moments[3].until == NOON + 4 * A_MINUTE


async def test_the_name_of_a_real_person_is_not_told(pool: Pool) -> None:
    person = await enrol(pool)
    await pool.execute('UPDATE profiles SET traits = \'{"name": "Ada"}\' WHERE id = $1', person.profile_id)
    await decide(pool, person, "drop", "missing_address", at=NOON)
    shown, hidden = await seen(pool), await seen(pool, show_names=False)
    assert shown.story is not None
    assert shown.story.name == "Ada"
    assert hidden.story is not None
    assert hidden.story.name is None
