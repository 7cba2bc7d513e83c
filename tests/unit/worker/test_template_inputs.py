"""A worker does not start with words that speak of what its journey's event does not have."""

import shutil
from pathlib import Path

import pytest

from fermata.channels import Templates
from fermata.errors import DefinitionError
from fermata.policy import default_policy
from worker.journey_checks import check_journeys
from workflows.discovery import discover

SHIPPED = discover(("workflows",))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The templates that ship, for a test to spoil."""
    (root,) = SHIPPED.template_roots
    return Path(shutil.copytree(root, tmp_path / "templates"))


def test_a_misspelt_property_is_named_with_file_line_and_mend(copy: Path) -> None:
    path = copy / "cart_reminder" / "push.title.liquid"
    path.write_text("Still\nthinking of {{ event.nmae }}?", encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        check_journeys(SHIPPED, Templates([copy]), default_policy())
    assert str(caught.value).startswith(
        f"{path}:2: nothing says that event.nmae will be there (did you mean event.name?); give it a default here"
    )


@pytest.mark.parametrize(
    "words",
    [
        "{{ event.nmae | default: 'something' }}",
        "{% if event.nmae %}{{ event.nmae }}{% endif %} x",
        "{{ event.name }}",
        "{{ profile.anything }}",
    ],
)
def test_what_has_a_default_or_is_tested_for_or_known_starts(copy: Path, words: str) -> None:
    (copy / "cart_reminder" / "push.title.liquid").write_text(words, encoding="utf-8")
    check_journeys(SHIPPED, Templates([copy]), default_policy())


def test_a_property_that_the_message_declares_starts_too(copy: Path) -> None:
    (copy / "cart_reminder" / "push.title.liquid").write_text("{{ event.size }}", encoding="utf-8")
    (copy / "cart_reminder" / "message.toml").write_text(
        "[inputs.event]\nsize = { type = 'text', default = 'your size' }\nprice = { type = 'price', optional = true }",
        encoding="utf-8",
    )
    check_journeys(SHIPPED, Templates([copy]), default_policy())
