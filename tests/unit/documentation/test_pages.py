"""What stands on a page can be typed, parsed and followed: commands with their options, documents, imports, links."""

import ast
import importlib
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest
import typer
from liquid import Environment
from typer.exceptions import TyperException

from cli.registry import COMMANDS
from tests.pages import PAGES, ROOT, Block, all_blocks, anchors, blocks, links, read_python, shell
from worker.determinism_checks import CALLS, IMPORTS

_SHELL = ("sh", "bash", "console", "")
_SET = re.compile(r"\w+=.*")
_BETWEEN = frozenset("|;&<>()\n")
_TARGETS = frozenset(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_on_a_page_is_there_with_its_options(page: Path) -> None:
    told = [(block, words) for block in blocks(page, *_SHELL) for words in _commands(shell(block))]
    assert [f"{block}: {problem}" for block, words in told for problem in _wrong(words)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_on_a_page_leads_somewhere(page: Path) -> None:
    lost = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if "://" in link or link.startswith("mailto:"):
            continue
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            lost.append(link)
    assert lost == []


@pytest.mark.parametrize("block", all_blocks("json", "ndjson", "toml", "liquid"), ids=str)
def test_a_document_on_a_page_can_be_read(block: Block) -> None:
    match block.language:
        case "toml":
            tomllib.loads(block.text)
        case "liquid":
            Environment().from_string(block.text)
        case "ndjson":
            for line in block.text.splitlines()[:1]:  # the page goes on with a line that is bad on purpose
                json.loads(line)
        case _:
            _read_json(block.text)


@pytest.mark.parametrize("block", all_blocks("python"), ids=str)
def test_python_on_a_page_is_python_and_imports_what_there_is(block: Block) -> None:
    for node in ast.walk(read_python(block.text)):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            module = importlib.import_module(node.module)
            for name in node.names:
                if name.name != "*" and not hasattr(module, name.name):
                    importlib.import_module(f"{node.module}.{name.name}")
        elif isinstance(node, ast.Import):
            for name in node.names:
                importlib.import_module(name.name)


def test_the_page_of_the_rules_names_all_that_a_worker_refuses() -> None:
    page = (ROOT / "docs" / "determinism.md").read_text(encoding="utf-8")
    io = {name for name, mend in IMPORTS.items() if "activity" in mend or "verbs alone" in mend}
    assert [name for name in (*CALLS, *(IMPORTS.keys() - io)) if f"`{name}`" not in page] == []


def test_every_page_is_linked_from_another_one() -> None:
    linked = {(page.parent / link.partition("#")[0]).resolve() for page in PAGES for link in links(page)}
    assert [page.name for page in PAGES if page.parent.name == "docs" and page.resolve() not in linked] == []


def _read_json(text: str) -> None:
    """Reads one document, or one a line; what a page leaves out by three dots counts as left out."""
    whole = re.sub(r",?\s*(\"…\": …|(?<!\")…(?!\"))", "", text)
    try:
        json.loads(whole)
    except ValueError:
        for line in whole.splitlines():
            json.loads(line)


def _commands(text: str) -> Iterator[list[str]]:
    """The words of each command, without the variables that are set for it."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars="".join(_BETWEEN))
    lexer.whitespace, lexer.whitespace_split, lexer.commenters = " \t", True, ""
    runs = [list(words) for between, words in groupby(lexer, lambda word: set(word) <= _BETWEEN) if not between]
    for words in runs:
        while words and _SET.fullmatch(words[0]):
            words.pop(0)
        if words:
            yield words


def _wrong(words: list[str]) -> Iterator[str]:
    match words:
        case [("fermata" | ".venv/bin/fermata"), *rest]:
            yield from _wrong_call(rest)
        case ["make", *rest]:
            yield from (f"make {word}: no such target" for word in rest if "=" not in word and word not in _TARGETS)
        case ["curl", *rest]:
            for flag, body in pairwise(rest):
                if flag == "-d" and "…" not in body and not body.startswith("@"):
                    json.loads(body)


def _wrong_call(words: list[str]) -> Iterator[str]:
    if not words or words[0].startswith("--"):
        return
    name, *arguments = words
    if name not in COMMANDS:
        yield f"fermata {name}: no such command"
        return
    command = _command(name)
    context = command.make_context(name, [], resilient_parsing=True)
    while hasattr(command, "get_command") and arguments:
        command = command.get_command(context, arguments[0])
        if command is None:
            yield f"fermata {name} {arguments[0]}: no such command"
            return
        context = command.make_context(arguments.pop(0), [], parent=context, resilient_parsing=True)
    context.resilient_parsing = False
    try:
        given, left, _ = command.make_parser(context).parse_args([word for word in arguments if word != "--debug"])
    except TyperException as error:
        yield f"fermata {' '.join(words)}: {error}"
        return
    if left:
        yield f"fermata {' '.join(words)}: {left[0]} is one word too many"
    if "help" not in given and any(each.required and not given.get(each.name) for each in command.params):
        yield f"fermata {' '.join(words)}: something that it needs is missing"


@cache
def _command(name: str) -> Any:
    module, attribute = COMMANDS[name].place.split(":")
    place = getattr(importlib.import_module(module), attribute)
    if isinstance(place, typer.Typer):
        return typer.main.get_command(place)
    app = typer.Typer(add_completion=False)
    app.command(name)(place)
    return typer.main.get_command(app)
