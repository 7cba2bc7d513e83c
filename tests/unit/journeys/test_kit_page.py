"""The page on the kit has every verb and every field, and the checks know every verb."""

import inspect
import re
from pathlib import Path

import pytest

from fermata.journeys import JourneyDefinition, Message
from worker.verb_checks import VERBS
from workflows.journey import Journey

PAGE = Path("docs/kit.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("model", "heading"), [(JourneyDefinition, "The definition"), (Message, "A message")])
def test_every_field_stands_on_the_page(model: type[JourneyDefinition] | type[Message], heading: str) -> None:
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(model.model_fields)


def test_every_verb_stands_on_the_page_and_is_known_to_the_checks() -> None:
    verbs = {name for name, _ in inspect.getmembers(Journey, inspect.iscoroutinefunction) if name[0] != "_"}
    section = PAGE.partition("## The verbs\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)\(", section, re.MULTILINE)) == verbs == set(VERBS)
