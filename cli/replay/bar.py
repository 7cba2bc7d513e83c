"""Shows how far a replay has come, on a terminal: runs looked at, then runs replayed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn


@dataclass(frozen=True, slots=True)
class Told:
    """Where it is said how it goes: on stderr.

    Args:
        bar: Shown on a terminal only.
        task: Its only one.
    """

    bar: Progress
    task: TaskID

    def seen(self, number: int) -> None:
        """So many runs of the server have been looked at, of which some will be chosen."""
        self.bar.update(self.task, description=f"{number:,} runs seen")

    def chosen(self, number: int) -> None:
        """So many runs will be replayed."""
        self.bar.update(self.task, description="replaying", total=number)

    def through(self) -> None:
        """One more run is through."""
        self.bar.advance(self.task)


@contextmanager
def telling() -> Iterator[Told]:
    """Shows a bar as long as the block lasts, where stderr is a terminal."""
    console = Console(stderr=True, highlight=False)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        yield Told(bar, bar.add_task("", total=None))
