"""Every recipe of the cookbook is put together as the page says, checked as a worker checks, and run to its end."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest

from cli.testing import World
from fermata.channels import Templates
from fermata.channels.template_parts import BY_NAME
from fermata.journeys import Message
from fermata.policy import default_policy
from tests.pages import ROOT, blocks, fragment
from worker.journey_checks import check_journeys
from workflows.discovery import Journeys, discover

PAGE = ROOT / "docs" / "cookbook.md"
PACKAGE = "recipes_of_the_cookbook"
RECIPES = {
    f"recipe_{number}": (block.heading, part)
    for number, block in enumerate(blocks(PAGE, "python"), 1)
    if (part := fragment(block.text)) is not None
}
WORDS = {"hand_off.to": "sales", "ads.audience": "shoppers"}


@pytest.fixture(scope="module")
def recipes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journeys]:
    """The journeys of the page, each in a file of its own, with words for every message."""
    folder = tmp_path_factory.mktemp("cookbook")
    package = folder / PACKAGE
    package.mkdir()
    (package / "__init__.py").write_text('"""The cookbook."""\n')
    (package / "templates").mkdir()
    for name, (title, part) in RECIPES.items():
        (package / f"{name}.py").write_text(part.module(name, title), encoding="utf-8")
    sys.path.insert(0, str(folder))
    for name in RECIPES:
        for value in vars(import_module(f"{PACKAGE}.{name}")).values():
            if isinstance(value, Message):
                _write_words(package / "templates" / value.key)
    yield discover((PACKAGE,))
    sys.path.remove(str(folder))


@pytest.fixture
def fermata_journeys(recipes: Journeys) -> Journeys:
    """Those of the page."""
    return recipes


@pytest.fixture
def fermata_policy() -> str:
    """Everything is allowed: the recipes are about journeys."""
    return "version = 1\n"


def test_every_block_of_the_page_is_a_recipe() -> None:
    assert len(RECIPES) == len(blocks(PAGE, "python")) >= 12


def test_a_worker_would_start_with_every_recipe(recipes: Journeys) -> None:
    check_journeys(recipes, Templates(recipes.template_roots), default_policy())


async def test_every_recipe_comes_to_its_end_and_sends_what_it_shows(world: World, recipes: Journeys) -> None:
    people = {name: await world.person(name, plan="free") for name in RECIPES}
    for name in RECIPES:
        definition = recipes.classes[name].definition
        calls: list[tuple[str, dict[str, object]]] = [(definition.trigger.event, {definition.key or "step": "1001"})]
        calls += [(event, {"total": 250}) for event in (*definition.listens_to, *["Pricing Viewed"] * 3)]
        await world.accept(
            [{"type": "track", "userId": name, "event": event, "properties": properties} for event, properties in calls]
        )
    await world.finish(within=timedelta(days=4000))
    for name, person in people.items():
        title, part = RECIPES[name]
        assert (await person.outcome(name)).state in ("completed", "timed_out"), title
        assert bool(person.messages()) == ("Message(" in part.above), title


def _write_words(folder: Path) -> None:
    folder.mkdir()
    for part in BY_NAME:
        if "mjml" not in part and "url" not in part:  # both may be left out
            (folder / f"{part}.liquid").write_text(f"{WORDS.get(part, 'Hello')}\n", encoding="utf-8")
