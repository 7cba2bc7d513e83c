"""Shows how far an import has come, on a terminal; a bad line is told at once, above the bar."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


@dataclass(frozen=True, slots=True)
class Told:
    """Where an import says how it goes: on stderr.

    Args:
        path: The file that is imported.
        bar: Shown on a terminal only.
        task: Its only one.
    """

    path: Path
    bar: Progress
    task: TaskID

    def fault(self, line: int, field: str, message: str) -> None:
        """Names a bad line."""
        where = f"{field}: " if field else ""
        self.bar.console.print(escape(f"{self.path}:{line}: {where}{message}"), soft_wrap=True)

    def note(self, text: str) -> None:
        """Says something that is worth knowing."""
        self.bar.console.print(escape(text), soft_wrap=True)

    def reached(self, position: int) -> None:
        """Moves the bar.

        Args:
            position: Bytes from the file's start.
        """
        self.bar.update(self.task, completed=position)


@contextmanager
def telling(path: Path, size: int) -> Iterator[Told]:
    """Shows a bar as long as the block lasts, where stderr is a terminal.

    Args:
        path: The file that is imported.
        size: Its bytes.
    """
    console = Console(stderr=True, highlight=False)
    bar = Progress(
        TextColumn(escape(path.name)),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        yield Told(path, bar, bar.add_task("", total=size))
