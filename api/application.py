"""Puts the HTTP surface together."""

from collections.abc import Collection
from datetime import timedelta

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from opentelemetry.trace import Tracer
from pydantic import SecretStr

from api import (
    analytics,
    audit,
    broadcasts,
    codec,
    confirming,
    consent,
    dead_letters,
    decisions,
    devices,
    erasure,
    events,
    feedback,
    health,
    inbox,
    inbox_stream,
    ingest,
    journeys,
    mail_links,
    metrics,
    policy,
    preferences,
    problems,
    profiles,
    providers,
    rejected_events,
    runs,
    unsubscribing,
    webhooks,
)
from api.analytics_process import AnalyticsProcess
from api.codec import FindCodec, no_codec
from api.codec_cors import CodecCors
from api.console.guard import Cookie, Guard
from api.console.routes import Shown
from api.console.routes import router as console
from api.described_errors import describe_errors
from api.inbox_cors import InboxCors
from api.measured import Measured
from api.meters import ApiMeters
from api.shedding import Room, Shedding
from api.traced import Traced
from fermata.access import NO_LIMITS, DefaultLimits, Keys
from fermata.audiences.declared import PURCHASE
from fermata.channels import Site
from fermata.channels.inbox_notices import InboxNotices
from fermata.channels.inbox_session import NO_SESSIONS, InboxSessions
from fermata.channels.tracked_links import NO_TRACKED_LINKS, TrackedLinks
from fermata.database import Pool
from fermata.events.verbs import Verbs
from fermata.events.webhooks import Sources
from fermata.feedback import FeedbackDoor, SoftBounces, TextDoor
from fermata.feedback.amazon import Amazon
from fermata.feedback.sources import Tellers
from fermata.ingest import LATEST_TRIGGER, Ingest
from fermata.journeys import NOBODY, GlobalHoldout, Registry
from fermata.metrics_page import MetricsPage
from fermata.profiles.consent_links import NO_LINKS, ConsentLinks
from fermata.trace_context import NO_TRACER
from fermata.traits import LeadRules
from workflows.broadcast_desk import BroadcastDesk, nothing_to_announce
from workflows.discovery import Journeys
from workflows.runs_in_temporal import NO_TEMPORAL, RunsInTemporal
from workflows.runs_of_build import NO_BUILDS, RunsOfBuild


def create_app(
    *,
    pool: Pool,
    registry: Registry,
    discovered: Journeys | None = None,
    builds: RunsOfBuild = NO_BUILDS,
    latest_trigger: timedelta | None = LATEST_TRIGGER,
    most_runs: int | None = None,
    holdout: GlobalHoldout = NOBODY,
    verbs: Verbs | None = None,
    sources: Sources | None = None,
    tellers: Tellers | None = None,
    soft_bounces: SoftBounces = SoftBounces(),  # noqa: B008 - it is frozen
    public_url: str = "http://127.0.0.1:8000",
    amazon: Amazon | None = None,
    links: ConsentLinks = NO_LINKS,
    tracked_links: TrackedLinks = NO_TRACKED_LINKS,
    inbox_sessions: InboxSessions = NO_SESSIONS,
    inbox_notices: InboxNotices | None = None,
    lead_rules: LeadRules | None = None,
    site: Site = Site(),  # noqa: B008 - it is frozen
    leave_on: Collection[str] = frozenset({PURCHASE}),
    temporal: RunsInTemporal = NO_TEMPORAL,
    database_url: str | None = None,
    broadcast_desk: BroadcastDesk | None = None,
    find_codec: FindCodec = no_codec,
    temporal_ui: str | None = None,
    meters: ApiMeters | None = None,
    metrics_token: SecretStr | None = None,
    tracer: Tracer = NO_TRACER,
    room: Room | None = None,
    key_limits: DefaultLimits = NO_LIMITS,
) -> FastAPI:
    """The application. What it is given stays the caller's: opened before, closed after.

    Args:
        pool: Connections to the database.
        registry: The journeys that events may start or reach.
        discovered: Their code, by which they are listed and drawn; None lists none.
        builds: Knows which runs a build of the workers has.
        latest_trigger: How long after it occurred an event still starts a run; None for however long.
        most_runs: How many runs of one profile may be active at once, over all journeys; None for any number.
        holdout: Whom no marketing reaches.
        verbs: The standard events; those that ship where it is None.
        sources: Who may send webhooks.
        tellers: Which providers may tell what became of messages.
        soft_bounces: How often an address may bounce for the moment before it is given up.
        public_url: Where providers reach us: some sign the address that they call.
        amazon: Where the certificates are with which Amazon signs; Amazon itself where it is None.
        links: Reads links in messages; without a secret it refuses them.
        tracked_links: Reads where a link in a message leads; without a secret it refuses them.
        inbox_sessions: Lets people's browsers into their own inboxes; without a secret only servers' keys look in.
        inbox_notices: Wakes open inboxes; one of its own where it is None. Whoever gives one can end all streams.
        lead_rules: How leads are scored; by the rules that ship where it is None.
        site: Whom the messages speak for.
        temporal: Asks runs where they stand, and tells them operators' words; it may connect when it is first asked.
        database_url: For what is measured, in a process of its own; None for that of the environment.
        leave_on: The events that end somebody's membership in an audience of an ad platform.
        broadcast_desk: Looks at broadcasts and starts them; None where none is declared.
        find_codec: Finds what opens payloads of Temporal.
        temporal_ui: Where operators' browsers reach Temporal's UI, which may ask for that.
        meters: What counts requests and events; ones of its own where it is None.
        metrics_token: What ``/metrics`` asks for; None shows it to everybody.
        tracer: What records how requests are answered.
        room: How many requests that bring events may be under way at once; the default of ``Room`` where it is None.
        key_limits: How many requests a key may make that has no limit of its own.
    """
    app = FastAPIOffline(
        title="Fermata",
        summary="Durable customer journeys that know when to hold.",
        version="1",
        redoc_url=None,
    )
    keys = Keys(pool, limits=key_limits)
    problems.install(app)
    meters = meters or ApiMeters()
    door = Ingest(
        pool,
        registry,
        latest_trigger=latest_trigger,
        most_runs=most_runs,
        holdout=holdout,
        verbs=verbs,
        leave_on=leave_on,
    )
    told = FeedbackDoor(pool, door, soft_bounces)
    desk, found = broadcast_desk or nothing_to_announce(pool), discovered or Journeys({})
    measuring = AnalyticsProcess(database_url)
    secure = public_url.startswith("https://")
    shown = Shown(
        pool=pool,
        keys=keys,
        door=door,
        verbs=verbs,
        journeys=found,
        temporal=temporal,
        builds=builds,
        lead_rules=lead_rules,
        registry=registry,
        holdout=holdout,
        measuring=measuring,
        secure=secure,
    )
    for router in (
        # What comes in.
        ingest.router(door, keys, meters, verbs),
        rejected_events.router(pool, door, keys, verbs),
        dead_letters.router(pool, door, keys, temporal.try_again),
        events.router(pool, registry, keys),
        feedback.router(told, TextDoor(pool, door), tellers or {}, public_url, amazon or Amazon()),
        webhooks.router(door, sources or {}, meters, verbs),
        # People, and what they see and answer.
        profiles.router(pool, keys, lead_rules),
        erasure.router(pool, keys),
        consent.router(pool, keys),
        preferences.router(pool, keys),
        devices.router(pool, keys),
        inbox.router(pool, door, keys, inbox_sessions),
        inbox_stream.router(pool, keys, inbox_sessions, inbox_notices or InboxNotices(pool)),
        unsubscribing.router(pool, door, links, site),
        confirming.router(pool, door, links, site),
        mail_links.router(pool, told, tracked_links),
        # Operators.
        decisions.router(pool, keys),
        runs.router(pool, keys, temporal),
        journeys.router(pool, keys, found, builds),
        broadcasts.router(pool, keys, desk),
        policy.router(pool, keys),
        audit.router(pool, keys),
        analytics.router(registry, holdout, keys, measuring),
        providers.router(pool, keys),
        health.router(pool),
        metrics.router(MetricsPage(meters.registry, metrics_token)),
        codec.router(find_codec, keys, Guard(pool, Cookie(secure=secure)), temporal_ui),
        console(shown),
    ):
        app.include_router(router)
    describe_errors(app)
    # The last ones are the outermost: they see also what others turn away.
    app.add_middleware(InboxCors)
    app.add_middleware(Shedding, room=room or Room())
    app.add_middleware(CodecCors, ui=temporal_ui)
    app.add_middleware(Measured, meters=meters)
    app.add_middleware(Traced, tracer=tracer)
    return app
