"""Two builds of the workers on a real Temporal: one is tried on half of the runs, gets all, and is taken back."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkerDeploymentVersion
from typer.testing import CliRunner

from activities.decisions import Decisions
from activities.people import People
from activities.runs import Runs
from activities.sends import Sends
from cli.deploy_commands import app
from cli.stack.waiting import until
from fermata.audit import Outcome, list_entries
from fermata.channels import Carriers, Health, Roster, Templates
from fermata.clock import SystemClock
from fermata.database import Pool, open_pool
from fermata.errors import ConfigurationError, NotFound
from fermata.ingest import Ingest
from fermata.journeys import JourneyEvent, Registry
from tests.acceptance.world import LINKS
from tests.integration.worker.two_builds import Older, Younger
from tests.people import NOON, enrol
from worker.build_routing import BuildState
from worker.builds import Builds
from worker.plugin import fermata_plugin
from worker.temporal import connect
from worker.workers import workers
from workflows.discovery import Journeys
from workflows.journey import Journey
from workflows.runs_of_build import RunsOfBuild
from workflows.start import start_run
from workflows.temporal_at_need import TemporalAtNeed

_LIMIT = timedelta(seconds=30)
_RUNS = 24  # half of them: one in eight million that a build gets none

Run = WorkflowHandle[Any, Any]


class Deployment:
    """A deployment of the test's own, at the task queue that commands ask about or at one of its own."""

    def __init__(self, client: Client, pool: Pool, words: Path, *, queue: str) -> None:
        self.name = f"test-{uuid4().hex}"
        self.builds = Builds(client, self.name, queue=queue)
        self._client, self._pool, self._queue = client, pool, queue
        self._templates = Templates([words])

    @asynccontextmanager
    async def worker(self, build: str, journey: type[Journey]) -> AsyncIterator[None]:
        """A worker of a build, from the moment at which Temporal has heard of it."""
        roster, clock = Roster([]), SystemClock()
        sends = Sends(self._pool, Carriers(roster, Health(self._pool, roster)), self._templates, clock, LINKS)
        working = workers(
            self._client,
            journeys=Journeys({"two_builds": journey}),
            decisions=Decisions(self._pool, clock),
            sends=sends,
            runs=Runs(self._pool),
            people=People(self._pool, Ingest(self._pool, Registry({})), clock),
            build=WorkerDeploymentVersion(deployment_name=self.name, build_id=build),
            queue=self._queue,
        )
        async with working:
            assert await until(lambda: self._is_known(build), limit=_LIMIT)
            yield

    async def start(self, runs: int) -> list[Run]:
        """Starts runs of as many people."""
        people = [await enrol(self._pool, journey="two_builds", at=datetime.now(UTC)) for _ in range(runs)]
        starts = (
            start_run(self._client, each.entry, workflow_id=each.workflow_id, queue=self._queue) for each in people
        )
        return list(await asyncio.gather(*starts))

    async def has(self, **runs: int) -> bool:
        """Says whether so many runs are under way whose last step each of these builds took."""
        routing = await self.builds.routing()
        return {each.build_id: each.runs for each in routing.builds} == runs

    async def release(self) -> None:
        """Gives the task queue back to workers without a build id."""
        request = SetWorkerDeploymentCurrentVersionRequest(
            namespace=self._client.namespace, deployment_name=self.name, build_id=""
        )
        await self._client.workflow_service.set_worker_deployment_current_version(request)

    async def _is_known(self, build: str) -> bool:
        try:
            routing = await self.builds.routing()
        except NotFound:
            return False
        return any(each.build_id == build and each.workers for each in routing.builds)


@pytest.fixture
async def deployment(temporal_address: str, pool: Pool, tmp_path: Path) -> AsyncIterator[Deployment]:
    """One at the task queue of every deployment, for a while."""
    client = await Client.connect(temporal_address, plugins=[fermata_plugin()])
    made = Deployment(client, pool, tmp_path, queue="journeys")
    yield made
    await made.release()


@pytest.fixture
async def lone_deployment(temporal_address: str, pool: Pool, tmp_path: Path) -> Deployment:
    """One at a task queue where nobody else has asked for work; Temporal remembers others for minutes."""
    client = await Client.connect(temporal_address, plugins=[fermata_plugin()])
    return Deployment(client, pool, tmp_path, queue=f"{uuid4().hex}-journeys")


async def tell(runs: list[Run], name: str) -> None:
    event = JourneyEvent(id=uuid4(), name=name, occurred_at=datetime.now(UTC))
    await asyncio.gather(*(run.signal("event", event) for run in runs))


async def states(runs: list[Run]) -> set[str]:
    return {outcome["state"] for outcome in await asyncio.gather(*(run.result() for run in runs))}


async def fails(run: Run) -> bool:
    """Says whether its code fails and is tried again."""
    events = [event async for event in run.fetch_history_events()]
    return any(event.HasField("workflow_task_failed_event_attributes") for event in events)


async def test_a_build_is_tried_promoted_and_taken_back_without_a_run_that_is_lost(
    deployment: Deployment, temporal_address: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal_address)
    monkeypatch.setenv("FERMATA_DATABASE_URL", database_url)
    monkeypatch.setenv("FERMATA_DEPLOYMENT", deployment.name)

    async def deploy(*arguments: str) -> Any:
        called = await asyncio.to_thread(lambda: CliRunner().invoke(app, [*arguments, "--json"]))
        assert called.exit_code == 0, called.output
        return json.loads(called.stdout)

    async with deployment.worker("older", Older), deployment.worker("younger", Younger):
        first = await deploy("promote", "older", "--by", "ada")
        assert (first["current"], first["changed_by"], first["settled"]) == ("older", "ada", True)
        before = await deployment.start(_RUNS)
        assert await until(lambda: deployment.has(older=_RUNS, younger=0), limit=_LIMIT)
        of_build = RunsOfBuild(TemporalAtNeed(connect), deployment.name)
        assert set(await of_build.find("two_builds", "older")) == {run.first_execution_run_id for run in before}
        assert await of_build.find("two_builds", "younger") == ()

        await deploy("ramp", "younger", "--percent", "50")
        during = await deployment.start(_RUNS)

        async def all_have_begun() -> bool:
            return sum(each.runs for each in (await deployment.builds.routing()).builds) == 2 * _RUNS

        assert await until(all_have_begun, limit=_LIMIT)
        shares = {each["build_id"]: each["runs"] for each in (await deploy("status"))["builds"]}
        assert 0 < shares["younger"] < _RUNS, "those that began meanwhile were to be divided"

        await deploy("promote", "younger")
        await tell([*before, *during], "First")
        # Older runs go on in the younger code: none had come to the patch, so all wait for the second event now.
        assert await until(lambda: deployment.has(older=0, younger=2 * _RUNS), limit=_LIMIT)
        assert [each["state"] for each in (await deploy("status"))["builds"]] == ["current", "drained"]

        back = await deploy("rollback")
        assert (back["current"], back["before"]) == ("older", "younger")
        await tell(during[:1], "Second")
        assert await until(lambda: fails(during[0]), limit=_LIMIT), "older code does not know what the run has done"

        await deploy("promote", "younger")
        await tell([*before, *during[1:]], "Second")
        assert await states([*before, *during]) == {"completed"}
    async with open_pool(database_url, most=1) as pool:
        acts = (await list_entries(pool, since=NOON, action="deploy", limit=100)).items
    done = [each.action for each in reversed(acts) if each.outcome is Outcome.DONE]
    assert done == [f"deploy.{word}" for word in ("promote", "ramp", "promote", "rollback", "promote")]


async def test_what_cannot_be_done_is_refused_with_the_mend(lone_deployment: Deployment) -> None:
    builds = lone_deployment.builds
    with pytest.raises(NotFound, match="start `fermata worker` with FERMATA_BUILD_ID"):
        await builds.routing()
    async with lone_deployment.worker("first", Older):
        with pytest.raises(ConfigurationError, match="nothing to roll back"):
            await builds.rollback(by="ada")
        with pytest.raises(NotFound, match=r"build 'second'.*FERMATA_BUILD_ID=second.*There are: first"):
            await builds.promote("second", by="ada")
        await builds.promote("first", by="ada")
        with pytest.raises(ConfigurationError, match="'first' is current"):
            await builds.ramp("first", 10, by="ada")
        with pytest.raises(ConfigurationError, match="'first' is the first of"):
            await builds.rollback(by="ada")
        async with lone_deployment.worker("second", Younger):
            ramped = await builds.ramp("second", 5, by="grace")
            assert (ramped.current, ramped.ramping, ramped.percent) == ("first", "second", 5)
            assert [(each.state, each.percent, each.workers) for each in ramped.builds] == [
                (BuildState.RAMPING, 5, 1),
                (BuildState.CURRENT, 95, 1),
            ]
            ended = await builds.rollback(by="ada")
            assert (ended.current, ended.ramping, ended.percent) == ("first", None, 0)
