"""A journey's file may have segments in it: they are made again inside Temporal's sandbox, in every run."""

from uuid import uuid4

from temporalio.client import Client
from temporalio.worker import Worker

from tests.integration.segments.entering import ENTRY, Entering
from worker.sandbox import runner


async def test_a_segment_is_the_same_inside_the_sandbox(temporal: Client) -> None:
    queue = f"segments-{uuid4().hex}"
    async with Worker(temporal, task_queue=queue, workflows=[Entering], workflow_runner=runner()):
        assert await temporal.execute_workflow(Entering.run, id=queue, task_queue=queue) == ENTRY.words
