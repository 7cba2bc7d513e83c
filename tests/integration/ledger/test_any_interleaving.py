"""Whatever is decided, sent, refused or left hanging in whatever order at once: the caps hold, and a deferral ends."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from fermata.database import open_pool
from fermata.ledger import Order, RecordedDecision, begin_send, decide_and_reserve, give_back, hold, settle_sent
from fermata.vocabulary import Action, Reason
from tests.people import NOON, Enrolled, enrol
from tests.policies import under

_POLICY = """
version = 1
[channels.email]
window = "09:00-20:00"
caps = [{ limit = 2, per = "1d" }, { limit = 3, per = "2d" }]
when_capped = "defer"
[channels.push]
caps = [{ limit = 2, per = "6h" }]
when_capped = "defer"
[cross_channel]
channels = ["email", "push"]
caps = [{ limit = 3, per = "1d" }]
[spacing]
"""
# The policy's limits again, as counts: (channels, limit, length).
_LIMITS = (
    (("email",), 2, timedelta(days=1)),
    (("email",), 3, timedelta(days=2)),
    (("push",), 2, timedelta(hours=6)),
    (("email", "push"), 3, timedelta(days=1)),
)


class Ledger(RuleBasedStateMachine):
    """One person, many messages, and a clock that only goes forward."""

    database_url = ""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.opened = open_pool(self.database_url, most=8)
        self.pool = self._run(self.opened.__aenter__())
        self.policies = self._run(under(self.pool, _POLICY))
        self.ada: Enrolled = self._run(enrol(self.pool))
        self.now = NOON
        self.steps = 0
        self.reserved: list[RecordedDecision] = []
        self.begun: list[RecordedDecision] = []
        self.given_up: list[RecordedDecision] = []

    def _run(self, what: Awaitable[Any]) -> Any:
        return self.loop.run_until_complete(what)

    def teardown(self) -> None:
        self._run(self.opened.__aexit__(None, None, None))
        self.loop.close()

    @rule(
        wait=st.sampled_from([0, 1, 30, 61, 119, 361, 18 * 60]),
        messages=st.lists(
            st.tuples(
                st.sampled_from([("email",), ("push",), ("push", "email"), ("email", "push")]),
                st.integers(0, 100),
                st.integers(0, 120),
            ),
            min_size=1,
            max_size=8,
        ),
    )
    def many_are_decided_at_once(self, wait: int, messages: list[tuple[tuple[str, ...], int, int]]) -> None:
        self.now += timedelta(minutes=wait)
        attempts = []
        for channels, priority, skew in messages:
            self.steps += 1
            # Machines' clocks differ: some decide with a clock that is up to two minutes ahead.
            at = self.now + timedelta(seconds=skew)
            attempts.append((self.ada.attempt(f"step-{self.steps}", channels=channels, priority=priority), at))
        decisions = self._run(self._all(attempts))
        self.now += timedelta(minutes=2)
        for decision, (_, at) in zip(decisions, attempts, strict=True):
            if decision.action is Action.SEND:
                self.reserved.append(decision)
            else:
                assert decision.action is Action.DEFER
                assert decision.next_eligible_at > at
                assert decision.next_eligible_at < at + timedelta(days=60), "a deferral ends"

    async def _all(self, attempts: list[tuple[Any, datetime]]) -> list[RecordedDecision]:
        return list(
            await asyncio.gather(*(decide_and_reserve(self.pool, self.policies, each, at) for each, at in attempts))
        )

    # Who gets a slot among many at once differs from run to run, so no rule may depend on it: these take what is there.

    @rule(which=st.integers(0, 100))
    def one_is_begun(self, which: int) -> None:
        if self.reserved:
            decision = self.reserved.pop(which % len(self.reserved))
            order = self._run(begin_send(self.pool, decision.id, self.now))
            if isinstance(order, Order):
                self.begun.append(decision)
            else:
                self.given_up.append(decision)

    @rule(which=st.integers(0, 100), end=st.sampled_from(["sent", "refused", "busy", "lost"]))
    def one_comes_to_an_end(self, which: int, end: str) -> None:
        if not self.begun:
            return
        decision = self.begun.pop(which % len(self.begun))
        ends: dict[str, Callable[[], Awaitable[None]]] = {
            "sent": lambda: settle_sent(self.pool, decision.id, self.now, provider="p", provider_message_id="m"),
            "refused": lambda: give_back(self.pool, decision.id, self.now, Reason.PROVIDER_REJECTED, "no"),
            "busy": lambda: hold(self.pool, decision.id, self.now, certain=True, detail="busy"),
            "lost": lambda: hold(self.pool, decision.id, self.now, certain=False, detail="lost"),
        }
        self._run(ends[end]())
        if end == "busy":
            self.reserved.append(decision)

    @rule(which=st.integers(0, 100), certain=st.booleans(), refused=st.booleans())
    def an_attempt_that_was_given_up_speaks_late(self, which: int, certain: bool, refused: bool) -> None:
        if not self.given_up:
            return
        decision = self.given_up[which % len(self.given_up)]
        if refused:
            self._run(give_back(self.pool, decision.id, self.now, Reason.PROVIDER_REJECTED, "no"))
        else:
            self._run(hold(self.pool, decision.id, self.now, certain=certain, detail="busy"))

    @invariant()
    def no_cap_is_exceeded(self) -> None:
        rows = self._run(
            self.pool.fetch(
                "SELECT channel, reserved_at FROM reservations"
                " WHERE profile_id = $1 AND state NOT IN ('released', 'failed') ORDER BY reserved_at",
                self.ada.profile_id,
            )
        )
        for channels, limit, length in _LIMITS:
            at = [row["reserved_at"] for row in rows if row["channel"] in channels]
            for last in at:
                assert sum(last - length < each <= last for each in at) <= limit, f"{channels}: over {limit} at {last}"


def test_the_cap_never_exceeds_its_limit_whatever_the_interleaving(database_url: str) -> None:
    machine = type("LedgerHere", (Ledger,), {"database_url": database_url})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
