"""How much a benchmark measures."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """How much of everything.

    Args:
        pairs: Measurements of baseline and ours.
        seconds: How long one measurement of a rate lasts.
        lines: Cases that ``fermata policy decide`` gets at once.
        rows: Exposures of other people in the large ledger; the small one has a hundredth. And their active runs where
            events are routed; there the small one has a thousandth. The events whose paths are reported, and the people
            whom the console shows; there the small one has a hundredth.
        messages: How many fall due at once in a herd.
        limit: How many of them its provider takes in a second.
        runs: How many journeys are on their way at once.
        cached: How many runs wait in the memory of a worker. Before a soak, twice as many begin.
        minutes: How long a soak lasts.
        rate: How many events a second a soak has; 0 for 80 % of what can be done.
    """

    pairs: int = 6
    seconds: float = 1.0
    lines: int = 20_000
    rows: int = 1_000_000
    messages: int = 2_000
    limit: int = 200
    runs: int = 100
    cached: int = 1000
    minutes: float = 60.0
    rate: float = 0.0
