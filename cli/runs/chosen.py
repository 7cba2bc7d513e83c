"""Which runs a command is about: those named by id, or those that a list filter of Temporal finds."""

from uuid import UUID

import typer

from fermata.database import Pool
from fermata.runs import Operation, RunSummary, runs_at
from fermata.wording import counted
from workflows.runs_in_temporal import RunsInTemporal


async def found_by(pool: Pool, temporal: RunsInTemporal, query: str) -> tuple[RunSummary, ...]:
    """The active runs that a list filter finds, the newest first.

    Args:
        pool: Where runs are kept.
        temporal: Where they are found.
        query: As Temporal's UI takes it.

    Raises:
        InvalidEvent: Temporal does not understand the filter.
        Unavailable: Temporal does not answer.
    """
    return await runs_at(pool, await temporal.find(query))


def check_choice(runs: list[UUID], query: str | None) -> None:
    """Makes sure that runs are named in one way.

    Raises:
        typer.BadParameter: In none, or in two.
    """
    if bool(runs) == (query is not None):
        raise typer.BadParameter("give the ids of runs, or --query; `fermata runs list` shows what there is")


def ask(operation: Operation, number: int) -> None:
    """Asks whether so many runs are meant.

    Raises:
        typer.Abort: They are not, or nobody is there to say.
    """
    typer.confirm(f"{operation.value.capitalize()} {counted(number, 'run')}?", abort=True, err=True)
