"""Many runs at once, random events, workers that come, go and are killed: each run ends as a plain model foretells.

24 runs in ``make test``; ``FERMATA_RUNS=2000`` makes them 2,000, and ``FERMATA_SEED`` other people. With
``FERMATA_SWAPS=10`` so many builds of the code take over from each other, each with a step more behind a patch.
"""

import asyncio
import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import orjson
import pytest
from temporalio.api.enums.v1 import WorkflowTaskFailedCause
from temporalio.client import Client, WorkflowHistory

from cli.stack.provider_server import ProviderServer
from cli.stack.smtp_server import SmtpServer
from fermata.database import Pool
from fermata.journeys import Outcome
from tests.faults.cart_builds import patch_of
from tests.faults.cart_crew import Crew, Progress
from tests.faults.cart_crowd import Crowd
from tests.faults.cart_model import Decision, Foretold, foretell
from tests.faults.cart_script import OpenHours, scripts
from tests.faults.cart_workers import Place
from tests.people import Enrolled
from tests.policies import enact
from worker.builds import Builds
from worker.plugin import fermata_plugin

_RUNS = int(os.environ.get("FERMATA_RUNS", "24"))
_SEED = int(os.environ.get("FERMATA_SEED", "7"))
_SWAPS = int(os.environ.get("FERMATA_SWAPS", "0"))
_RELIEVED = tuple(0.6 * place / _SWAPS for place in range(_SWAPS)) if _SWAPS else (0.3, 0.6)
_KILLED = tuple(0.1 + 0.6 * place / (_RUNS // 1000 + 1) for place in range(_RUNS // 1000 + 1))


_NONDETERMINISM = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR


@pytest.mark.timeout(max(240, _RUNS))
async def test_every_run_ends_as_foretold_though_workers_come_and_go(
    pool: Pool, database_url: str, temporal_address: str, smtp: SmtpServer, tmp_path: Path
) -> None:
    begun = datetime.now(UTC)
    hours, parts = OpenHours(begun), scripts(_RUNS, seed=_SEED)
    foretold = [foretell(script, hours) for script in parts]
    await enact(pool, hours.policy)
    client = await Client.connect(temporal_address, plugins=[fermata_plugin()])
    async with ProviderServer() as provider:
        place = Place(
            temporal=temporal_address,
            database=database_url,
            provider=provider.url,
            smtp=f"smtp://127.0.0.1:{smtp.port}",
            queue=f"{uuid4().hex}-journeys",
            deployment=f"test-{uuid4().hex}" if _SWAPS else None,
            code=tmp_path,
        )
        crowd = Crowd(pool, client, place.queue, begun)
        await crowd.begin(parts)
        assert await pool.fetchval("SELECT count(*) FROM journey_runs WHERE state = 'active'") == _RUNS
        progress = Progress(sum(len(script.happenings) + 1 for script in parts))
        builds = Builds(client, place.deployment, queue=place.queue) if place.deployment else None
        async with Crew(place, builds) as crew:
            changing = asyncio.create_task(crew.change(progress, relieved=_RELIEVED, killed=_KILLED))
            outcomes = await crowd.play(progress)
            await changing
    seen = await _seen(pool, crowd.people, outcomes)
    for number, (said, saw, script) in enumerate(zip(foretold, seen, parts, strict=True)):
        assert saw == said, f"run {number} of {_RUNS} with FERMATA_SEED={_SEED}, begun {begun}: {script}"
    await _no_code_was_at_odds_with_a_history(client, crowd.people)
    await _nothing_is_left(pool, outcomes)
    await _what_was_decided_went_out(pool, provider, smtp, foretold)


async def _no_code_was_at_odds_with_a_history(client: Client, people: Sequence[Enrolled]) -> None:
    """Though another build had written it."""
    patches: Counter[str] = Counter()
    for person in people:
        history = await client.get_workflow_handle(person.workflow_id).fetch_history()
        assert _NONDETERMINISM not in _causes(history), person.workflow_id
        patches.update(_patches(history))
    assert set(patches) <= {patch_of(build) for build in range(1, _SWAPS + 1)}
    if _SWAPS:
        print(f"\n{len(people)} runs, {_SWAPS} swaps of builds; runs with a build's step: {dict(patches)}")  # noqa: T201


def _causes(history: WorkflowHistory) -> set[int]:
    failed = (each for each in history.events if each.HasField("workflow_task_failed_event_attributes"))
    return {each.workflow_task_failed_event_attributes.cause for each in failed}


def _patches(history: WorkflowHistory) -> set[str]:
    marked = (each for each in history.events if each.HasField("marker_recorded_event_attributes"))
    details = (each.marker_recorded_event_attributes.details["patch-data"].payloads for each in marked)
    return {orjson.loads(payload.data)["id"] for payloads in details for payload in payloads}


async def _seen(pool: Pool, people: Sequence[Enrolled], outcomes: Sequence[Outcome]) -> list[Foretold]:
    """What became of the runs, as the model would say it."""
    decisions: defaultdict[object, list[Decision]] = defaultdict(list)
    rows = await pool.fetch(
        "SELECT run_id, message, action, reason, channel FROM decisions ORDER BY decided_at, visit, id"
    )
    for run_id, *decision in rows:
        decisions[run_id].append(tuple(decision))
    return [
        Foretold(outcome.state, outcome.reason, tuple(decisions[person.run_id]))
        for person, outcome in zip(people, outcomes, strict=True)
    ]


async def _nothing_is_left(pool: Pool, outcomes: Sequence[Outcome]) -> None:
    """The ledger has closed every run as Temporal has, and nothing waits or hangs."""
    closed = await pool.fetch("SELECT state, count(*) FROM journey_runs WHERE ended_at IS NOT NULL GROUP BY state")
    assert dict(map(tuple, closed)) == Counter(outcome.state for outcome in outcomes)
    assert await pool.fetchval("SELECT count(*) FROM deferrals") == 0
    assert await pool.fetchval("SELECT count(*) FROM reservations WHERE state <> 'sent'") == 0


async def _what_was_decided_went_out(
    pool: Pool, provider: ProviderServer, smtp: SmtpServer, foretold: Sequence[Foretold]
) -> None:
    """Providers that honour the key have each message once; SMTP at least once, and more only where a send was torn."""
    wanted = Counter(
        channel for each in foretold for _, action, _, channel in each.decisions if action == "send" and channel
    )
    keys = await pool.fetch(
        "SELECT d.dedupe_key FROM reservations r JOIN decisions d ON d.id = r.decision_id WHERE r.channel <> 'email'"
    )
    assert {message.key for message in provider.messages} == {row["dedupe_key"] for row in keys}
    assert Counter(message.account for message in provider.messages) == {it: wanted[it] for it in ("push", "sms")}
    assert {message.delivered for message in provider.messages} == {1}
    again = await pool.fetchval("SELECT coalesce(sum(attempts - 1), 0) FROM reservations WHERE channel = 'email'")
    assert wanted["email"] <= len(smtp.messages) <= wanted["email"] + again
