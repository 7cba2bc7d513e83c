"""Counts as a map shows them: a short line for each step."""

from fermata.journeys.map import JourneyMap, Step, StepKind
from fermata.runs.map_counts import MapCounts
from fermata.runs.record import RunState


def notes_of(drawn: JourneyMap, counts: MapCounts) -> dict[str, str]:
    """A line for each step that something is known of, by its id.

    Args:
        drawn: The map.
        counts: Of its runs.
    """
    found = ((step.id, _note(step, counts)) for step in drawn.steps)
    return {step: note for step, note in found if note is not None}


def _note(step: Step, counts: MapCounts) -> str | None:
    match step.kind:
        case StepKind.START:
            return f"{counts.started:,} started"
        case StepKind.GOAL:
            return _ended(counts, RunState.CONVERTED)
        case StepKind.LIMIT:
            return _ended(counts, RunState.TIMED_OUT)
        case StepKind.END if step.id == "end":
            return _ended(counts, RunState.COMPLETED)
        case StepKind.EXIT:
            event = step.label.partition(": ")[2]
            return f"{counts.exits.get(event, 0):,} ({_share(counts.exits.get(event, 0), counts.started)})"
    if step.id not in counts.steps:
        return None
    at = counts.steps[step.id]
    left = f", {_share(at.left_before, at.came_near)} left before" if at.left_before else ""
    return f"{at.reached:,} reached, {at.sent:,} sent{left}"


def _ended(counts: MapCounts, state: RunState) -> str:
    runs = counts.states.get(state, 0)
    return f"{runs:,} ({_share(runs, counts.started)})"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "0%"
