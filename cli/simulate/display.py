"""What a person sees while a simulation works: a sentence, or a bar where there are many; in a pipe, nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress

from cli.spinning_bar import spinning_bar


class Progressing:
    """Says how far it is.

    Args:
        bar: Shown on a terminal only.
    """

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("Starting a Temporal and a Postgres", total=None)

    def tell(self, sentence: str, total: int | None = None) -> Callable[[], None]:
        """Says what happens now, and returns what moves the bar by one.

        Args:
            sentence: What happens.
            total: How often it will move; None where that is not known.
        """
        self._bar.update(self._task, description=sentence, completed=0, total=total)
        return lambda: self._bar.advance(self._task)


@contextmanager
def progressing(console: Console) -> Iterator[Progressing]:
    """Draws as long as the block lasts, where the console is a terminal.

    Args:
        console: Standard error, so that standard output has what came of it and nothing else.
    """
    with spinning_bar(console) as bar:
        yield Progressing(bar)
