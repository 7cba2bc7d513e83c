"""Cart recovery in plain Python: what becomes of a run, foretold from its script alone.

It shares no line with the journey, the policy or the ledger, and knows of no worker, queue or retry.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from tests.faults.cart_script import OpenHours, Script

Decision: TypeAlias = tuple[str, str, str, str | None]
"""Message, action, reason, channel."""

_REMINDER = ("cart_reminder", ("push", "email"))
_DISCOUNT = ("cart_discount", ("email", "sms"))
_ENDS = {"Order Completed": "converted", "Cart Cleared": "exited", "Cart Taken Over": "exited"}
_MISSING = {"push": "no_push_token", "email": "missing_address", "sms": "missing_address"}
_DAY = timedelta(days=1)
_CAPPED_FOR = timedelta(minutes=1567)


@dataclass(frozen=True)
class Foretold:
    """What becomes of a run.

    Args:
        state, reason: How it ends.
        decisions: All that are recorded, in order.
    """

    state: str
    reason: str
    decisions: tuple[Decision, ...]


def foretell(script: Script, hours: OpenHours) -> Foretold:
    """Tells what becomes of somebody with a cart.

    Args:
        script: Who they are, and what happens.
        hours: When the runs begin, and when channels are open.
    """
    return _Run(script, hours).foretell()


class _EndedBefore(Exception):
    """Something ends the run before the instant to which it was to go on."""


class _Run:
    def __init__(self, script: Script, hours: OpenHours) -> None:
        self._script = script
        self._hours = hours
        self._decisions: list[Decision] = []
        self._mailed_at: datetime | None = None
        ends = ((at, name) for at, name in self._came("event") if name in _ENDS)
        self._end = min(ends, default=(datetime.max.replace(tzinfo=UTC), ""))
        self._pauses = list(zip(self._came("pause"), self._came("resume"), strict=True))

    def foretell(self) -> Foretold:
        try:
            asked = self._go_on(self._hours.begun + timedelta(hours=1))
            told = self._say(_REMINDER, asked, stale=asked + timedelta(hours=48))
            look = self._look(since=asked, waits=told, until=told + _DAY)
            if look is not None:
                self._say(_DISCOUNT, look, stale=None)
        except _EndedBefore:
            _, event = self._end
            return Foretold(_ENDS[event], event, tuple(self._decisions))
        return Foretold("completed", "came to its end", tuple(self._decisions))

    def _came(self, *acts: str) -> list[tuple[datetime, str]]:
        begun = self._hours.begun
        return [(begun + each.after, each.event) for each in self._script.happenings if each.act in acts]

    def _go_on(self, at: datetime) -> datetime:
        """The instant at which the run really goes on: nothing does while it is paused."""
        for (pause, _), (resume, _) in self._pauses:
            if pause < at < resume:
                at = resume
        if self._end[0] < at:
            raise _EndedBefore
        return at

    def _look(self, *, since: datetime, waits: datetime, until: datetime) -> datetime | None:
        """When the run goes on because somebody has looked at a product; None where nobody did in time.

        A look from before the wait counts as well, if it came after the first hour, and so does one that comes while a
        pause keeps the wait from being over.
        """
        looks = [at for at, name in self._came("event", "late") if name == "Product Viewed" and at > since]
        first = min(looks, default=None)
        if first is not None and first < until:
            return self._go_on(max(first, waits))
        over = self._go_on(until)
        return over if first is not None and first < over else None

    def _say(self, message: tuple[str, tuple[str, ...]], at: datetime, *, stale: datetime | None) -> datetime:
        """Decides until the message is sent or dropped, and returns when that is."""
        key, channels = message
        while True:
            action, reason, channel, until = self._decide(channels, at, stale)
            self._decisions.append((key, action, reason, channel))
            if until is None:
                if channel == "email":
                    self._mailed_at = at
                return at
            at = self._go_on(until)

    def _decide(
        self, channels: tuple[str, ...], at: datetime, stale: datetime | None
    ) -> tuple[str, str, str | None, datetime | None]:
        if stale is not None and at >= stale:
            return "drop", "expired", None, None
        possible = [channel for channel in channels if self._refusal(channel) is None]
        if not possible:
            return "drop", str(self._refusal(channels[0])), None, None
        openings = [(*self._opening(channel, at), channel) for channel in possible]
        for opens, _, channel in openings:
            if opens == at:
                return "send", "eligible", channel, None
        opens, reason, channel = min(openings, key=lambda opening: opening[0])
        if stale is not None and opens >= stale:
            return "drop", "expired", None, None
        return "defer", reason, channel, opens

    def _refusal(self, channel: str) -> str | None:
        if channel not in self._script.addresses:
            return _MISSING[channel]
        return "consent_revoked" if channel in self._script.refused else None

    def _opening(self, channel: str, at: datetime) -> tuple[datetime, str]:
        """The first instant at which a channel is open, and what kept it closed last."""
        opens, closes = self._hours.windows[channel]
        reason = ""
        while True:
            local = at + self._script.offset  # the person's clock, written as if it were UTC
            if channel == "email" and self._mailed_at is not None and at < self._mailed_at + _CAPPED_FOR:
                at, reason = self._mailed_at + _CAPPED_FOR, "frequency_capped"
            elif not opens <= local.time() < closes:
                morning = local.replace(hour=opens.hour, minute=opens.minute, second=0, microsecond=0)
                wait = morning - local if morning > local else morning + _DAY - local
                at, reason = at + wait, "outside_window"
            else:
                return at, reason
