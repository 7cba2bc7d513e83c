"""The tests on the page about testing are tests: they run here, and pass."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from cli import testing
from cli.testing import World
from tests.pages import ROOT, blocks
from workflows.discovery import Journeys, discover

PAGE = ROOT / "docs" / "testing.md"
EXAMPLES, CONFTEST = blocks(PAGE, "python")
SHOWN: dict[str, Any] = {}
exec(compile(EXAMPLES.text, str(PAGE), "exec"), SHOWN)  # noqa: S102 - the page's own words
TESTS = {name: value for name, value in SHOWN.items() if name.startswith("test_")}


@pytest.fixture
def fermata_journeys() -> Journeys:
    """The one that the page tests."""
    return discover(("workflows.cart_recovery",))


@pytest.mark.parametrize("test", TESTS.values(), ids=TESTS)
async def test_an_example_passes(test: Callable[[World], Awaitable[None]], world: World) -> None:
    await test(world)


def test_the_page_names_every_verb_and_fixture_that_there_is() -> None:
    page = PAGE.read_text(encoding="utf-8")
    fixtures = [name for name in testing.__all__ if name.startswith("fermata_") and name != "fermata_servers"]
    verbs = ("person", "advance", "advance_to", "refuse")
    assert all(inspect.isfunction(getattr(World, verb)) for verb in verbs)
    for name in (*fixtures, *(f"world.{verb}(" for verb in verbs), "ada.does(", "ada.says(", "ada.is_in("):
        assert name in page, name
    assert "from cli.testing import *" in CONFTEST.text
