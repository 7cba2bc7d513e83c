"""``fermata report``: writes one file of HTML about what a deployment did and what it brought."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli.database import on_database
from cli.instants import read_duration
from cli.json_output import print_json
from cli.report.span import read_span
from cli.spinning_bar import spinning_bar
from cli.whole_file import WholeFile
from fermata.database import Pool
from fermata.settings import read_settings
from workflows.discovery import discover

_ANYBODY = 0o666  # less what the process masks: it names nobody
_LONGEST = timedelta(days=3660)


def report(
    first: Annotated[
        str | None, typer.Option("--from", help="2026-03-01, an instant, or P30D; without, ninety days before the end.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="The last day, or before an instant; without, now.")] = None,
    journey: Annotated[
        list[str] | None, typer.Option(help="Only this one's map and lift; again for more. Without, all.")
    ] = None,
    order: Annotated[str, typer.Option(help="The event that is an order.")] = "Order Completed",
    within: Annotated[str, typer.Option(help="How long people are watched for it.")] = "P14D",
    out: Annotated[Path, typer.Option(help="The file; what stands there is replaced when the new one is whole.")] = (
        Path("report.html")
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document on what was written.")] = False,
) -> None:
    """Write one file of HTML on a time: decisions, every journey's map and lift, paths, attribution, key figures.

    It needs no network and no script, follows the light or dark of who reads it, and prints.

    Examples: fermata report; fermata report --from 2026-03-01 --to 2026-03-31 --out march.html;
    fermata report --from P30D --journey cart_recovery --within P7D
    """
    settings = read_settings()
    try:
        span = read_span(first, last, datetime.now(UTC))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    journeys = discover(settings.journeys)
    chosen = {name: journeys.registry[name] for name in journey or ()}  # says which there are, where there is no such
    event, watched = _event(order), _watched(within)

    # What measures loads numpy and scipy, which takes longer than everything else here.
    from cli.report.asking import ReportAsked
    from cli.report.contents import Contents, parts_of, read_contents
    from cli.report.page import to_page

    asked = ReportAsked(span, tuple(chosen), event, watched)
    console = Console(stderr=True)

    with WholeFile(out, _ANYBODY) as file, spinning_bar(console) as bar:
        task = bar.add_task("reading", total=parts_of(asked, journeys))

        def tell(part: str) -> None:
            bar.update(task, description=part.replace("_", " "), advance=1)

        async def read(pool: Pool) -> Contents:
            return await read_contents(pool, asked, journeys, settings.holdout, tell)

        page = to_page(on_database(read), console=f"{settings.public_url.rstrip('/')}/console").encode()
        file.write(page)
    if as_json:
        print_json({"file": str(out), "bytes": len(page), "since": span.since, "until": span.until})
        return
    typer.echo(f"{out}: {span.words}, {len(page) / 1000:,.0f} kB; open it in any browser")


def _event(name: str) -> str:
    name = name.strip()
    if not name or len(name) > 255 or "\x00" in name:
        raise typer.BadParameter("--order: the name of an event has 1 to 255 characters")
    return name


def _watched(text: str) -> timedelta:
    try:
        within = read_duration(text)
    except ValueError as error:
        raise typer.BadParameter(f"--within: {error}") from None
    if not timedelta() < within <= _LONGEST:
        raise typer.BadParameter(f"--within: {text} must be more than nothing and at most {_LONGEST.days} days")
    return within
