"""What ``fermata journeys new`` writes, and the journeys that pages show, pass ruff, mypy and the worker's checks."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from cli.new_journey.place import Place, find_place
from cli.new_journey.wording import word
from cli.new_journey.writing import files_of, write
from fermata.channels import Templates
from fermata.errors import ConfigurationError, DefinitionError
from fermata.events.verbs import standard_verbs
from fermata.policy import default_policy
from tests.pages import IMPORTS, ROOT, all_blocks, fragment, read_python, stand_ins
from worker.journey_checks import check_journeys
from workflows.discovery import discover

PACKAGE = "new_journeys_of_a_test"
NAMES = ("club", "a_name_that_is_as_long_as_can")
EVENTS = "An Event Whose Name Is As Long As A Name Of An Event Can Be"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A place with new journeys in a package, and with what the pages show in another."""
    root = tmp_path_factory.mktemp("checked")
    for name in ("pyproject.toml", "cli", "fermata", "workflows"):  # ruff sorts imports by what it finds beside a file
        (root / name).symlink_to(ROOT / name)
    place = Place(PACKAGE, root / PACKAGE, root, root / "tests" / PACKAGE)
    for name in NAMES:
        trigger, goal = (None, "Bought") if name == "club" else (EVENTS, f"{EVENTS}!")
        write(files_of(word(name, trigger, goal, standard_verbs()), place))
    shown = root / "shown_on_pages"
    shown.mkdir()
    for number, block in enumerate(all_blocks("python"), 1):
        part = fragment(block.text)
        if part is not None:
            (shown / f"shown_{number}.py").write_text(part.module(f"shown_{number}", str(block)), encoding="utf-8")
        elif re.search(r"^class \w+\(Journey\)", block.text, re.MULTILINE):
            above = "" if "import " in block.text else f"{IMPORTS}\n{stand_ins(read_python(block.text))}"
            (shown / f"shown_{number}.py").write_text(f"{above}\n{block.text}", encoding="utf-8")
    sys.path.insert(0, str(root))
    yield root
    sys.path.remove(str(root))


def test_new_journeys_are_written_as_the_house_writes(folder: Path) -> None:
    for command in (("check",), ("format", "--check")):
        ended = _run(folder, "ruff", *command, PACKAGE, "tests")
        assert ended.returncode == 0, ended.stdout


def test_new_journeys_and_those_on_pages_have_the_right_types(folder: Path) -> None:
    files = [str(path) for part in (PACKAGE, "tests", "shown_on_pages") for path in (folder / part).rglob("*.py")]
    ended = _run(ROOT, "mypy", "--no-error-summary", *files, variables={"MYPYPATH": str(folder)})
    assert ended.stdout == ""
    assert ended.returncode == 0


def test_a_worker_starts_with_new_journeys(folder: Path) -> None:
    journeys = discover((PACKAGE,))
    assert sorted(journeys.classes) == sorted(NAMES)
    check_journeys(journeys, Templates(journeys.template_roots), default_policy())


@pytest.mark.parametrize(
    ("name", "trigger", "goal", "mend"),
    [
        ("Spring Club", None, "Bought", "use small letters"),
        ("club__2", None, "Bought", "single underscores"),
        ("x" * 31, None, "Bought", "at most 30"),
        ("class", None, "Bought", "my_class"),
        ("journey", None, "Bought", "my_journey"),
        ("club", "Joined", "Joined", "give another --trigger or --goal"),
        ("club", "added_to_cart", "Product Added", "'Product Added' would start this journey and end it"),
        ("club", 'A "Quoted" Event', "Bought", "letters, digits and spaces"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_the_mend(name: str, trigger: str | None, goal: str, mend: str) -> None:
    with pytest.raises(DefinitionError, match=mend):
        word(name, trigger, goal, standard_verbs())


@pytest.mark.parametrize(
    ("package", "mend"),
    [("json", "a part of Python itself"), ("pytest", "is installed in"), ("a-b", "cannot name a package")],
)
def test_a_package_of_others_is_refused(package: str, mend: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=mend):
        find_place(package, ("workflows",), tmp_path)


def test_a_journey_goes_into_the_package_that_is_searched_or_into_a_new_one_here(tmp_path: Path) -> None:
    assert find_place(None, ("workflows.cart_recovery", "tests.journeys"), tmp_path).folder == ROOT / "workflows"
    new = find_place("shop.retail", ("workflows",), tmp_path)
    assert (new.folder, new.tests) == (tmp_path / "shop" / "retail", tmp_path / "tests" / "shop" / "retail")
    assert not new.is_found
    written = {
        file.path.relative_to(tmp_path) for file in files_of(word("club", None, "Bought", standard_verbs()), new)
    }
    assert {Path("shop/__init__.py"), Path("shop/retail/__init__.py"), Path("shop/retail/club.py")} <= written


def test_a_standard_event_gets_its_own_name() -> None:
    assert word("club", "added_to_cart", "Bought", standard_verbs()).trigger == "Product Added"


def test_nothing_is_overwritten_and_then_nothing_is_written(folder: Path) -> None:
    place = Place(PACKAGE, folder / PACKAGE, folder, folder / "tests" / PACKAGE)
    files = files_of(word("club", None, "Bought", standard_verbs()), place)
    before = files[0].path.read_text(encoding="utf-8")
    (folder / PACKAGE / "templates" / "club_hello" / "card.title.liquid").unlink()
    with pytest.raises(DefinitionError, match="is there already"):
        write(files)
    assert not (folder / PACKAGE / "templates" / "club_hello" / "card.title.liquid").exists()
    assert files[0].path.read_text(encoding="utf-8") == before


def _run(
    place: Path, tool: str, *arguments: str, variables: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", tool, *arguments],
        cwd=place,
        env={**os.environ, **(variables or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
