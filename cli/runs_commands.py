"""``fermata runs``: see which runs there are and where one stands; hold them, let them go on, skip a wait, end them."""

import getpass
from collections.abc import Callable
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console

from cli.database import on_database
from cli.json_output import print_json
from cli.runs.acting import Acted, Order, act
from cli.runs.bar import telling
from cli.runs.chosen import ask, check_choice, found_by
from cli.runs.listed import table
from cli.runs.portrait import Portrait
from fermata.database import Pool
from fermata.runs import Operation, RunState, RunSummary, list_runs, read_run
from fermata.settings import read_settings
from worker.temporal import connect
from workflows.runs_in_temporal import RunShown, RunsInTemporal

app = typer.Typer(
    help="See which runs there are; hold them, let them go on, skip a wait, end them.", no_args_is_help=True
)

_PAGE = 100
_FEW = 20
_DONE = {
    Operation.PAUSE: "Paused",
    Operation.RESUME: "Resumed",
    Operation.SKIP: "Skipped the wait of",
    Operation.EXIT: "Ended",
}
_QUERY = "A list filter of Temporal, as its UI takes it: \"FermataState='held'\"."

RunIds = Annotated[list[UUID] | None, typer.Argument(metavar="RUN_ID", help="The runs; or --query.")]
Query = Annotated[str | None, typer.Option(help=_QUERY)]
Why = Annotated[str, typer.Option(help="For whoever reads it later; it stands in the run's history and on record.")]
By = Annotated[str | None, typer.Option(help="Who says so; your user name without it.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before acting on what --query finds.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


@app.command("list")
def show_many(
    journey: Annotated[str | None, typer.Option(help="Only those of this journey.")] = None,
    state: Annotated[RunState | None, typer.Option(help="Only those that stand so in the ledger.")] = None,
    profile_id: Annotated[UUID | None, typer.Option(help="Only this person's.")] = None,
    query: Query = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 20,
    as_json: Json = False,
) -> None:
    """List runs, the newest first.

    Example: fermata runs list --journey cart_recovery --state active

    Example: fermata runs list --query "FermataState='paused'"
    """
    if query is not None and (journey, state, profile_id) != (None, None, None):
        raise typer.BadParameter("--query stands alone; write the journey into it: FermataJourney='cart_recovery'")

    async def find(pool: Pool) -> list[RunSummary]:
        if query is not None:
            return list((await found_by(pool, _temporal(), query))[:limit])
        found: list[RunSummary] = []
        cursor = None
        while len(found) < limit:
            most = min(_PAGE, limit - len(found))
            page = await list_runs(pool, journey=journey, state=state, profile_id=profile_id, limit=most, cursor=cursor)
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                break
        return found

    runs = on_database(find)
    if as_json:
        print_json({"runs": runs})
    elif runs:
        Console(highlight=False).print(table(runs))
    else:
        typer.echo("There is no such run.")


@app.command()
def show(run_id: Annotated[UUID, typer.Argument(help="The run.")], as_json: Json = False) -> None:
    """Show a run: where it stands now, what fails in it, what waits, what was decided, and what operators did.

    Example: fermata runs show 0195f3c0-8a3e-7c41-9d5e-2b1f0c6a7d88
    """

    async def look(pool: Pool) -> RunShown:
        return await _temporal().show(await read_run(pool, run_id))

    shown = on_database(look)
    if as_json:
        print_json(shown)
    else:
        Console(highlight=False).print(Portrait(shown))


def _command(operation: Operation, does: str, example: str) -> Callable[..., None]:
    def command(
        run_ids: RunIds = None,
        query: Query = None,
        why: Why = "",
        by: By = None,
        yes: Yes = False,
        as_json: Json = False,
    ) -> None:
        order = Order(operation, by or getpass.getuser(), why)
        _act_on(run_ids or [], query, order, yes=yes, as_json=as_json)

    command.__doc__ = (
        f"{does}\n\nWhat fails is told, and the rest is done all the same; the exit status is 1 then."
        f"\n\nExample: fermata runs {operation} {example}"
    )
    return command


for _operation, _does, _example in (
    (
        Operation.PAUSE,
        "Hold runs where they stand: they send nothing, and their time limit stands still. Goals and exits end them.",
        "--query \"FermataJourney='cart_recovery'\" --why 'the prices are wrong'",
    ),
    (
        Operation.RESUME,
        "Let paused runs go on: what is due is decided again.",
        "--query \"FermataState='paused'\" --yes",
    ),
    (
        Operation.SKIP,
        "End the waits that runs are in, as if their time had passed. It skips no rule.",
        "0195f3c0-8a3e-7c41-9d5e-2b1f0c6a7d88 --why 'to see what comes'",
    ),
    (
        Operation.EXIT,
        "End runs at their next wait point. A send that is under way is finished first.",
        "0195f3c0-8a3e-7c41-9d5e-2b1f0c6a7d88 --why 'asked by phone'",
    ),
):
    app.command(_operation.value)(_command(_operation, _does, _example))


def _act_on(run_ids: list[UUID], query: str | None, order: Order, *, yes: bool, as_json: bool) -> None:
    check_choice(run_ids, query)

    async def work(pool: Pool) -> list[Acted]:
        temporal = _temporal()
        runs = list(dict.fromkeys(run_ids))
        if query is not None:
            runs = [run.id for run in await found_by(pool, temporal, query)]
            if runs and not yes:
                ask(order.operation, len(runs))
        with telling(len(runs)) as told:
            return await act(pool, temporal, runs, order, told)

    acted = on_database(work)
    done = [each for each in acted if each.done]
    if as_json:
        print_json({"operation": order.operation, "by": order.by, "why": order.why, "runs": acted})
    elif not acted:
        typer.echo("No run matches.")
    else:
        for each in done if len(acted) <= _FEW else ():
            typer.echo(f"{each.run_id}: {each.detail}")
        if len(acted) > 1:
            of = f" of {len(acted):,}" if len(done) < len(acted) else ""
            typer.echo(f"{_DONE[order.operation]} {len(done):,}{of} runs.")
    if len(done) < len(acted):
        raise typer.Exit(1)


def _temporal() -> RunsInTemporal:
    return RunsInTemporal(connect, ui=read_settings().temporal_ui)
