"""A recorded broadcast replays on the code here: one lasts for a day and more, and a deploy may come in the middle."""

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from tests.replay.record_broadcast import HISTORY
from worker.plugin import fermata_plugin
from workflows.broadcast import BroadcastRun


async def test_a_recorded_broadcast_replays() -> None:
    recorded = WorkflowHistory.from_json("broadcast", HISTORY.read_text(encoding="utf-8"))
    await Replayer(workflows=[BroadcastRun], plugins=[fermata_plugin()]).replay_workflow(recorded)
