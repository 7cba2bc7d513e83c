"""Many people side by side, and the time that it takes."""

from datetime import UTC, datetime, timedelta

from cli.simulate.crowd import make_crowd
from cli.simulate.distribution import Distribution, simulate_many
from cli.simulate.one_person import simulate_one
from cli.simulate.servers import SimulationServers
from cli.simulate.setting import Setting, read_setting
from cli.simulate.stage import open_stage
from fermata.journeys import NOBODY
from fermata.settings import Settings
from fermata.vocabulary import Action

NIGHT = datetime(2026, 3, 7, 3, 30, tzinfo=UTC)


def setting(*, length: timedelta | None = None) -> Setting:
    return read_setting(
        Settings(),
        "cart_recovery",
        also=(),
        events=None,
        profile=None,
        policy=None,
        start=NIGHT,
        length=length,
        now=datetime.now(UTC),
    )


async def distribution(servers: SimulationServers, people: int, seed: int) -> Distribution:
    scene = setting()
    crowd = make_crowd(people, seed, scene.start, scene.journeys.registry["cart_recovery"], None)
    told: list[None] = []
    async with (
        servers.pool() as pool,
        open_stage(
            servers.temporal_address, pool, journeys=scene.journeys, policy=scene.policy, holdout=NOBODY
        ) as stage,
    ):
        found = await simulate_many(stage, scene, crowd, seed, lambda: told.append(None))
    assert len(told) == people
    return found


async def test_the_same_seed_has_the_same_people_come_to_the_same_ends(fermata_servers: SimulationServers) -> None:
    once, again = [await distribution(fermata_servers, 7, seed=7) for _ in range(2)]
    # How far the clock still goes when the last run has ended hangs on the machine; what happened does not.
    machine = {"seconds", "simulated"}
    assert once.model_dump(exclude=machine) == again.model_dump(exclude=machine)
    assert once.people == once.entered == sum(once.outcomes.values())
    assert sum(once.hours.values()) == sum(once.sent.values()) == sum(once.reasons[Action.SEND].values()) > 0
    assert not [hour for hour in once.hours if not 8 <= hour < 22]  # the widest window of the policy that ships


async def test_thirty_days_are_gone_through_to_their_end(fermata_servers: SimulationServers) -> None:
    scene = setting(length=timedelta(days=30))
    async with (
        fermata_servers.pool() as pool,
        open_stage(fermata_servers.temporal_address, pool, journeys=scene.journeys, policy=scene.policy) as stage,
    ):
        found = await simulate_one(stage, scene)
    assert found.end - found.start == timedelta(days=30)
    assert found.seconds > 0
