"""The workflow of the herd: many sends at once, each as a journey's step asks for it."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy

with workflow.unsafe.imports_passed_through():
    from pydantic import BaseModel, ConfigDict

    from activities.sends import SendCommand, Sends
    from fermata.vocabulary import Channel


class Share(BaseModel):
    """What one run of the herd sends.

    Args:
        queue: Of the sends.
        urgent, patient: Decisions.
        asked_at: The present.
    """

    model_config = ConfigDict(frozen=True)

    queue: str
    urgent: tuple[UUID, ...]
    patient: tuple[UUID, ...]
    asked_at: datetime


@workflow.defn(name="bench_herd")
class Herd:
    """Asks for all of its sends in one moment, the patient ones first: what goes first is the queue's to decide."""

    @workflow.run
    async def run(self, share: Share) -> int:
        """Returns how many were sent."""
        asked = [(each, 5) for each in share.patient] + [(each, 1) for each in share.urgent]
        results = await asyncio.gather(*(_send(share, decision, priority) for decision, priority in asked))
        return sum(results)


async def _send(share: Share, decision_id: UUID, priority: int) -> bool:
    result = await workflow.execute_activity_method(
        Sends.send,
        SendCommand(decision_id=decision_id, channel=Channel.PUSH, asked_at=share.asked_at),
        task_queue=share.queue,
        start_to_close_timeout=timedelta(minutes=2),
        heartbeat_timeout=timedelta(seconds=10),
        retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1)),
        priority=Priority(priority_key=priority, fairness_key="herd"),
    )
    return result.result == "sent"
