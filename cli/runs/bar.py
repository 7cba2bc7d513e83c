"""Shows how far a word to many runs has come, on a terminal; a failure is told at once, above the bar."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


@dataclass(frozen=True, slots=True)
class Told:
    """Where it is said how it goes: on stderr.

    Args:
        bar: Shown on a terminal only.
        task: Its only one.
    """

    bar: Progress
    task: TaskID

    def through(self, run_id: UUID, failure: str | None) -> None:
        """One more run is through.

        Args:
            run_id: Which.
            failure: Why it was not done; None where it was.
        """
        if failure is not None:
            self.bar.console.print(escape(f"{run_id}: {failure}"), soft_wrap=True)
        self.bar.advance(self.task)


@contextmanager
def telling(runs: int) -> Iterator[Told]:
    """Shows a bar as long as the block lasts, where stderr is a terminal and there are many.

    Args:
        runs: How many.
    """
    console = Console(stderr=True, highlight=False)
    bar = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("runs"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal or runs < 2,
    )
    with bar:
        yield Told(bar, bar.add_task("", total=runs))
