"""The runs on record in Postgres: what was, and what begins. How they end is the ledger's."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fermata.database import Connection, Queries
from fermata.enrolment.drawing import Draw
from fermata.enrolment.routing import Moment
from fermata.enrolment.standing import History, LatestRun, Person, Standing
from fermata.journeys import SALT, JourneyDefinition, run_key
from fermata.ledger import close_run
from fermata.vocabulary import Reason

_QUERIES = Queries("fermata.enrolment")

RESTARTED = "restarted"
"""Why a run has ended that a newer trigger has replaced."""


@dataclass(frozen=True, slots=True)
class Interest:
    """A profile and a journey whose history matters.

    Args:
        profile_id: Whose.
        journey: Its name.
        definition: Its definition.
        value: What the event carries for the journey's key, as text; None without.
    """

    profile_id: UUID
    journey: str
    definition: JourneyDefinition
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A run that begins.

    Args:
        id: The run's.
        journey: Its name.
        profile_id: Whose run it is.
        trigger_event_id: The event that starts it.
        held_out: By which holdout: then it ends at once, and nobody is reached.
        key: What tells it apart from the profile's other runs in the journey, or "".
        draws: Made for it, to be kept.
        replaces: The active run that ends with it, ``restarted``.
    """

    id: UUID
    journey: str
    profile_id: UUID
    trigger_event_id: UUID
    held_out: Reason | None = None
    key: str = ""
    draws: tuple[Draw, ...] = ()
    replaces: UUID | None = None


async def histories(connection: Connection, interests: Collection[Interest], moment: Moment) -> Standing:
    """Reads what is on record.

    Args:
        connection: Inside a transaction that holds the profiles' rows.
        interests: Each profile, journey and value once.
        moment: What the deployment limits and holds out.
    """
    standing = Standing()
    rows = await connection.fetch(
        _QUERIES["histories"],
        [each.profile_id for each in interests],
        [each.journey for each in interests],
        [run_key(each.value) for each in interests],
        [each.definition.goal for each in interests],
        [each.definition.key for each in interests],
        [each.value for each in interests],
        [SALT if each.definition.holdout > 0 else None for each in interests],
        moment.holdout.salt if moment.holdout.share > 0 else None,
        moment.most_runs is not None,
    )
    for row in rows:
        standing.add(
            (row["profile_id"], row["journey"], row["key"]),
            History(
                latest=LatestRun(row["id"], row["ended_at"]) if row["id"] is not None else None,
                goal_at=row["goal_at"],
                active=tuple(row["active"] or ()),
                drawn=row["drawn_here"],
            ),
            Person(row["active_runs"], row["drawn_everywhere"]),
        )
    return standing


async def enrol(connection: Connection, enrolments: Collection[Enrolment], now: datetime) -> None:
    """Records runs that begin, and what was drawn for them; those that they replace end.

    The workflow's id is ``{journey}/{profile_id}``, and where the run has a key ``{journey}/{profile_id}/{key}``.

    Args:
        connection: Inside a transaction that holds the profiles' rows.
        enrolments: Which.
        now: When.
    """
    for together in _in_turn(enrolments):
        for each in together:
            if each.replaces is not None:
                await close_run(connection, each.replaces, "exited", RESTARTED, now)
        await _enrol(connection, together, now)


def _in_turn(enrolments: Collection[Enrolment]) -> Iterator[list[Enrolment]]:
    """All at once, but none beside the one that it replaces: a run must be there before it ends."""
    together: list[Enrolment] = []
    for each in enrolments:
        if each.replaces is not None and any(each.replaces == before.id for before in together):
            yield together
            together = []
        together.append(each)
    yield together


async def _enrol(connection: Connection, enrolments: Collection[Enrolment], now: datetime) -> None:
    await connection.execute(
        _QUERIES["enrol"],
        [each.id for each in enrolments],
        [each.journey for each in enrolments],
        [each.profile_id for each in enrolments],
        [each.key for each in enrolments],
        [each.trigger_event_id for each in enrolments],
        [each.held_out for each in enrolments],
        now,
    )
    drawn = [(each.profile_id, draw) for each in enrolments for draw in each.draws]
    if drawn:
        await connection.execute(
            _QUERIES["keep_draws"],
            [profile_id for profile_id, _ in drawn],
            [draw.scope for _, draw in drawn],
            [draw.salt for _, draw in drawn],
            [draw.held_out for _, draw in drawn],
            [draw.share for _, draw in drawn],
            now,
        )


async def name_run(connection: Connection, run_id: UUID, temporal_run_id: str) -> bool:
    """Records the run's id in Temporal.

    Args:
        connection: Any.
        run_id: The run.
        temporal_run_id: Temporal's id of its first execution.

    Returns:
        False where that id is another run's, which had the same workflow id and has not quite ended in Temporal: the
        start reached that one and must be made again.
    """
    done = await connection.execute(_QUERIES["name_run"], run_id, temporal_run_id)
    return bool(done == "UPDATE 1")
