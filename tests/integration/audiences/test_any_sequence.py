"""Whatever is wanted, withdrawn, lost, refused or cut off in whatever order: the platforms end at what is wanted."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from fermata.audiences.identifiers import match_keys
from fermata.audiences.membership import Doing, cut, forget, leave_on_events, leave_run, look_again
from fermata.channels.ads_reconciling import Reconciler, ad_platforms
from fermata.database import open_pool
from tests.ad_platforms import AdPlatforms, Fault, Key
from tests.audience_members import send_ads
from tests.people import GRANTED, NOON, Enrolled, enrol
from tests.policies import under

_IDS = {"shoes": "1001", "shirts": "2002", "care": "1003"}
_PEOPLE = st.integers(0, 2)
_AUDIENCES = st.sampled_from(sorted(_IDS))
_FAULTS = st.builds(
    Fault,
    status=st.sampled_from([200, 429, 500, 401]),
    taken=st.booleans(),
    retry_after=st.sampled_from([None, 1, 90]),
)


class _Killed(Exception):
    """The process ends here."""


class AudiencesOverTime(RuleBasedStateMachine):
    """Three people, three audiences on two platforms, and a clock that only goes forward."""

    database_url = ""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.opened = open_pool(self.database_url, most=4)
        self.pool = self._run(self.opened.__aenter__())
        self.platforms = AdPlatforms()
        self._run(self.platforms.__aenter__())
        self.declared = self.platforms.declared()
        self.connected = ad_platforms(self.declared)
        self.policies = self._run(under(self.pool, "version = 1"))
        self.people: list[Enrolled] = [self._run(self._enrol(number)) for number in range(3)]
        self.gone: set[int] = set()
        self.wanted: set[tuple[int, str]] = set()
        self.returning: dict[tuple[int, str], datetime] = {}
        self.now = NOON
        self.addresses = 0

    def _run(self, what: Awaitable[Any]) -> Any:
        return self.loop.run_until_complete(what)

    async def _enrol(self, number: int) -> Enrolled:
        consent = {**GRANTED, "ads": {"marketing": "granted"}}
        return await enrol(
            self.pool, addresses={"email": f"p{number}@example.com", "sms": f"+44207183875{number}"}, consent=consent
        )

    def _live(self, number: int) -> Enrolled | None:
        return None if number in self.gone else self.people[number]

    async def _in_transaction(self, what: Callable[..., Awaitable[None]], *arguments: Any) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            await what(connection, *arguments)

    def _leaves(self, number: int, audiences: set[str]) -> None:
        for audience in audiences:
            self.wanted.discard((number, audience))
            self.returning.pop((number, audience), None)

    @rule(number=_PEOPLE, audience=_AUDIENCES)
    def somebody_is_wanted(self, number: int, audience: str) -> None:
        person = self._live(number)
        if person is not None:
            self.now += timedelta(seconds=1)
            self._run(send_ads(self.pool, self.policies, self.declared, person, audience, self.now))
            self.wanted.add((number, audience))
            self.returning.pop((number, audience), None)

    @rule(number=_PEOPLE)
    def a_run_ends(self, number: int) -> None:
        person = self._live(number)
        if person is not None:
            self._run(self._in_transaction(leave_run, person.run_id, "came to its end", self.now))
            self._leaves(number, set(_IDS))

    @rule(number=_PEOPLE)
    def somebody_buys(self, number: int) -> None:
        person = self._live(number)
        if person is not None:
            doing = Doing(person.profile_id, "Order Completed", self.now + timedelta(seconds=1))
            self._run(self._in_transaction(leave_on_events, [doing], self.now))
            self._leaves(number, {"shoes", "shirts"})

    @rule(number=_PEOPLE)
    def an_address_changes(self, number: int) -> None:
        person = self._live(number)
        if person is not None:
            self.addresses += 1
            self._run(
                self.pool.execute(
                    "UPDATE profiles SET addresses = $2 WHERE id = $1",
                    person.profile_id,
                    {"email": f"other{self.addresses}@example.com"},
                )
            )
            self._run(self._in_transaction(look_again, [person.profile_id], self.now))

    @rule(number=_PEOPLE, minutes=st.sampled_from([1, 30, 600]))
    def somebody_has_had_enough(self, number: int, minutes: int) -> None:
        person = self._live(number)
        if person is not None:
            until = self.now + timedelta(minutes=minutes)
            self._run(self._in_transaction(cut, person.profile_id, until, self.now))
            for place in [place for place in self.wanted if place[0] == number]:
                self.wanted.discard(place)
                self.returning[place] = until

    @rule(number=_PEOPLE)
    def somebody_is_erased(self, number: int) -> None:
        person = self._live(number)
        if person is not None:
            self._run(self._in_transaction(forget, person.profile_id, self.now))
            self.gone.add(number)
            self._leaves(number, set(_IDS))

    @rule(minutes=st.sampled_from([1, 6, 45, 700]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(faults=st.lists(_FAULTS, max_size=3))
    def platforms_are_told(self, faults: list[Fault]) -> None:
        self.platforms.faults = list(faults)
        reconciler = Reconciler(self.pool, self.declared, self.connected)
        self._run(reconciler.reconcile(lambda: self.now))

    @rule(looks=st.integers(1, 8), faults=st.lists(_FAULTS, max_size=2))
    def who_tells_them_is_killed(self, looks: int, faults: list[Fault]) -> None:
        """The clock is looked at before and after each request: there it ends."""
        self.platforms.faults = list(faults)
        left = looks

        def clock() -> datetime:
            nonlocal left
            left -= 1
            if left < 0:
                raise _Killed
            return self.now

        with suppress(_Killed):
            self._run(Reconciler(self.pool, self.declared, self.connected).reconcile(clock))

    def teardown(self) -> None:
        self.platforms.faults = []
        self.now += timedelta(days=2)
        for place in self.returning:
            self.wanted.add(place)
        reconciler = Reconciler(self.pool, self.declared, self.connected)
        while self._run(reconciler.reconcile(lambda: self.now)):
            pass
        held = {audience: self.platforms.of(identifier) for audience, identifier in _IDS.items()}
        expected = {audience: self._run(self._expected(audience)) for audience in _IDS}
        self._run(self._close())
        self.loop.close()
        assert held == expected

    async def _expected(self, audience: str) -> set[Key]:
        keys: set[Key] = set()
        hashing = self.declared.hashing[self.declared.audiences[audience].platform]
        for number, person in enumerate(self.people):
            if (number, audience) in self.wanted:
                row = await self.pool.fetchrow(
                    "SELECT addresses, country FROM profiles WHERE id = $1", person.profile_id
                )
                keys |= set(match_keys(row["addresses"], row["country"], (), hashing))
        return keys

    async def _close(self) -> None:
        await self.pool.execute("TRUNCATE audience_members")
        for platform in self.connected.values():
            await platform.aclose()
        await self.platforms.__aexit__(None, None, None)
        await self.opened.__aexit__(None, None, None)


def test_platforms_end_at_exactly_what_is_wanted(database_url: str) -> None:
    AudiencesOverTime.database_url = database_url
    run_state_machine_as_test(
        AudiencesOverTime,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
