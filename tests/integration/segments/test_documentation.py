"""docs/segments.md: every example runs, in the order of the page, and prints what stands below it."""

import ast
import inspect
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from fermata.database import Pool
from fermata.segments import days
from tests.integration.segments.people import Happened, Person, write
from tests.people import NOON

PAGE = Path(__file__).parents[3] / "docs/segments.md"
_EXAMPLE = re.compile(r"^```python\n(.*?)^```\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples() -> Iterator[tuple[str, str]]:
    """Each example of the page, and what it says is printed."""
    for match in _EXAMPLE.finditer(PAGE.read_text(encoding="utf-8")):
        yield match[1], match[2]


async def test_every_example_prints_what_stands_below_it(pool: Pool) -> None:
    views = [Happened("Product Viewed", NOON - number * days(1)) for number in (1, 2, 9)]
    ada = Person(events=tuple(views))
    bob = Person(events=(*views, Happened("Product Viewed", NOON)))
    async with pool.acquire() as connection:
        await write(connection, ada, bob)
    names: dict[str, Any] = {"connection": pool, "ada": ada.id, "bob": bob.id, "at": NOON}
    for code, expected in examples():
        assert await printed(code, names) == expected, code


def test_no_example_is_left_out() -> None:
    assert len(list(examples())) == PAGE.read_text(encoding="utf-8").count("```python")


async def printed(code: str, names: dict[str, Any]) -> str:
    """Runs an example, which may await, and returns what it prints."""
    output = StringIO()
    program = compile(code, str(PAGE), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    with redirect_stdout(output):
        running = eval(program, names)  # noqa: S307 - our own page
        if inspect.isawaitable(running):
            await running
    return output.getvalue()
