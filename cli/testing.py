"""For tests of journeys: a world on skipped time, with the real workflow, policy, ledger and templates, and no sending.

In ``conftest.py``: ``from cli.testing import *``. Then each test gets a world of its own::

    async def test_a_cart_that_was_left_is_remembered(world: World) -> None:
        ada = await world.person(timezone="Europe/Paris")
        await ada.does("Product Added", product_id="p1", name="Trail shoe")
        await world.advance(timedelta(hours=1))
        assert [message.message_key for message in ada.messages()] == ["cart_reminder"]
        await ada.does("Order Completed")
        assert (await ada.outcome("cart_recovery")).state == "converted"

A world begins on Wednesday 4 March 2026, 10:00 UTC, and its time stands still until the test advances it. What it does:

- ``world.person(user_id="ada", **traits)``: somebody who says who they are: in London, reached by every channel, unless
  the traits say otherwise. No holdout has drawn them.
- ``ada.does(event, **properties)`` and ``ada.says(**traits)``: through the real door, at this instant.
- ``world.advance(duration)``, ``world.advance_to(instant)``: days take milliseconds; each wait ends at its own instant.
- ``ada.messages()``: what would have reached them: ``message_key``, ``channel``, ``sent_at``, ``content`` as written.
- ``await ada.decisions()``: ``message``, ``action``, ``reason``, ``channel``, ``next_eligible_at`` of each.
- ``await ada.is_in(journey)``, ``await ada.outcome(journey)``: whether their run goes on, and how it ended.
- ``world.refuse(channel)``: from now on the provider of a channel refuses everything.

Override ``fermata_journeys``, ``fermata_policy`` or ``fermata_start`` in a test module for others. The servers start
once a session, in two seconds. Tests need pytest-asyncio with ``asyncio_mode = "auto"`` and the loop scopes
``asyncio_default_fixture_loop_scope`` and ``asyncio_default_test_loop_scope`` both ``"session"``.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from cli.simulate.person import MadeDecision, Person
from cli.simulate.servers import SimulationServers, simulation_servers
from cli.simulate.stage import open_stage
from cli.simulate.world import World
from fermata.policy import default_document
from fermata.settings import read_settings
from workflows.discovery import Journeys, discover

__all__ = [
    "MadeDecision",
    "Person",
    "World",
    "fermata_journeys",
    "fermata_policy",
    "fermata_servers",
    "fermata_start",
    "world",
]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def fermata_servers() -> AsyncIterator[SimulationServers]:
    """A Temporal that skips time and a Postgres, for the session."""
    async with simulation_servers() as servers:
        yield servers


@pytest.fixture
def fermata_journeys() -> Journeys:
    """The journeys that run: all that ``FERMATA_JOURNEYS`` names."""
    return discover(read_settings().journeys)


@pytest.fixture
def fermata_policy() -> str:
    """The policy in force: the one that ships."""
    return default_document()


@pytest.fixture
def fermata_start() -> datetime:
    """The first instant: an ordinary Wednesday, no holiday, no change of clocks near."""
    return datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


@pytest_asyncio.fixture(loop_scope="session")
async def world(
    fermata_servers: SimulationServers, fermata_journeys: Journeys, fermata_policy: str, fermata_start: datetime
) -> AsyncIterator[World]:
    """A world of this test's own."""
    async with (
        fermata_servers.pool() as pool,
        open_stage(fermata_servers.temporal_address, pool, journeys=fermata_journeys, policy=fermata_policy) as stage,
    ):
        yield World(stage, fermata_start)
