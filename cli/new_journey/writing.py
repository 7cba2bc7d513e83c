"""Writes the files of a new journey: all of them, or none."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from cli.new_journey.place import Place
from cli.new_journey.wording import Wording
from fermata.errors import ConfigurationError, DefinitionError

_MESSAGES = ("hello", "reminder")


@dataclass(frozen=True, slots=True)
class File:
    """A file to be written.

    Args:
        path: Where.
        text: What stands in it.
    """

    path: Path
    text: str


def files_of(wording: Wording, place: Place) -> tuple[File, ...]:
    """The files of a new journey: the journey first, then its test, then its words.

    Args:
        wording: Its names.
        place: Where it goes.
    """
    sheets = resources.files("cli.new_journey") / "files"
    names = {**asdict(wording), "title": wording.title, "class_name": wording.class_name}
    names["module"] = f"{place.package}.{wording.name}"

    def filled(sheet: str) -> str:
        return Template((sheets / sheet).read_text(encoding="utf-8")).substitute(names)

    fixtures = place.tests / "conftest.py"
    return (
        File(place.folder / f"{wording.name}.py", filled("journey.py.txt")),
        File(place.tests / f"test_{wording.name}.py", filled("test.py.txt")),
        *_words(sheets, wording, place.folder / "templates"),
        *([] if fixtures.exists() else [File(fixtures, filled("conftest.py.txt"))]),
        *_init(place),
    )


def write(files: tuple[File, ...]) -> None:
    """Writes files, and replaces none.

    Args:
        files: With the folders that they need.

    Raises:
        DefinitionError: One is there already; nothing is written then.
        ConfigurationError: One cannot be written.
    """
    for file in files:
        if file.path.exists():
            raise DefinitionError(f"{file.path} is there already; give the journey another name, or take it away")
    for file in files:
        try:
            file.path.parent.mkdir(parents=True, exist_ok=True)
            with file.path.open("x", encoding="utf-8") as out:
                out.write(file.text)
        except OSError as error:
            raise ConfigurationError(f"{file.path} cannot be written: {error.strerror}") from None


def _words(sheets: Traversable, wording: Wording, templates: Path) -> Iterator[File]:
    for message in _MESSAGES:
        folder = templates / f"{wording.name}_{message}"
        for part in sorted((sheets / message).iterdir(), key=lambda each: each.name):
            yield File(folder / part.name, part.read_text(encoding="utf-8"))


def _init(place: Place) -> Iterator[File]:
    """What makes a folder that is not there yet a package."""
    folder = place.folder
    while folder != place.root:
        if not folder.exists():
            yield File(folder / "__init__.py", '"""Journeys, one file each."""\n')
        folder = folder.parent
