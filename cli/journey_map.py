"""``fermata journeys map``: a journey drawn from its code, with how many came to each step where that is asked."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum

import typer

from cli.database import on_database
from cli.instants import read_since
from cli.json_output import print_json
from fermata.database import Pool
from fermata.journeys.map import JourneyMap
from fermata.journeys.map_mermaid import to_mermaid
from fermata.journeys.map_svg import to_svg
from fermata.runs.map_counts import MapCounts, count_map
from fermata.runs.map_notes import notes_of
from fermata.settings import read_settings
from worker.temporal import connect
from workflows.discovery import discover
from workflows.mapping import map_of
from workflows.runs_of_build import RunsOfBuild
from workflows.temporal_at_need import TemporalAtNeed


class Format(StrEnum):
    """How a map is written."""

    MERMAID = "mermaid"
    SVG = "svg"
    JSON = "json"


def show_map(name: str, form: Format, *, counted: bool, since: str, until: str | None, build: str | None) -> None:
    """Prints a journey's map; what could not be read is told on stderr too.

    Args:
        name: Of the journey.
        form: How it is written.
        counted: Whether the database is asked how many came to each step.
        since: Of runs that started then or later: an instant, or a duration back from now.
        until: And before then; None for now.
        build: Of those whose last step this build of the workers took; None for all.

    Raises:
        NotFound: There is no such journey.
        Unavailable: Postgres does not answer.
    """
    now = datetime.now(UTC)
    begin, end = _instant(since, "--since", now), _instant(until, "--until", now) if until is not None else now
    if begin >= end:
        raise typer.BadParameter(f"{begin} must lie before --until, {end}", param_hint="--since")
    drawn = map_of(discover(read_settings().journeys), name)

    async def count(pool: Pool) -> MapCounts:
        among = await _runs_of(name, build) if build is not None else None
        return await count_map(pool, drawn, since=begin, until=end, among=among)

    counts = on_database(count) if counted or build is not None else None
    notes = notes_of(drawn, counts) if counts is not None else {}
    _write(drawn, form, counts, notes)
    for note in drawn.unread:
        typer.echo(f"fermata: line {note.line}: {note.code}: {note.why}", err=True)


async def _runs_of(name: str, build: str) -> tuple[str, ...]:
    return await RunsOfBuild(TemporalAtNeed(connect), read_settings().deployment).find(name, build)


def _write(drawn: JourneyMap, form: Format, counts: MapCounts | None, notes: Mapping[str, str]) -> None:
    match form:
        case Format.JSON:
            print_json({**drawn.model_dump(mode="json"), "counts": counts})
        case Format.SVG:
            typer.echo(to_svg(drawn, notes), nl=False)
        case Format.MERMAID:
            typer.echo(to_mermaid(drawn, notes), nl=False)


def _instant(text: str, option: str, now: datetime) -> datetime:
    try:
        return read_since(text, now)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None
