"""Ads in a journey: into the audience by a decision, out of it by whatever ends the reason to be there."""

from datetime import UTC, datetime, timedelta

from fermata.ingest.wishes import Provenance, Word, state_consent
from fermata.vocabulary import Channel, Consent, ConsentPurpose
from tests.acceptance.world import World
from tests.people import GRANTED, Enrolled

_DAY = timedelta(days=1)


async def _looked(world: World) -> Enrolled:
    consent = {**GRANTED, "ads": {"marketing": "granted"}}
    return await world.enrol("retargeting", trigger="Product Viewed", consent=consent)


async def test_a_purchase_takes_a_person_out_of_the_audience(world: World) -> None:
    ada = await _looked(world)
    run = await world.start(ada)
    await world.let_pass(run, _DAY)
    await world.tell_platforms()
    assert len(world.ads.of("1001")) == 2  # an e-mail address and a phone number
    await world.tell(run, ada, "Order Completed")
    outcome = await world.outcome(run)
    assert outcome.state == "converted"
    await world.tell_platforms()
    assert world.ads.of("1001") == set()
    assert await world.decisions() == [("send", "eligible", "ads")]


async def test_the_end_of_the_run_takes_a_person_out_of_the_audience(world: World) -> None:
    ada = await _looked(world)
    run = await world.start(ada)
    await world.let_pass(run, timedelta(days=6))
    assert (await world.outcome(run)).state == "completed"
    await world.tell_platforms()
    assert world.ads.of("1001") == set()


async def test_a_no_to_ads_takes_a_person_out_of_the_audience_while_the_run_goes_on(world: World) -> None:
    ada = await _looked(world)
    run = await world.start(ada)
    await world.let_pass(run, _DAY)
    await world.tell_platforms()
    now = datetime.now(UTC)
    no = Word(Channel.ADS, ConsentPurpose.MARKETING, Consent.REVOKED, now)
    await state_consent(world.pool, ada.profile_id, [no], Provenance("api"), now)
    await world.tell_platforms()
    assert world.ads.of("1001") == set()


async def test_who_never_said_yes_where_a_yes_is_needed_is_told_to_no_platform(world: World) -> None:
    ada = await world.enrol("retargeting", trigger="Product Viewed", consent={"ads": {"marketing": "revoked"}})
    run = await world.start(ada)
    await world.let_pass(run, timedelta(days=6))
    await world.tell_platforms()
    assert world.ads.requests == []
    assert await world.decisions() == [("drop", "consent_revoked", None)]
