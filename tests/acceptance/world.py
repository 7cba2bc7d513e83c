"""A world for whole journeys, and the verbs that their tests are written with."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from pydantic import SecretStr
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from cli.stack.provider_server import ProviderServer
from cli.stack.smtp_server import SmtpServer
from fermata.channels import Templates, providers_from
from fermata.channels.ads import AudienceProvider
from fermata.channels.ads_reconciling import Reconciler
from fermata.channels.hand_off import HandOffProvider
from fermata.channels.roster import Enlisted, Roster
from fermata.channels.tracked_links import NO_TRACKED_LINKS, TrackedLinks
from fermata.database import Pool
from fermata.events import parse
from fermata.ingest import Ingest
from fermata.journeys import Entry, JourneyEvent, Outcome, Registry
from fermata.profiles.consent_links import ConsentLinks
from tests.ad_platforms import AdPlatforms
from tests.help_desk import HelpDesk
from tests.people import Enrolled, enrol, store_event, zone_where_it_is
from tests.policies import enact
from worker.dispatcher import Dispatcher
from worker.reconciler import reconciling
from worker.skipped_time import workers_on_skipped_time
from workflows.discovery import Journeys, discover
from workflows.start import start_run

LINKS = ConsentLinks(SecretStr("a secret of the tests' own, long enough"), "http://127.0.0.1:8000")
"""Writes the links in this world's messages."""


@asynccontextmanager
async def open_world(
    client: Client,
    pool: Pool,
    smtp: SmtpServer,
    *,
    policy: str,
    journeys: Journeys,
    cached_runs: int = 1000,
    carried_by: Sequence[Enlisted] = (),
    tracked: TrackedLinks = NO_TRACKED_LINKS,
) -> AsyncIterator["World"]:
    """Workers on a task queue of their own, with real servers to send to; what still runs at the end is terminated.

    Args:
        client, pool, smtp: The parts that are there already.
        policy: In force.
        journeys: What the workers run.
        cached_runs: How many runs stay in memory between two events.
        carried_by: Who carries mails, texts and push messages instead of this world's own servers.
        tracked: Has links in messages lead through the API.
    """
    queue = f"{uuid4().hex}-journeys"
    await enact(pool, policy)
    skipper = TimeSkipper(client, config=TimeSkippingConfig(max_session_skip_count=10_000))
    async with AsyncExitStack() as stack:
        provider = await stack.enter_async_context(ProviderServer())
        ads, desk = await stack.enter_async_context(AdPlatforms()), await stack.enter_async_context(HelpDesk())
        also = (AudienceProvider(pool, ads.declared()), HandOffProvider(pool, desk.desks()))
        own = {"smtp": smtp.url, "push": f"{provider.url}/push", "sms": f"{provider.url}/sms"} if not carried_by else {}
        made = providers_from(
            pool=pool,
            from_address="Fermata <hello@example.com>",
            smtp_url=own.get("smtp"),
            push_url=own.get("push"),
            sms_url=own.get("sms"),
            also=also,
        )
        providers = Roster([each for those in made.values() for each in those] + list(carried_by))
        stack.push_async_callback(providers.aclose)
        working = workers_on_skipped_time(
            client,
            pool,
            journeys=journeys,
            roster=providers,
            templates=Templates(journeys.template_roots),
            ingest=Ingest(pool, journeys.registry),
            links=LINKS,
            tracked=tracked,
            queue=queue,
            cached_runs=cached_runs,
        )
        await stack.enter_async_context(working)
        reconciler = await stack.enter_async_context(reconciling(pool, ads.declared()))
        world = World(pool, skipper, queue, smtp, provider, journeys.registry, ads, reconciler, desk)
        yield world
        for handle in world.started:
            with unless_it_has_ended():
                await handle.terminate("the test is over")


@contextmanager
def unless_it_has_ended() -> Iterator[None]:
    """What is said to a run that is over is said to nobody."""
    try:
        yield
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise


def all_journeys() -> Journeys:
    """The journeys that ship and the tests' own, most of which borrow their words."""
    shipped, own = discover(("workflows",)), discover(("tests.journeys", "cli.bench.journeys"))
    return Journeys({**shipped.classes, **own.classes}, (*shipped.template_roots, *own.template_roots))


@dataclass
class World:
    """What a test of a journey needs, and the verbs it is written with."""

    pool: Pool
    skipper: TimeSkipper
    queue: str
    smtp: SmtpServer
    provider: ProviderServer
    registry: Registry
    ads: AdPlatforms
    reconciler: Reconciler
    desk: HelpDesk
    started: list[WorkflowHandle[Any, Any]] = field(default_factory=list)

    async def enrol(self, journey: str = "cart_recovery", *, hour: int = 12, **facts: Any) -> Enrolled:
        """Writes a person for whom it is now this hour, just enrolled in a journey."""
        facts.setdefault("time_zone", zone_where_it_is(hour))
        return await enrol(self.pool, journey=journey, at=datetime.now(UTC), country=None, **facts)

    async def start(
        self, person: Enrolled, *, pace: float = 1.0, entry: Entry | None = None
    ) -> WorkflowHandle[Any, Any]:
        """Starts the person's run. Its clock runs as ours does, at this pace, until ``let_pass`` skips."""
        with self.skipper.with_time_skipping_disabled():
            entry = (entry or person.entry).model_copy(update={"pace": pace})
            client = self.skipper.client
            handle = await start_run(client, entry, workflow_id=person.workflow_id, queue=self.queue)
        self.started.append(handle)
        return handle

    async def let_pass(self, handle: WorkflowHandle[Any, Any], duration: timedelta) -> None:
        """Skips so much of the run's time."""
        await self.skipper.fast_forward(handle, duration)

    async def store(self, person: Enrolled, name: str, *, at: datetime | None = None) -> JourneyEvent:
        """Stores an event of the person's, without telling the run."""
        return await store_event(self.pool, person.profile_id, name, at or datetime.now(UTC))

    async def tell(
        self, handle: WorkflowHandle[Any, Any], person: Enrolled, name: str, *, at: datetime | None = None
    ) -> JourneyEvent:
        """Stores an event of the person's and signals it to the run."""
        event = await self.store(person, name, at=at)
        await handle.signal("event", event)
        return event

    async def say(self, handle: WorkflowHandle[Any, Any], name: str, **properties: Any) -> None:
        """Signals an event to the run that is stored nowhere."""
        event = JourneyEvent(id=uuid4(), name=name, occurred_at=datetime.now(UTC), properties=properties)
        await handle.signal("event", event)

    async def sign_in(self, visitor: Enrolled, user: Enrolled) -> None:
        """Has an event say that a visitor is somebody known, and what follows from it reach the runs."""
        now = datetime.now(UTC)
        for kind, person in (("anonymous_id", visitor), ("user_id", user)):
            await self.pool.execute(
                "INSERT INTO identities (kind, value, profile_id, first_seen_at) VALUES ($1, $2, $3, $4)",
                kind,
                f"{kind} of {person.profile_id}",
                person.profile_id,
                now,
            )
        names = {"userId": f"user_id of {user.profile_id}", "anonymousId": f"anonymous_id of {visitor.profile_id}"}
        event = parse({"type": "track", "event": "Signed In", **names}, received_at=now)
        await Ingest(self.pool, self.registry).accept([event], (), now)
        await self.deliver()

    async def deliver(self) -> None:
        """Has everything that is on its way to runs reach them."""
        dispatcher = Dispatcher(self.pool, self.skipper.client, queue=self.queue)
        while await dispatcher.deliver_due(datetime.now(UTC)):
            pass

    async def tell_platforms(self) -> None:
        """Has the ad platforms told of everything that the run, whose clock may be far ahead, wants of them."""
        while await self.reconciler.reconcile(lambda: datetime.now(UTC) + timedelta(days=60)):
            pass

    async def executions(self, handle: WorkflowHandle[Any, Any]) -> list[WorkflowHandle[Any, Any]]:
        """The run's executions, the first one first: more than one where it continued as new."""
        chain, run_id = [], handle.first_execution_run_id
        while run_id:
            execution = self.skipper.client.get_workflow_handle(handle.id, run_id=run_id)
            chain.append(execution)
            *_, last = [event async for event in execution.fetch_history_events()]
            run_id = last.workflow_execution_continued_as_new_event_attributes.new_execution_run_id
        return chain

    async def decisions(self) -> list[tuple[str, str, str | None]]:
        """Every decision in order: action, reason, channel."""
        rows = await self.pool.fetch("SELECT action, reason, channel FROM decisions ORDER BY decided_at, id")
        return [tuple(row) for row in rows]

    async def outcome(self, handle: WorkflowHandle[Any, Any]) -> Outcome:
        """Waits for the end of the run."""
        return Outcome.model_validate(await handle.result())
