"""A console with a life behind it: people, decisions of every kind, runs, a policy with a history, refused events."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx

from api.application import create_app
from cli.stack.http_server import HttpServer
from fermata.access import Scope, create_key, first_keys
from fermata.database import Pool
from fermata.journeys import Registry
from fermata.ledger.policies import put_in_force
from fermata.policy import default_document
from tests.integration.view.lives import Life, live
from workflows.discovery import discover


@dataclass(frozen=True)
class ConsoleWorld:
    """A running console.

    Args:
        url: Of the API.
        admin_key, read_key: Who may log in.
        ada: Whose life it shows.
    """

    url: str
    admin_key: str
    read_key: str
    ada: Life


@asynccontextmanager
async def open_console(pool: Pool, database_url: str) -> AsyncIterator[ConsoleWorld]:
    """Serves the API and lets somebody live.

    Args:
        pool, database_url: The same database.
    """
    async with pool.acquire() as connection:
        keys = await first_keys(connection)
        read_key = await create_key(connection, "looking", (Scope.READ,))
    journeys = discover(("workflows",))
    # Nobody is held out: Ada is to be reached whatever is drawn for her.
    reaching = {name: each.definition.model_copy(update={"holdout": 0.0}) for name, each in journeys.classes.items()}
    app = create_app(pool=pool, registry=Registry(reaching), discovered=journeys, database_url=database_url)
    async with HttpServer(app) as server:
        async with httpx.AsyncClient(base_url=server.url, auth=(keys["write"], "")) as sender:
            ada = await live(pool, sender)
            await sender.post("/v1/track", json={"userId": "ada", "event": 7, "messageId": "broken"})
        async with pool.acquire() as connection:
            now = datetime.now(UTC)
            await put_in_force(connection, default_document(), author="ada", at=now, note="Back to what ships")
        await pool.execute(
            "INSERT INTO provider_health (channel, name, kind, weight, tier, seen_at)"
            " VALUES ('email', 'smtp', 'smtp', 1, 0, $1)",
            now - timedelta(minutes=3),
        )
        yield ConsoleWorld(server.url, keys["admin"], read_key, ada)
