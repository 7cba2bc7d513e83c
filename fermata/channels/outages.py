"""When a provider fails steadily, and for how long it is left alone then."""

from collections import deque
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class OutageRule:
    """What counts as failing steadily, and what follows.

    Args:
        in_a_row: So many failures, one after another.
        of_last: Or more than half of so many attempts.
        first: How long it is left alone at first. Doubled each time that the one message which tries it fails.
        longest: And never longer than this.
        trial: How long that one message may take, before another may try.
    """

    in_a_row: int = 5
    of_last: int = 20
    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(minutes=10)
    trial: timedelta = timedelta(minutes=1)


class RecentAttempts:
    """What came of the latest attempts of this process at one provider.

    Args:
        rule: What counts as failing steadily.
    """

    def __init__(self, rule: OutageRule) -> None:
        self._rule = rule
        self._failed: deque[bool] = deque(maxlen=rule.of_last)
        self._in_a_row = 0

    def went_well(self) -> None:
        """It answered as it should."""
        self._failed.append(False)
        self._in_a_row = 0

    def failed(self) -> bool:
        """It failed. Returns whether it does so steadily."""
        self._failed.append(True)
        self._in_a_row += 1
        full = len(self._failed) == self._rule.of_last
        return self._in_a_row >= self._rule.in_a_row or (full and 2 * sum(self._failed) > self._rule.of_last)

    def forget(self) -> None:
        """Begins anew: it was taken out, or is back."""
        self._failed.clear()
        self._in_a_row = 0
