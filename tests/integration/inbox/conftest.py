"""The API with little room for streams, somebody who signs sessions, and a person with a name."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr

from api.application import create_app
from cli.stack.http_server import HttpServer
from fermata.access import first_keys
from fermata.channels.inbox_notices import InboxNotices
from fermata.channels.inbox_session import InboxSessions
from fermata.database import Pool
from fermata.journeys import Registry
from tests.integration.inbox.cards import somebody


@pytest.fixture
def sessions() -> InboxSessions:
    """Signs sessions as the API does."""
    return InboxSessions(SecretStr("a secret of the tests' own, long enough"))


@pytest.fixture
def notices(pool: Pool) -> InboxNotices:
    """Room for five streams, three a person."""
    return InboxNotices(pool, most=5, most_each=3)


@pytest.fixture
async def client(pool: Pool, notices: InboxNotices, sessions: InboxSessions) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the admin key."""
    async with pool.acquire() as connection:
        keys = await first_keys(connection)
    app = create_app(pool=pool, registry=Registry({}), inbox_sessions=sessions, inbox_notices=notices)
    headers = {"Authorization": f"Bearer {keys['admin']}"}
    async with HttpServer(app) as server, httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30) as http:
        yield http


@pytest.fixture
async def ada(pool: Pool) -> UUID:
    """A person with a name."""
    return await somebody(pool, "ada")
