"""The world that journeys are tested in: real instants on skipped time, and nothing that leaves it."""

from datetime import UTC, datetime, timedelta

import pytest

from cli.simulate.moments import Moment, moments_of
from cli.simulate.servers import SimulationServers
from cli.simulate.stage import open_stage
from cli.testing import World
from fermata.channels import EmailContent
from fermata.errors import DefinitionError, NotFound
from fermata.policy import default_document
from fermata.vocabulary import Channel
from workflows.discovery import Journeys, discover

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHOES = {"product_id": "trail-3", "name": "Trail Runner 3", "price": 129.9, "currency": "EUR", "rating": 4.7}


@pytest.fixture
def fermata_journeys() -> Journeys:
    """One that ships."""
    return discover(("workflows.cart_recovery",))


async def test_every_wait_ends_at_its_own_instant_and_a_goal_in_the_middle_of_one(world: World) -> None:
    ada = await world.person()
    await ada.does("Product Added", **SHOES)
    await world.advance(5 * HOUR)
    (reminder,) = ada.messages()
    assert (reminder.message_key, reminder.channel) == ("cart_reminder", Channel.PUSH)
    assert reminder.sent_at == datetime(2026, 3, 4, 11, 0, tzinfo=UTC)
    assert await ada.is_in("cart_recovery")
    await ada.does("Order Completed", order_id="o-1")
    ended = await ada.outcome("cart_recovery")
    assert (ended.state, ended.ended_at) == ("converted", datetime(2026, 3, 4, 15, 0, tzinfo=UTC))
    assert world.now == datetime(2026, 3, 4, 15, 0, tzinfo=UTC)


class TestANightWithoutAnHour:
    """The night in which New York's clocks go forward, long past."""

    @pytest.fixture
    def fermata_start(self) -> datetime:
        """Sunday 8 March 2026, 01:00 in New York."""
        return datetime(2026, 3, 8, 6, 0, tzinfo=UTC)

    async def test_a_message_waits_for_the_morning_on_the_persons_clock(self, world: World) -> None:
        ada = await world.person(timezone="America/New_York", push_token=None)
        await ada.does("Product Added", **SHOES)
        await world.advance(DAY)
        assert [(each.action, each.reason) for each in await ada.decisions()] == [
            ("defer", "outside_window"),
            ("send", "eligible"),
        ]
        (mail,) = ada.messages()
        assert mail.sent_at == datetime(
            2026, 3, 8, 13, 0, tzinfo=UTC
        )  # 09:00 there, an hour earlier than the day before
        assert isinstance(mail.content, EmailContent)
        assert "Trail Runner 3" in mail.content.subject


async def test_what_a_provider_refuses_goes_by_the_next_channel(world: World) -> None:
    world.refuse(Channel.PUSH)
    ada = await world.person()
    await ada.does("Product Added", **SHOES)
    await world.advance(HOUR)
    assert [message.channel for message in ada.messages()] == [Channel.EMAIL]


async def test_an_outcome_that_there_is_not_says_why(world: World) -> None:
    ada = await world.person()
    with pytest.raises(NotFound, match="begins with 'Product Added', which they never did"):
        await ada.outcome("cart_recovery")
    await ada.does("Product Added", **SHOES)
    with pytest.raises(NotFound, match=r"is in cart_recovery still \(Wait 1 hour, until Wed 04 Mar 11:00 UTC\)"):
        await ada.outcome("cart_recovery")


class TestARunThatContinuesAsNew:
    """The server of the session suggests it after 40 events of a history."""

    @pytest.fixture
    def fermata_journeys(self) -> Journeys:
        """One that does."""
        return discover(("tests.journeys.recurring",))

    async def test_it_is_followed_and_ends_at_its_own_instant(self, world: World) -> None:
        ada = await world.person()
        await ada.does("Subscription Started")
        for number in range(12):
            await world.advance(3 * DAY)
            await ada.does("Box Shipped", number=number)
        (run,) = world.runs
        assert run.words == 13
        assert run.executions > 1
        last = world.now
        await world.advance(90 * DAY)
        assert (await ada.outcome("recurring")).ended_at == last + 60 * DAY


class TestCodeThatCannotGoOn:
    """A journey that raises what is no mistake of its definition."""

    @pytest.fixture
    def fermata_journeys(self) -> Journeys:
        """Only that."""
        return discover(("tests.journeys.broken",))

    async def test_it_is_told_at_once(self, world: World) -> None:
        ada = await world.person()
        with pytest.raises(DefinitionError, match="broken cannot go on: broken meets a value"):
            await ada.does("Product Added", **SHOES)


async def test_what_happens_is_the_same_when_every_task_is_replayed(fermata_servers: SimulationServers) -> None:
    cached, replayed = [await _running_shoes(fermata_servers, cached_runs=runs) for runs in (1000, 0)]
    assert cached == replayed
    ends = [(moment.journey, moment.what) for moment in cached if moment.kind == "ended"]
    assert ends == [
        ("cart_recovery", "exited"),
        ("browse_abandonment", "converted"),
        ("post_purchase_care", "completed"),
    ]


async def _running_shoes(servers: SimulationServers, *, cached_runs: int) -> tuple[Moment, ...]:
    journeys = discover(("workflows.browse_abandonment", "workflows.cart_recovery", "workflows.post_purchase_care"))
    async with (
        servers.pool() as pool,
        open_stage(
            servers.temporal_address, pool, journeys=journeys, policy=default_document(), cached_runs=cached_runs
        ) as stage,
    ):
        world = World(stage, datetime(2024, 2, 28, 22, 30, tzinfo=UTC))
        ada = await world.person(timezone="America/New_York")
        await ada.does("Product Viewed", **SHOES)
        await world.advance(5 * DAY)
        await ada.does("Product Added", **SHOES)
        await world.advance(20 * HOUR)
        await ada.does("Order Completed", order_id="o-1", products=[SHOES])
        await world.finish(within=60 * DAY)
        # The links in a mail are signed with the decision's id, which is another each time.
        return tuple(moment.model_copy(update={"outgoing": None}) for moment in await moments_of(stage, world))
