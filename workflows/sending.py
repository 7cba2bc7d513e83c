"""Reaches a person with one message: decide, hold, decide again, send, fall back. The gate is never skipped."""

from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy

from activities.decisions import Decisions
from activities.sends import SendCommand, SendResult, Sends
from fermata.journeys import Message, Receipt
from fermata.ledger import Attempt, Failure, RecordedDecision
from fermata.vocabulary import Action, Channel, Purpose, Reason
from workflows.narration import hold_summary
from workflows.run import Run

# An input that can never be decided is the author's or the operator's to mend; everything else heals with time.
_DECIDE_RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    maximum_interval=timedelta(minutes=1),
    non_retryable_error_types=["NotFound", "NoSuchProfile", "PolicyError", "ConfigurationError", "ValidationError"],
)
_SEND_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
_SHORTEST_HOLD = timedelta(seconds=1)  # clocks of two machines differ: never spin on an instant that is almost here


class Sending:
    """One message's way to a person.

    Args:
        run: The run that sends it.
        message: What is to be said.
    """

    def __init__(self, run: Run, message: Message) -> None:
        self._run = run
        self._message = message
        self._step = run.number(message.key)
        self._visit = 0
        self._failures: tuple[Failure, ...] = ()
        expires_after = message.expires_after
        self._expires_at = workflow.now() + expires_after if expires_after is not None else None

    async def settle(self) -> Receipt:
        """Decides and acts until the message is sent, or dropped for good.

        Raises:
            RunEnded: The run ended while the message was held.
        """
        while True:
            await self._run.go_on()
            self._run.sends_under_way += 1
            try:
                decision = await self._decide()
                sent = await self._send(decision) if decision.action is Action.SEND else None
            finally:
                self._run.sends_under_way -= 1
            if sent is not None:
                receipt = self._receipt(decision, sent)
                if receipt is not None:
                    return receipt
            elif decision.action is Action.DEFER:
                await self._hold(decision)
            else:
                return Receipt(result="suppressed", reason=decision.reason)

    async def _decide(self) -> RecordedDecision:
        self._visit += 1
        info = workflow.info()
        run, message = self._run, self._message
        attempt = Attempt(
            run_id=run.entry.run_id,
            profile_id=run.entry.profile_id,
            journey=run.entry.journey,
            message=message,
            step=self._step,
            visit=self._visit,
            dedupe_key=f"{info.workflow_id}:{info.first_execution_run_id}:{self._step}:{self._visit}",
            priority=self._priority,
            asked_at=workflow.now(),
            woke_late=run.woke_late,
            goal=run.definition.goal,
            key=run.definition.key,
            holdout=run.definition.holdout > 0,
            expires_at=self._expires_at,
            failures=self._failures,
        )
        run.woke_late = None
        decision = await workflow.execute_activity_method(
            Decisions.decide,
            attempt,
            activity_id=self._activity_id("decide"),
            summary=f"May {message.key} go? In order: {', '.join(message.channels)}",
            start_to_close_timeout=timedelta(seconds=15),
            retry_policy=_DECIDE_RETRY,
            priority=self._queue_priority,
        )
        run.narration.decided(workflow.now(), message, decision)
        run.narrate()
        return decision

    async def _send(self, decision: RecordedDecision) -> SendResult:
        # The goal may have come while it was decided: then nothing goes out, and closing the run gives the slot back.
        await self._run.go_on()
        channel = decision.channel or self._message.channels[0]
        return await workflow.execute_activity_method(
            Sends.send,
            SendCommand(decision_id=decision.id, channel=channel, asked_at=workflow.now(), expires_at=self._expires_at),
            activity_id=self._activity_id(channel),
            summary=f"Send {self._message.key} by {channel}",
            task_queue=send_queue(workflow.info().task_queue, channel),
            # A slow provider is waited for, and the next one too; a worker that died is missed by its silence.
            start_to_close_timeout=timedelta(minutes=10),
            heartbeat_timeout=timedelta(seconds=10),
            retry_policy=_SEND_RETRY,
            priority=self._queue_priority,
            # A send is never torn: a cancelled run waits for it to end and be recorded.
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )

    def _receipt(self, decision: RecordedDecision, sent: SendResult) -> Receipt | None:
        if sent.failure is not None:
            self._failures = (*self._failures, sent.failure)
            self._run.tell(f"`{self._message.key}` failed on {sent.failure.channel}: {sent.failure.reason}")
            return None
        if sent.result == "stale":
            self._run.tell(f"`{self._message.key}` waited too long for its provider: decided again")
            return None
        substituted = decision.reason is Reason.SUBSTITUTED
        return Receipt(
            result="substituted" if substituted else "sent", reason=decision.reason, channel=decision.channel
        )

    async def _hold(self, decision: RecordedDecision) -> None:
        run, message = self._run, self._message
        until = decision.next_eligible_at
        summary = hold_summary(message, decision)
        run.stand(summary, step=self._step, state="held", reason=decision.reason, until=until)
        # Without an instant it waits for the person's next visit, of which the door tells it.
        reconsidered = run.reconsidered
        await run.wait(lambda: run.reconsidered > reconsidered, until=self._latest(until), summary=summary)
        run.stand(f"Deciding {message.key} again", step=self._step, state="active")

    def _latest(self, until: datetime | None) -> datetime:
        if until is not None:
            return max(until, workflow.now() + _SHORTEST_HOLD)
        return self._expires_at or self._run.deadline

    def _activity_id(self, what: str) -> str:
        again = f":{self._visit}" if self._visit > 1 else ""
        return f"{self._step}:{what}{again}"

    @property
    def _priority(self) -> int:
        own = self._message.priority
        return own if own is not None else self._run.definition.priority

    @property
    def _queue_priority(self) -> Priority:
        """Temporal's: 1 goes first. Transactional before all, then by the message's own priority."""
        transactional = self._message.purpose is Purpose.TRANSACTIONAL
        key = 1 if transactional else 5 - min(self._priority // 25, 3)
        return Priority(priority_key=key, fairness_key=self._run.entry.journey)


def send_queue(journeys_queue: str, channel: Channel) -> str:
    """The task queue of a channel's sends, beside the queue of the journeys: ``send-email`` beside ``journeys``.

    Args:
        journeys_queue: Ends in ``journeys``; what stands before it, a test's own prefix, is kept.
        channel: What carries the message; inbox and badge go with in-app cards.
    """
    carrier = Channel.IN_APP if channel in (Channel.INBOX, Channel.BADGE) else channel
    return f"{journeys_queue.removesuffix('journeys')}send-{carrier}"
