"""What a person sees while the demo works: a spinner with a sentence, a bar while events go out; in a pipe, nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn
from rich.status import Status

from cli.demo.quiet import Unrest
from fermata.wording import counted


class Display:
    """Draws on a console as long as it is a terminal.

    Args:
        console: Standard error, so that standard output has the report and nothing else.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = Status("Starting", console=console)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Draws until the block ends."""
        self._status.start()
        try:
            yield
        finally:
            self._status.stop()

    def tell(self, sentence: str) -> None:
        """Says what happens now."""
        self._status.update(sentence)

    def tell_unrest(self, unrest: Unrest) -> None:
        """Says what still moves."""
        moving = unrest.runs + unrest.dispatches + unrest.sends
        self.tell(
            f"Journeys run, an hour of theirs a second: {moving:,} at work, "
            f"{counted(unrest.sent, 'message')} sent, {unrest.held:,} held"
        )

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Leaves the console to others until the block ends."""
        self._status.stop()
        try:
            yield
        finally:
            self._status.start()

    @contextmanager
    def sending(self, total: int) -> Iterator[Callable[[int], None]]:
        """Shows a bar instead of the sentence, and yields what moves it.

        Args:
            total: Of the weights that will be told.
        """
        bar = Progress(
            SpinnerColumn(),
            TextColumn("Sending events"),
            BarColumn(),
            TaskProgressColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        with self.hidden(), bar:
            task = bar.add_task("", total=total)
            yield lambda weight: bar.advance(task, weight)
