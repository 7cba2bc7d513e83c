"""The message in docs/templates.md is written as the page says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fermata.channels import Templates
from fermata.channels.template_parts import BY_NAME
from fermata.channels.value_types import VALUE_TYPES
from fermata.errors import DefinitionError
from fermata.events.verbs import standard_verbs

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")
FILES = re.findall(r"^`(\S+\.(?:liquid|toml|json))`\n\n```\w+\n(.*?)\n```$", PAGE, re.DOTALL | re.MULTILINE)
SHOWN = re.findall(r"^\$ (fermata .*)\n((?:(?!\$ ).*\n)*?)(?=\$ |```)", PAGE, re.MULTILINE)
MISSPELT = re.search(r"^workflows/(templates/\S+):1: (nothing says .*?)\n```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The files of the page, in a package of journeys."""
    package = tmp_path / "mine"
    for name, text in FILES:
        path = package / name.removeprefix("workflows/") if name.startswith("workflows/") else tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    (package / "__init__.py").write_text('"""Journeys of a test."""\n')
    return tmp_path


def test_the_previews_on_the_page_are_what_the_command_says(written: Path) -> None:
    assert len(SHOWN) == 2
    environment = {
        **os.environ,
        "PYTHONPATH": f"{written}{os.pathsep}{ROOT}",
        "FERMATA_JOURNEYS": "mine",
        "FERMATA_SITE_URL": "https://shop.example",
    }
    for command, output in SHOWN:
        ended = subprocess.run(
            [sys.executable, "-m", "cli", *command.split()[1:]],
            env=environment,
            cwd=written,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ended.stderr == ""
        assert ended.stdout == output


def test_the_error_on_the_page_is_what_a_misspelt_name_gives(written: Path) -> None:
    root = written / "mine" / "templates"
    verbs = standard_verbs()
    viewed = verbs.find("Product Viewed")
    assert viewed is not None
    schema = verbs.schema_of(viewed)
    assert Templates([root]).unmet("view_again", "Product Viewed", schema) == []
    path = root / "view_again" / "email.subject.liquid"
    path.write_text(path.read_text(encoding="utf-8").replace("category", "categroy"), encoding="utf-8")
    assert MISSPELT is not None
    place, told = MISSPELT.groups()
    assert Templates([root]).unmet("view_again", "Product Viewed", schema) == [
        f"{written / 'mine' / place}:1: {told.replace(chr(10), ' ')}"
    ]


def test_a_mail_half_in_another_language_does_not_start_as_the_page_says(written: Path) -> None:
    root = written / "mine" / "templates"
    (root / "view_again" / "email.html.fr.liquid").unlink()
    with pytest.raises(DefinitionError, match=r"email\.html\.fr\.liquid is missing"):
        Templates([root])


def test_the_page_names_every_part_and_type_that_there_is() -> None:
    for name in BY_NAME:
        assert name in PAGE, name
    for name in VALUE_TYPES:
        assert f"`{name}`" in PAGE, name
