"""Who carries the next message: the provider whose turn it is, or the next one that can take it now."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from fermata.channels.choosing import in_turn
from fermata.channels.health import Health
from fermata.channels.pace import Pace, Share
from fermata.channels.port import Accepted, Busy, Envelope, Rejected
from fermata.channels.roster import Enlisted, Roster
from fermata.vocabulary import SUBSTITUTES, Channel

_PATIENCE = timedelta(seconds=1)
"""A turn that is further away than this is left to others: one slow provider must not hold up a channel's queue."""

_LONGEST_SEND = timedelta(seconds=100)
"""Less than the activity may take. Each provider has limits of its own; this one is for a server that drips."""


@dataclass(frozen=True)
class NobodyNow:
    """No provider of the channel can take a message now.

    Args:
        retry_after: When asking again makes sense.
        detail: Why, for operators.
    """

    retry_after: timedelta
    detail: str


class Carriers:
    """Picks providers, keeps to their rates, and learns from their answers.

    Args:
        roster: The providers.
        health: What is known of them.
    """

    def __init__(self, roster: Roster, health: Health) -> None:
        self.roster = roster
        self._health = health
        self._paces = {id(each): Pace(each.rate) for those in roster.values() for each in those}
        self._patience = _PATIENCE

    def share(self, share: Share) -> None:
        """Keeps to this worker's part of every provider's rate.

        Args:
            share: How many workers there are.
        """
        # Each has as many messages at hand as it had alone, and fewer turns for them.
        self._patience = share.workers * _PATIENCE
        for pace in self._paces.values():
            pace.share(share)

    def hold_back(self, duration: timedelta) -> None:
        """Sends nothing for a while through providers with a rate.

        Args:
            duration: How long.
        """
        for pace in self._paces.values():
            pace.hold_back(duration)

    async def pick(self, channel: Channel, key: str, *, tried: Collection[str] = ()) -> Enlisted | NobodyNow:
        """Picks who is to carry a message, and waits for its turn there.

        The same key comes to the same provider as long as that one can take messages.

        Args:
            channel: One of the roster.
            key: The message's, see ``in_turn``.
            tried: Names of those that have just refused it.
        """
        nobody = NobodyNow(timedelta.max, "every provider refused it")
        for each in in_turn(self.roster[channel], key):
            if each.name not in tried:
                refusal = await self.refusal_of(each)
                if refusal is None:
                    await self._paces[id(each)].turn()
                    return each
                nobody = min(nobody, refusal, key=lambda one: one.retry_after)
        return nobody

    async def refusal_of(self, each: Enlisted) -> NobodyNow | None:
        """Why a provider is not asked now; None where it may be.

        Args:
            each: One of the roster.
        """
        waits = self._paces[id(each)].waits
        if waits > self._patience:
            return NobodyNow(waits, f"{each.name} is at its rate, or rests as it asked")
        if each.provider.channel in SUBSTITUTES:
            return None
        trouble = await self._health.trouble_of(each)
        if trouble is None:
            return None
        why = "held back by an operator" if trouble.out_until is None else "out for a while, after steady failures"
        return NobodyNow(self._health.lasts(trouble), f"{each.name} is {why}")

    async def hand_over(self, each: Enlisted, envelope: Envelope) -> Accepted | Rejected | Busy:
        """Hands a message to a provider, at the provider's pace.

        Args:
            each: One of the roster.
            envelope: The message.
        """
        pace = self._paces[id(each)]
        released = await pace.release()
        try:
            async with asyncio.timeout(_LONGEST_SEND.total_seconds()):
                return await each.provider.send(envelope)
        except TimeoutError:
            return Busy(None, f"gave no answer in {_LONGEST_SEND.total_seconds():.0f} s", certain=False)
        finally:
            pace.answered(released)

    async def learn(self, each: Enlisted, answer: Accepted | Rejected | Busy) -> None:
        """Remembers what an answer says of its provider. Called when the answer itself is on record.

        Args:
            each: One of the roster.
            answer: What it said.
        """
        if isinstance(answer, Busy) and answer.retry_after is not None:
            self._paces[id(each)].rest(answer.retry_after)
        if each.provider.channel in SUBSTITUTES:
            return
        if isinstance(answer, Busy):
            if answer.outage:
                await self._health.failed(each, answer.detail)
        elif isinstance(answer, Rejected) and not answer.permanent:
            # The only one of its channel is asked every time, so that the next channel is tried without delay.
            if len(self.roster[each.provider.channel]) > 1:
                await self._health.failed(each, answer.detail)
        else:
            await self._health.went_well(each)
