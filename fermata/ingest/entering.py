"""Entry segments: asked of Postgres once the request's own events are stored, so that the trigger counts already."""

from collections.abc import Mapping, Sequence, Set
from uuid import UUID

from fermata.database import Connection, Queries
from fermata.enrolment import Moment, Standing
from fermata.ingest.plan import OwnedEvent, Plan, plan
from fermata.journeys import Registry
from fermata.segments import Asked, Segment, explain_each, matches_each

_QUERIES = Queries("fermata.ingest")
_LONGEST = 2_000  # characters of an explanation that are kept with the event


async def admit(
    connection: Connection,
    registry: Registry,
    events: Sequence[OwnedEvent],
    standing: Standing,
    moment: Moment,
    planned: Plan,
) -> Plan:
    """Takes out of a plan whoever is not in the entry segment of the journey that would begin.

    One statement for each such journey, however many people would enter it, and one more to tell why, where some are
    not in it. None where no journey with an entry segment begins.

    Args:
        connection: The transaction that has just stored the events, with what the plan says of them.
        registry: The journeys of this deployment.
        events: Of the plan, in its order.
        standing: What was on record when it was made; those who are outside are added.
        moment: When it was made.
        planned: The plan, as if everybody were in.

    Returns:
        The plan that holds. What it says otherwise of the events is stored.
    """
    first, asked = planned, frozenset[tuple[str, UUID]]()
    # Whoever stays outside may leave room, under a limit, for an enrolment that nobody asked about yet: seldom.
    while waiting := _entering(registry, planned) - asked:
        asked |= waiting
        outside = False
        for journey, segment in _segments(registry, waiting).items():
            people = sorted(profile_id for name, profile_id in waiting if name == journey)
            reasons = await _outside(connection, segment, [Asked(each, moment.now) for each in people])
            standing.keep_out(journey, reasons)
            outside = outside or bool(reasons)
        if outside:
            planned = plan(registry, events, standing, moment)
    await _tell(connection, events, first, planned)
    return planned


def _entering(registry: Registry, planned: Plan) -> Set[tuple[str, UUID]]:
    return frozenset(
        (each.journey, each.profile_id) for each in planned.enrolments if registry[each.journey].entry is not None
    )


def _segments(registry: Registry, waiting: Set[tuple[str, UUID]]) -> Mapping[str, Segment]:
    entries = {journey: registry[journey].entry for journey in sorted({journey for journey, _ in waiting})}
    return {journey: entry for journey, entry in entries.items() if entry is not None}


async def _outside(connection: Connection, segment: Segment, asked: Sequence[Asked]) -> list[tuple[UUID, str]]:
    answers = await matches_each(connection, segment, asked)
    refused = [each for each, inside in zip(asked, answers, strict=True) if not inside]
    if not refused:
        return []
    reasons = await explain_each(connection, segment, refused)
    return [(each.profile_id, reason.text[:_LONGEST]) for each, reason in zip(refused, reasons, strict=True)]


async def _tell(connection: Connection, events: Sequence[OwnedEvent], first: Plan, planned: Plan) -> None:
    """Stores with each event what became of it after all."""
    changed = [place for place, routing in enumerate(planned.routings) if routing != first.routings[place]]
    if changed:
        await connection.execute(
            _QUERIES["reroute"],
            [events[place].id for place in changed],
            [planned.routings[place] for place in changed],
            [planned.explanations[place] for place in changed],
        )
