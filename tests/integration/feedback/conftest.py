"""Doors for feedback on this test's own database, and somebody with a message that went out."""

from collections.abc import AsyncIterator

import httpx
import pytest

from api.application import create_app
from cli.stack.http_server import HttpServer
from fermata.database import Pool
from fermata.events.webhooks import read_sources
from fermata.feedback import FeedbackDoor
from fermata.feedback.amazon import Amazon
from fermata.feedback.sources import read_tellers
from fermata.ingest import Ingest
from tests.integration.feedback.amazon_server import AmazonServer
from tests.integration.feedback.sent import REGISTRY, somebody
from tests.people import Enrolled
from tests.unit.feedback import provider_signing as signing
from tests.unit.feedback.provider_signing import Signed

PUBLIC = "https://journeys.shop.example"
"""Where providers believe that they reach us."""


@pytest.fixture
async def door(pool: Pool) -> FeedbackDoor:
    """The way in for feedback."""
    return FeedbackDoor(pool, Ingest(pool, REGISTRY))


@pytest.fixture
async def ada(pool: Pool) -> Enrolled:
    """Somebody with an active run of cart_recovery, who is told of everything."""
    return await somebody(pool)


@pytest.fixture
async def amazon() -> AsyncIterator[AmazonServer]:
    """The stand-in for SNS."""
    async with AmazonServer() as running:
        yield running


@pytest.fixture
async def provider(pool: Pool, amazon: AmazonServer) -> AsyncIterator[httpx.AsyncClient]:
    """A provider's client before the application with every kind of teller."""
    app = create_app(
        pool=pool,
        registry=REGISTRY,
        sources=read_sources(signing.DOCUMENT, signing.SECRETS),
        tellers=read_tellers(signing.DOCUMENT, signing.SECRETS),
        public_url=PUBLIC,
        amazon=Amazon(amazon.transport()),
    )
    async with HttpServer(app) as server, httpx.AsyncClient(base_url=server.url) as client:
        yield client


async def post(client: httpx.AsyncClient, signed: Signed) -> httpx.Response:
    """Sends what a provider signed."""
    return await client.post(signed.path, content=signed.body, headers=dict(signed.headers))
