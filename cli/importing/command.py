"""``fermata import``: the command."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer

from cli.database import on_database
from cli.importing.outcome import Outcome, show
from fermata.database import Pool

EventsFile = Annotated[
    Path | None, typer.Argument(metavar="FILE.ndjson", help="Events in the Segment spec, a JSON object a line.")
]


def import_file(
    file: EventsFile = None,
    catalogue: Annotated[
        Path | None,
        typer.Option(
            "--catalog", "--catalogue", metavar="FILE", help="Products instead: .ndjson, or .csv or .tsv with a header."
        ),
    ] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="Read the file from its start, whatever was imported of it before.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Import events of the past, or the catalogue of products.

    Events go the way of POST /v1/import: each needs a timestamp, which is believed.

    An import that was cut off goes on where it was when the same command runs again; nothing is stored twice.

    Bad lines are named on stderr with their numbers and kept in FILE.rejects.ndjson; the exit status is then 1.

    Example: fermata import events.ndjson

    Example: fermata import --catalog products.csv
    """
    if file is not None and catalogue is None:
        outcome = _stopping_well(lambda pool: _import_events(pool, file, restart=restart))
        show(outcome, "event", as_json=as_json)
    elif catalogue is not None and file is None:
        from cli.importing.products import import_products

        show(_stopping_well(lambda pool: import_products(pool, catalogue)), "product", as_json=as_json)
    else:
        raise typer.BadParameter("give one file: events as FILE.ndjson, or products as --catalog FILE")


def _stopping_well(work: Callable[[Pool], Awaitable[Outcome]]) -> Outcome:
    try:
        return on_database(work)
    except KeyboardInterrupt:
        typer.echo("stopped: what was done is stored; the same command again does the rest", err=True)
        raise


async def _import_events(pool: Pool, file: Path, *, restart: bool) -> Outcome:
    # What the catalogue has no use for is imported when it is called.
    from cli.importing.events import import_events
    from cli.quiet_logs import log_troubles_only
    from fermata.deployment import deployment_leave_on, deployment_verbs
    from fermata.ingest import Ingest
    from fermata.settings import read_settings
    from workflows.discovery import discover

    log_troubles_only()
    settings = read_settings()
    verbs = deployment_verbs(settings)
    ingest = Ingest(
        pool,
        discover(settings.journeys).registry,
        latest_trigger=settings.latest_trigger,
        most_runs=settings.most_runs_per_profile,
        holdout=settings.holdout,
        verbs=verbs,
        leave_on=deployment_leave_on(settings),
    )
    return await import_events(pool, ingest, file, restart=restart, verbs=verbs)
