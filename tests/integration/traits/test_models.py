"""Models trained on events in Postgres: on what was known before a cut-off, and in force only where they can tell."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from fermata.database import Pool
from fermata.traits import ModelKind, standings, traits_of
from fermata.traits.examples import examples_at
from fermata.traits.features import NAMES
from fermata.traits.train_models import train_models
from fermata.traits.training_record import HORIZON, Training
from tests.integration.traits.people import Did, Somebody, write
from tests.people import NOON

DAY = timedelta(days=1)
EARLIER, LATER = NOON - 2 * HORIZON, NOON - HORIZON
Chance = Callable[[int], float]


def shopper(random: Random, chance: Chance) -> Somebody:
    """Somebody who is here in each month since they came; how keen they are decides how often, and whether they buy."""
    keen = random.randrange(5)
    did = []
    for month in range(random.randint(1, 8)):
        begin = NOON - (month + 1) * HORIZON
        did += [Did("Product Viewed", begin + random.random() * HORIZON) for _ in range(1 + keen)]
        if random.random() < chance(keen):
            order = {"order_id": str(month), "revenue": 20, "currency": "EUR"}
            did.append(Did("Order Completed", begin + random.random() * HORIZON, order))
    return Somebody(did)


async def populate(pool: Pool, chance: Chance, *, people: int = 1200, seed: int = 1) -> list[Somebody]:
    random = Random(seed)  # noqa: S311 - a made-up crowd, the same each time
    crowd = [shopper(random, chance) for _ in range(people)]
    await write(pool, *crowd)
    return crowd


async def trained(pool: Pool) -> dict[ModelKind, Training]:
    return {training.kind: training for training in await train_models(pool, NOON)}


async def test_who_is_keen_is_found_to_buy_and_the_score_says_why(pool: Pool) -> None:
    crowd = await populate(pool, lambda keen: 0.05 + 0.2 * keen)
    training = (await trained(pool))[ModelKind.PURCHASE_PROPENSITY]
    assert training.accepted, training.verdict
    assert training.assessment is not None
    assert training.assessment.auc > 0.7
    assert training.assessment.calibration_error < 0.1
    assert (training.sample.cut_off, training.held_out.cut_off) == (EARLIER, LATER)
    assert training.held_out.people == sum(any(each.at < LATER for each in person.did) for person in crowd)
    keenest = max(crowd, key=lambda person: sum(each.at >= LATER for each in person.did))
    coolest = min(crowd, key=lambda person: sum(each.at >= EARLIER for each in person.did))
    found = await traits_of(pool, [keenest.id, coolest.id], NOON)
    likely, unlikely = (found[person.id].purchase_propensity for person in (keenest, coolest))
    assert likely.probability is not None
    assert unlikely.probability is not None
    assert likely.probability > 0.6 > 0.3 > unlikely.probability
    assert likely.trained_at == NOON
    assert any("visits in 30 days: raises it" in reason.words for reason in likely.reasons)


async def test_of_those_who_buy_by_chance_it_cannot_tell_and_gives_no_score(pool: Pool) -> None:
    crowd = await populate(pool, lambda keen: 0.3)
    training = (await trained(pool))[ModelKind.PURCHASE_PROPENSITY]
    assert not training.accepted
    assert training.verdict.startswith("not in force: ")
    found = (await traits_of(pool, [crowd[0].id], NOON))[crowd[0].id].purchase_propensity
    assert found.probability is None
    assert training.verdict in found.why


async def test_a_cold_start_says_what_is_missing(pool: Pool) -> None:
    crowd = await populate(pool, lambda keen: 0.3, people=50)
    assert {each.verdict.split(":")[0] for each in (await trained(pool)).values()} == {"not trained"}
    found = (await traits_of(pool, [crowd[0].id], NOON))[crowd[0].id].churn_risk
    assert found.probability is None
    assert " people to train on (2026-01-03 to 2026-02-02), and it takes 200" in found.why


async def test_what_came_after_the_cut_off_cannot_be_seen_in_what_was_known(pool: Pool) -> None:
    crowd = await populate(pool, lambda keen: 0.3, people=40)
    before = await features_at(pool, LATER)
    # Everything from the cut-off on is made ten times as much, the very instant of it included.
    await pool.executemany(
        "INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at, properties)"
        " VALUES (gen_random_uuid(), $1, 'track', $2, $3, $4, $4, '{\"revenue\": 1000}')",
        [
            (f"{place}-{name}-{person.id}", name, person.id, LATER + place * DAY)
            for person in crowd
            for place in range(10)
            for name in ("Order Completed", "Product Viewed", "Email Opened")
        ],
    )
    assert await features_at(pool, LATER) == before
    assert await features_at(pool, LATER + timedelta(microseconds=1)) != before


async def test_outcomes_are_those_of_the_thirty_days_from_the_cut_off_on(pool: Pool) -> None:
    known, order = Did("Product Viewed", LATER - DAY), "Order Completed"
    people = {
        "buys at the cut-off": Somebody([known, Did(order, LATER)]),
        "buys just in time": Somebody([known, Did(order, NOON - timedelta(microseconds=1))]),
        "buys too late": Somebody([known, Did(order, NOON)]),
        "bought before": Somebody([known, Did(order, LATER - timedelta(microseconds=1))]),
        "comes back": Somebody([known, Did("Product Viewed", NOON - DAY)]),
        "only gets mail": Somebody([known, Did("Email Opened", NOON - DAY)]),
        "was not here": Somebody([Did("Product Viewed", LATER - 91 * DAY), Did(order, LATER + DAY)]),
        "comes for the first time": Somebody([Did(order, LATER + DAY)]),
    }
    await write(pool, *people.values())
    async with pool.acquire() as connection:
        rows = await connection.fetch("SELECT id FROM profiles ORDER BY hashtextextended(id::text, 0), id")
        found = await examples_at(connection, LATER)
    names = {person.id: name for name, person in people.items()}
    known_names = [names[row["id"]] for row in rows if not names[row["id"]].startswith(("was not", "comes for"))]
    bought = dict(zip(known_names, found[ModelKind.PURCHASE_PROPENSITY].outcomes, strict=True))
    left = dict(zip(known_names, found[ModelKind.CHURN_RISK].outcomes, strict=True))
    assert {name for name, did in bought.items() if did} == {"buys at the cut-off", "buys just in time"}
    assert {name for name, did in left.items() if did} == {"buys too late", "bought before", "only gets mail"}


async def test_a_part_of_a_great_population_is_taken_and_the_same_part_each_time(pool: Pool) -> None:
    await populate(pool, lambda keen: 0.3, people=40)
    async with pool.acquire() as connection:
        first, second = [await examples_at(connection, LATER, most=10) for _ in range(2)]
    assert first == second
    assert len(first[ModelKind.CHURN_RISK].features) == 10


async def test_what_is_in_force_stays_so_when_a_later_training_is_refused(pool: Pool) -> None:
    await populate(pool, lambda keen: 0.05 + 0.2 * keen)
    await train_models(pool, NOON)
    await train_models(pool, NOON + 365 * DAY)  # nobody was here for a year
    standing = (await standings(pool, NOON + 366 * DAY))[ModelKind.PURCHASE_PROPENSITY]
    assert standing.newest is not None
    assert standing.in_force is not None
    assert (standing.newest.accepted, standing.in_force.trained_at) == (False, NOON)
    assert (await standings(pool, NOON - DAY))[ModelKind.CHURN_RISK].newest is None


async def features_at(pool: Pool, cut_off: datetime) -> list[tuple[float, ...]]:
    async with pool.acquire() as connection:
        found = (await examples_at(connection, cut_off))[ModelKind.CHURN_RISK].features
    assert all(len(row) == len(NAMES) for row in found)
    return list(found)
