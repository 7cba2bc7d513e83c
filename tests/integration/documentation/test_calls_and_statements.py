"""Calls and SQL on the pages fit the surface and the schema that there are."""

import re

import asyncpg
import pytest

from api.application import create_app
from fermata.database import Pool
from fermata.journeys import Registry
from tests.pages import Block, all_blocks, shell

_CALLED = re.compile(r"curl\b[^\n]*?[\"' ](?:\$FERMATA|\$API|https?://127\.0\.0\.1:8000)(/[^\"'\s?]*)")
_LEFT_OUT = re.compile(r"'[^']*…[^']*'")  # an id that a page does not write out
_ANY_ID = "'01a20f91-da33-746a-b8b2-6506879f3497'"


async def test_every_call_on_a_page_is_one_that_the_api_knows(pool: Pool) -> None:
    paths = create_app(pool=pool, registry=Registry({})).openapi()["paths"]
    known = [re.compile(re.sub(r"\{\w+\}", "[^/]+", path)) for path in paths]
    called = [(block, path) for block in all_blocks("sh", "console") for path in _CALLED.findall(shell(block))]
    assert len(called) > 20
    assert [f"{block}: {path}" for block, path in called if not any(each.fullmatch(path) for each in known)] == []


@pytest.mark.parametrize("block", all_blocks("sql"), ids=str)
async def test_a_statement_on_a_page_fits_the_schema(block: Block, pool: Pool) -> None:
    text = re.sub(r"--.*", "", _LEFT_OUT.sub(_ANY_ID, block.text))
    for statement in filter(None, map(str.strip, text.split(";"))):
        if statement.split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
            try:
                await pool.execute(f"EXPLAIN {statement}")
            except asyncpg.PostgresError as error:
                raise AssertionError(f"{block}: {error}: {statement}") from error
