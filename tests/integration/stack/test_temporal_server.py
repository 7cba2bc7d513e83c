"""The embedded Temporal server: it comes back with its workflows, shows its UI, and skips time on demand."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from temporalio import workflow
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import ListTaskQueuePartitionsRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.testing import TimeSkipper
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from cli.stack.temporal_server import TemporalServer, find_temporal
from fermata.errors import ConfigurationError, Unavailable


@workflow.defn
class Sleeper:
    """Sleeps, and says so."""

    @workflow.run
    async def run(self, seconds: float) -> str:
        await workflow.sleep(seconds)
        return f"slept {seconds:.0f} s"


def _worker(client: Client, queue: str) -> Worker:
    return Worker(client, task_queue=queue, workflows=[Sleeper], workflow_runner=UnsandboxedWorkflowRunner())


async def test_workflows_survive_a_stop_and_a_crash_on_the_same_port(tmp_path: Path) -> None:
    async with TemporalServer(database=tmp_path / "temporal.db") as server:
        address = server.address
        client = await Client.connect(address)
        handle = await client.start_workflow(Sleeper.run, 0.1, id="kept", task_queue="sleepers")
        await server.stop()
        await server.start()
        await server.kill()
        await server.start()
        assert server.address == address
        async with Worker(
            client, task_queue="sleepers", workflows=[Sleeper], workflow_runner=UnsandboxedWorkflowRunner()
        ):
            assert await handle.result() == "slept 0 s"


async def test_search_attributes_are_registered_also_the_second_time(tmp_path: Path) -> None:
    attributes: list[SearchAttributeKey[Any]] = [
        SearchAttributeKey.for_keyword("Colour"),
        SearchAttributeKey.for_keyword_list("Sizes"),
    ]
    for _ in range(2):
        async with TemporalServer(database=tmp_path / "temporal.db", search_attributes=attributes) as server:
            client = await Client.connect(server.address)
            there = await client.operator_service.list_search_attributes(
                ListSearchAttributesRequest(namespace="default")
            )
            assert {"Colour", "Sizes"} <= set(there.custom_attributes)


async def test_the_ui_is_served() -> None:
    async with TemporalServer(ui=True) as server, httpx.AsyncClient() as browser:
        answer = await browser.get(server.ui_url, follow_redirects=True)
    assert answer.status_code == 200
    assert answer.text.startswith("<!doctype html>")


async def test_sixty_days_pass_at_once_for_a_client_that_asks_for_it(temporal: Client) -> None:
    skipper = TimeSkipper(temporal)
    queue = f"sleepers-{uuid4().hex}"
    async with _worker(temporal, queue):
        sixty_days = timedelta(days=60).total_seconds()
        answer = await skipper.client.execute_workflow(Sleeper.run, sixty_days, id=queue, task_queue=queue)
    assert answer == "slept 5184000 s"


async def test_time_passes_as_usual_for_the_others(temporal: Client) -> None:
    queue = f"sleepers-{uuid4().hex}"
    async with _worker(temporal, queue):
        handle = await temporal.start_workflow(Sleeper.run, 3600.0, id=queue, task_queue=queue)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(handle.result(), 0.5)
        await handle.terminate()


async def test_a_queue_has_one_order_for_all_that_waits_in_it(temporal: Client) -> None:
    asked = ListTaskQueuePartitionsRequest(namespace="default", task_queue=TaskQueue(name="send-email"))
    told = await temporal.workflow_service.list_task_queue_partitions(asked)
    assert len(told.activity_task_queue_partitions) == 1


async def test_a_server_that_cannot_start_tells_the_end_of_its_log() -> None:
    with pytest.raises(Unavailable, match="invalid dynamic config value"):
        await TemporalServer(settings={"frontend.persistenceMaxQPS": "many"}).__aenter__()


def test_a_temporal_on_the_path_comes_first(tmp_path: Path) -> None:
    (tmp_path / "temporal").write_text("#!/bin/sh\n")
    (tmp_path / "temporal").chmod(0o755)
    assert find_temporal({"PATH": str(tmp_path)}) == tmp_path / "temporal"


def test_without_one_the_wheels_is_found_beside_this_python() -> None:
    assert find_temporal({"PATH": "/nowhere"}).name == "temporal"


def test_without_any_the_error_names_the_mend(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(ConfigurationError, match="TEMPORAL_ADDRESS"):
        find_temporal({"PATH": str(tmp_path)})
