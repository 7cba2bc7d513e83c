"""``fermata journeys new``: a journey that works, with its words and its test, to be changed into one's own."""

import os
import shlex
from pathlib import Path

import typer

from cli.json_output import print_json
from cli.new_journey.place import Place, find_place
from cli.new_journey.wording import Wording, word
from cli.new_journey.writing import File, files_of, write
from fermata.deployment import deployment_verbs
from fermata.errors import DefinitionError
from fermata.settings import Settings, read_settings
from workflows.discovery import discover


def new_journey(name: str, *, trigger: str | None, goal: str, package: str | None, as_json: bool) -> None:
    """Writes a new journey, and says what to do next.

    Args:
        name: What it is called.
        trigger: The event that starts a run; None for one that is named after it.
        goal: The event that a run is for.
        package: Where it goes; None for the first package in FERMATA_JOURNEYS.
        as_json: Print one JSON document.

    Raises:
        DefinitionError: The name or an event cannot be used, or a file is there already.
        ConfigurationError: There is no such place.
    """
    settings = read_settings()
    wording = word(name, trigger, goal, deployment_verbs(settings))
    if name in (journeys := discover(settings.journeys)).classes:
        raise DefinitionError(f"a journey is named {name!r} already, in {journeys.classes[name].__module__}")
    place = find_place(package, settings.journeys, Path.cwd())
    files = files_of(wording, place)
    write(files)
    if as_json:
        written = [str(file.path) for file in files]
        print_json({"journey": name, "trigger": wording.trigger, "package": place.package, "files": written})
        return
    _tell(wording, place, files, settings)


def _tell(wording: Wording, place: Place, files: tuple[File, ...], settings: Settings) -> None:
    journey, test, *rest = (_short(file.path) for file in files)
    words = sorted({f"{path.parent}/" for path in map(Path, rest) if path.suffix == ".liquid"})
    others = [path for path in rest if not path.endswith(".liquid")]
    told = [(journey, "the journey"), *((folder, "the words of a message") for folder in words), (test, "its test")]
    told += [(path, "where its test finds its world" if "conftest" in path else "a package") for path in others]
    widest = max(len(path) for path, _ in told)
    typer.echo("Wrote")
    for path, what in told:
        typer.echo(f"  {path:<{widest}}  {what}")
    typer.echo("\nNext")
    for step, command in enumerate(_next(wording, place, test, settings), 1):
        typer.echo(f"  {step}. {command}")


def _next(wording: Wording, place: Place, test: str, settings: Settings) -> tuple[str, ...]:
    variables = {
        **({} if place.is_found else {"PYTHONPATH": _short(place.root)}),
        **(
            {}
            if place.package in settings.journeys
            else {"FERMATA_JOURNEYS": ",".join((place.package, *settings.journeys))}
        ),
    }
    exports = " ".join(f"{variable}={shlex.quote(value)}" for variable, value in variables.items())
    return (
        *((f"export {exports}",) if exports else ()),
        f"pytest {shlex.quote(test)}",
        f"fermata journeys map {wording.name}",
        f"fermata simulate {wording.name}",
        "fermata dev",
    )


def _short(path: Path) -> str:
    """A path as one would type it here."""
    shown = os.path.relpath(path)
    return str(path) if shown.startswith("..") else shown
