"""The check of the caps can fail: what violates a cap is counted, to the microsecond, and what does not is not."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from cli.demo.cap_check import check_caps
from fermata.database import Pool, new_id

T = datetime(2026, 3, 8, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


class Ledger:
    """One profile with a run, to which exposures are written past every rule."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def person(self) -> UUID:
        """Puts a profile into the database that can have exposures."""
        profile, event, run = new_id(), new_id(), new_id()
        await self._pool.execute("INSERT INTO profiles (id, created_at, updated_at) VALUES ($1, $2, $2)", profile, T)
        await self._pool.execute(
            "INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at) "
            "VALUES ($1, $2, 'track', 'Product Added', $3, $4, $4)",
            event,
            str(event),
            profile,
            T,
        )
        await self._pool.execute(
            "INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, started_at) "
            "VALUES ($1, 'cart_recovery', $2, $3, $4, 'active', $5)",
            run,
            profile,
            f"cart_recovery/{profile}",
            event,
            T,
        )
        self._run = run
        return profile

    async def expose(
        self,
        profile: UUID,
        channel: str,
        *instants: datetime,
        state: str = "sent",
        purpose: str = "marketing",
        session: str | None = None,
    ) -> None:
        """Writes one exposure an instant."""
        for at in instants:
            decision = new_id()
            await self._pool.execute(
                "INSERT INTO decisions (id, dedupe_key, profile_id, run_id, journey, message, step, visit, purpose, "
                "priority, action, reason, channel, decided_at, policy) VALUES ($1, $2, $3, $4, 'cart_recovery', "
                "'cart_reminder', 'cart_reminder', 1, $5, 50, 'send', 'eligible', $6, $7, 'sha256:0')",
                decision,
                str(decision),
                profile,
                self._run,
                purpose,
                channel,
                at,
            )
            await self._pool.execute(
                "INSERT INTO reservations (decision_id, profile_id, channel, purpose, priority, session_id, state, "
                "reserved_at, exposed_at, updated_at) VALUES ($1, $2, $3, $4, 50, $5, $6, $7, $7, $7)",
                decision,
                profile,
                channel,
                purpose,
                session,
                state,
                at,
            )


@pytest.fixture
def ledger(pool: Pool) -> Ledger:
    return Ledger(pool)


@pytest.mark.parametrize(("channel", "most"), [("email", 2), ("push", 3), ("sms", 1), ("ads", 5)])
async def test_one_exposure_more_than_a_channel_allows_is_a_violation(
    pool: Pool, ledger: Ledger, channel: str, most: int
) -> None:
    person = await ledger.person()
    await ledger.expose(person, channel, *(T + timedelta(hours=n) for n in range(most)))
    assert (await check_caps(pool)).violations == ()
    await ledger.expose(person, channel, T + DAY - TICK)
    check = await check_caps(pool)
    assert [(one.rule, one.exposures) for one in check.violations] == [(f"{channel}, {most} in 24 h", most + 1)]
    assert check.exposures == most + 1
    assert check.people == 1


async def test_a_slot_is_free_again_at_exactly_24_hours(pool: Pool, ledger: Ledger) -> None:
    await ledger.expose(await ledger.person(), "sms", T, T + DAY, T + 2 * DAY)
    assert (await check_caps(pool)).violations == ()


async def test_exposures_at_one_instant_count_each_other(pool: Pool, ledger: Ledger) -> None:
    await ledger.expose(await ledger.person(), "sms", T, T)
    assert len((await check_caps(pool)).violations) == 2


async def test_the_cap_across_channels_counts_email_sms_and_push_together(pool: Pool, ledger: Ledger) -> None:
    person = await ledger.person()
    await ledger.expose(person, "email", T, T + timedelta(hours=1))
    await ledger.expose(person, "push", T + timedelta(hours=2), T + timedelta(hours=3))
    await ledger.expose(person, "inbox", T + timedelta(hours=4))
    await ledger.expose(person, "ads", T + timedelta(hours=4))
    assert (await check_caps(pool)).violations == ()
    await ledger.expose(person, "sms", T + timedelta(hours=5))
    assert [one.rule for one in (await check_caps(pool)).violations] == ["all channels, 4 in 24 h"]


async def test_the_cap_of_a_week_is_counted_over_seven_days(pool: Pool, ledger: Ledger) -> None:
    person = await ledger.person()
    for day in range(6):
        await ledger.expose(person, "push", T + day * DAY, T + day * DAY + timedelta(hours=1))
    await ledger.expose(person, "email", T + 7 * DAY)
    assert (await check_caps(pool)).violations == ()
    await ledger.expose(person, "email", T + 7 * DAY - TICK)
    assert {(one.rule, one.exposures) for one in (await check_caps(pool)).violations} == {
        ("all channels, 12 in 7 d", 13)
    }


async def test_in_app_counts_by_visit(pool: Pool, ledger: Ledger) -> None:
    person = await ledger.person()
    await ledger.expose(person, "in_app", T, session="first")
    await ledger.expose(person, "in_app", T + timedelta(hours=1), session="second")
    assert (await check_caps(pool)).violations == ()
    await ledger.expose(person, "in_app", T + timedelta(hours=2), session="second")
    assert [one.rule for one in (await check_caps(pool)).violations] == ["in_app, 1 in a visit"]


@pytest.mark.parametrize("state", ["failed", "released"])
async def test_a_slot_that_was_given_back_is_no_exposure(pool: Pool, ledger: Ledger, state: str) -> None:
    person = await ledger.person()
    await ledger.expose(person, "sms", T)
    await ledger.expose(person, "sms", T + timedelta(hours=1), state=state)
    check = await check_caps(pool)
    assert check.violations == ()
    assert check.exposures == 1


@pytest.mark.parametrize("state", ["reserved", "sending", "unknown", "delivered", "bounced"])
async def test_a_slot_that_may_have_reached_somebody_is(pool: Pool, ledger: Ledger, state: str) -> None:
    person = await ledger.person()
    await ledger.expose(person, "sms", T)
    await ledger.expose(person, "sms", T + timedelta(hours=1), state=state)
    assert len((await check_caps(pool)).violations) == 1


async def test_transactional_messages_count_toward_no_cap(pool: Pool, ledger: Ledger) -> None:
    await ledger.expose(await ledger.person(), "sms", T, T, T, purpose="transactional")
    assert (await check_caps(pool)).exposures == 0


async def test_two_people_do_not_share_a_cap(pool: Pool, ledger: Ledger) -> None:
    for _ in range(2):
        await ledger.expose(await ledger.person(), "sms", T)
    check = await check_caps(pool)
    assert check.violations == ()
    assert check.people == 2
