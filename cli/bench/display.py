"""What a person sees while benchmarks run: what is measured, and how many pairs are done; in a pipe, nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from cli.bench.pairs import Tell
from cli.spinning_bar import spinning_bar


@contextmanager
def shown(console: Console) -> Iterator[Tell]:
    """Draws as long as the block lasts, on a terminal, and yields what it is to be told.

    Args:
        console: Standard error, so that standard output has the findings and nothing else.
    """
    with spinning_bar(console) as bar:
        task = bar.add_task("Starting", total=None)

        def tell(what: str, done: int, of: int) -> None:
            bar.update(task, description=what, completed=done, total=of or None)

        yield tell
