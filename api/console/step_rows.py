"""The counts of a journey as its page shows them: its steps as rows of a table, and how its runs stand."""

from fermata.journeys.map import JourneyMap
from fermata.runs.map_counts import MapCounts


def step_rows(drawn: JourneyMap, counts: MapCounts) -> list[dict[str, object]]:
    """The steps that send, in the order of the map, with how many came, went on and left.

    Args:
        drawn: The map.
        counts: Of its runs.
    """
    return [
        {"label": step.label, **counts.steps[step.id].model_dump()} for step in drawn.steps if step.id in counts.steps
    ]


def run_states(counts: MapCounts) -> dict[str, object]:
    """How those who began stand, the most frequent first, each with its share.

    Args:
        counts: Of a journey's runs.
    """
    states = sorted(counts.states.items(), key=lambda each: -each[1])
    return {
        "started": counts.started,
        "looked_at": counts.looked_at,
        "states": [{"state": state.value, "runs": runs, "share": runs / counts.started} for state, runs in states],
        "exits": [{"by": by, "runs": runs} for by, runs in sorted(counts.exits.items(), key=lambda each: -each[1])],
    }
