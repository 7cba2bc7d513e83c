"""A console with a life behind it: people, decisions of every kind, runs, a policy with a history, refused events."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
from temporalio.client import Client

from api.application import create_app
from cli.stack.http_server import HttpServer
from cli.stack.smtp_server import SmtpServer
from fermata.access import Scope, create_key, first_keys
from fermata.database import Pool
from fermata.journeys import SALT, Registry
from fermata.ledger.policies import put_in_force
from fermata.policy import default_document
from tests.acceptance.world import open_world
from tests.integration.runs.underway import Underway
from tests.integration.view.lives import Life, live
from worker.plugin import fermata_plugin
from workflows.discovery import Journeys, discover
from workflows.runs_in_temporal import RunsInTemporal

_CUSTOMERS = """
    INSERT INTO profiles (id, created_at, updated_at)
        SELECT md5('customer' || n)::uuid, now(), now() FROM generate_series(1, 140) n;
    INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, enrichment, properties)
        SELECT md5('order' || n || ' ' || later)::uuid, 'order' || n || ' ' || later, 'track', 'Order Completed',
               md5('customer' || n)::uuid, now() - make_interval(days => 20 + n % 7 * 30 - later * (5 + n * n % 31)),
               now(), '{}', jsonb_build_object('total', 20 + n * n % 37 + 5 * later, 'currency', 'EUR')
        FROM generate_series(1, 140) n, generate_series(0, 9) later
        WHERE later <= n * n * n % 11 AND later * (5 + n * n % 31) < 20 + n % 7 * 30;
    INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, enrichment)
        SELECT md5('view' || n)::uuid, 'view' || n, 'track', 'Product Viewed', md5('customer' || n)::uuid,
               now() - make_interval(days => 21 + n % 2 * 30), now(),
               jsonb_build_object('touch', jsonb_build_object('channel', (ARRAY['email', 'paid_search'])[1 + n % 2]))
        FROM generate_series(1, 140) n;
"""
_HELD_OUT = """
    INSERT INTO holdouts (profile_id, scope, salt, held_out, share, drawn_at)
        SELECT md5('customer' || n)::uuid, '', $1, n % 2 = 0, 0.5, now() - interval '40 days'
        FROM generate_series(1, 140) n;
"""


@dataclass(frozen=True)
class ConsoleWorld:
    """A running console.

    Args:
        url: Of the API.
        pool: Its database.
        admin_key, read_key: Who may log in.
        ada, grace: Whose lives it shows; grace is the one to be erased.
        run: Under way in Temporal.
    """

    url: str
    pool: Pool
    admin_key: str
    read_key: str
    ada: Life
    grace: Life
    run: Underway


@asynccontextmanager
async def open_console(pool: Pool, database_url: str, temporal_address: str) -> AsyncIterator[ConsoleWorld]:
    """Serves the API, lets people live, and has a run of somebody under way.

    Args:
        pool, database_url: The same database.
        temporal_address: A server of Temporal.
    """
    journeys = discover(("workflows",))

    async def connect() -> Client:
        return await Client.connect(temporal_address, plugins=[fermata_plugin()])

    temporal = RunsInTemporal(connect, ui="http://127.0.0.1:8233", patience=timedelta(seconds=5))
    async with AsyncExitStack() as stack:
        async with pool.acquire() as connection:
            keys = await first_keys(connection)
            read_key = await create_key(connection, "looking", (Scope.READ,))
        app = create_app(
            pool=pool,
            registry=_reaching(journeys),
            discovered=journeys,
            database_url=database_url,
            temporal=temporal,
        )
        server = await stack.enter_async_context(HttpServer(app))
        async with httpx.AsyncClient(base_url=server.url, auth=(keys["write"], "")) as sender:
            ada, grace = await live(pool, sender), await live(pool, sender, "grace")
            await sender.post("/v1/track", json={"userId": "ada", "event": 7, "messageId": "broken"})
        smtp = await stack.enter_async_context(SmtpServer())
        going = open_world(await connect(), pool, smtp, policy="version = 1\n", journeys=journeys)
        run = await Underway.begin(await stack.enter_async_context(going))
        await _operated(pool)
        await pool.execute(_CUSTOMERS)
        await pool.execute(_HELD_OUT, SALT)
        yield ConsoleWorld(server.url, pool, keys["admin"], read_key, ada, grace, run)


def _reaching(journeys: Journeys) -> Registry:
    """The journeys without their holdouts: Ada is to be reached whatever is drawn for her."""
    found = journeys.classes.items()
    return Registry({name: each.definition.model_copy(update={"holdout": 0.0}) for name, each in found})


async def _operated(pool: Pool) -> None:
    """A policy that somebody put in force, a provider that a worker has seen, and events that were set aside."""
    now = datetime.now(UTC)
    async with pool.acquire() as connection:
        await put_in_force(connection, default_document(), author="ada", at=now, note="Back to what ships")
    await pool.execute(
        "INSERT INTO provider_health (channel, name, kind, weight, tier, seen_at)"
        " VALUES ('email', 'smtp', 'smtp', 1, 0, $1)",
        now - timedelta(minutes=3),
    )
    await pool.execute(
        "INSERT INTO dead_letters (id, kind, reason, tries, died_at, message_id, payload)"
        " SELECT md5(n::text)::uuid, 'event', 'KeyError at fermata/traits/rfm.py:88', 3, $1, 'failed-' || n, '{}'"
        " FROM generate_series(1, 2) n",
        now,
    )
