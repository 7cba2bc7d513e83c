"""docs/api.md says what is there: every call of it is answered, and its tables name all kinds and scopes."""

import re
from pathlib import Path

import httpx
import pytest

from fermata.access import Scope
from fermata.access.scopes import MEANINGS
from fermata.database import Pool
from fermata.view import EntryKind
from tests.integration.view.lives import live

PAGE = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
CALLS = re.findall(r'"\$FERMATA(/[^"]*)"', PAGE)
NAMED = re.findall(r"`(?:(?:GET|PUT|POST)[^`]*? )?(/(?:api/v1|healthz|readyz)[^`?]*)`", PAGE)


async def test_every_call_on_the_page_is_answered(
    pool: Pool, sender: httpx.AsyncClient, operator: httpx.AsyncClient
) -> None:
    ada = await live(pool, sender, "ada")
    assert len(CALLS) == 6
    for path in CALLS:
        answer = await operator.get(path.replace("$ID", str(ada.id)))
        assert answer.status_code == 200, path


async def test_every_path_on_the_page_is_in_the_description(operator: httpx.AsyncClient) -> None:
    described = {_bare(path) for path in (await operator.get("/openapi.json")).json()["paths"]}
    assert len(NAMED) >= 8
    assert {_bare(path) for path in NAMED} - described == set()


@pytest.mark.parametrize("kind", EntryKind)
def test_every_kind_of_entry_has_its_line(kind: EntryKind) -> None:
    assert f"\n| `{kind.value}` |" in PAGE


@pytest.mark.parametrize("scope", Scope)
def test_every_scope_has_its_line_there_and_its_meaning_in_the_program(scope: Scope) -> None:
    assert f"\n| `{scope.value}` |" in PAGE
    assert MEANINGS[scope]


def _bare(path: str) -> str:
    """A path without the names of its parameters."""
    return re.sub(r"\{\w+\}", "{}", path)
