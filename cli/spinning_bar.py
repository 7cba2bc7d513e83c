"""What a person sees while something takes its time: a sentence, how much of it is done, and since when it goes on."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


def spinning_bar(console: Console) -> Progress:
    """A bar that is drawn as long as its block lasts, on a terminal; in a pipe, nothing.

    Args:
        console: Standard error, so that standard output has what came of it and nothing else.
    """
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
