"""The pages of the documentation: their code blocks and links, and the journeys that their Python blocks stand for."""

import ast
import builtins
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

from fermata import journeys, segments

ROOT = Path(__file__).parents[1]
PAGES = (
    *sorted((ROOT / "docs").rglob("*.md")),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
)

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page.

    Args:
        page: The file.
        line: Where it begins.
        language: As the fence names it, or "".
        text: What stands in it.
        heading: The nearest heading above it.
    """

    page: Path
    line: int
    language: str
    text: str
    heading: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path, *languages: str) -> tuple[Block, ...]:
    """The blocks of a page, in order; of these languages alone, where any is named."""
    text = page.read_text(encoding="utf-8")
    return tuple(
        Block(page, text.count("\n", 0, found.start()) + 1, found[1], found[2], _heading(text, found.start()))
        for found in _BLOCK.finditer(text)
        if not languages or found[1] in languages
    )


def all_blocks(*languages: str) -> tuple[Block, ...]:
    """The blocks of every page."""
    return tuple(block for page in PAGES for block in blocks(page, *languages))


def links(page: Path) -> tuple[str, ...]:
    """Where a page's links lead, without those in code."""
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    return tuple(_LINK.findall(re.sub(r"`[^`\n]*`", "", text)))


def anchors(page: Path) -> frozenset[str]:
    """The names by which a page's headings are linked to, as GitHub makes them."""
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    return frozenset(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in _HEADING.findall(text))


def _heading(text: str, before: int) -> str:
    found = _HEADING.findall(_BLOCK.sub("", text[:before]))
    return found[-1].strip() if found else ""


IMPORTS = """import asyncio
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import *
    from fermata.segments import *
    from workflows.journey import Entry, Journey
"""
"""What stands at the top of a journey's file, and pages leave out."""

_AT_THE_TOP = frozenset({*journeys.__all__, *segments.__all__, "Entry", "Journey"})

_FRAME = '''"""{title}."""

{imports}
{above}


@workflow.defn(name="{name}")
class {class_name}(Journey):
    {definition}

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
{body}
        return self.outcome
{methods}
'''


@dataclass(frozen=True, slots=True)
class Fragment:
    """A Python block that is a part of a journey, told apart into what stands where in its file.

    Args:
        above: What stands above the class: messages, constants.
        definition: The definition, or None where the block leaves it out.
        body: What stands in the enrolled block.
        methods: Methods beside ``run``.
        listens_to: The events that it waits for.
        others: What stands in for messages and journeys that it leaves to others.
    """

    above: str
    definition: str | None
    body: str
    methods: str
    listens_to: tuple[str, ...]
    others: str

    def module(self, name: str, title: str) -> str:
        """The whole file of the journey.

        Args:
            name: Of the journey.
            title: For its first line.
        """
        trigger = f"{name.replace('_', ' ').title()} Tried"
        plain = f'definition = JourneyDefinition(trigger=Trigger("{trigger}"), listens_to={self.listens_to!r})'
        return _FRAME.format(
            imports=IMPORTS,
            title=title.rstrip("."),
            above=f"{self.others}\n{self.above}",
            name=name,
            class_name="".join(part.capitalize() for part in name.split("_")),
            definition=textwrap.indent(self.definition or plain, "    ").strip(),
            body=textwrap.indent(self.body or "pass", " " * 12),
            methods=textwrap.indent(self.methods, "    "),
        )


def read_python(text: str) -> ast.Module:
    """A block's syntax; it may await at its top, and leave things out by three dots."""
    dedented = textwrap.dedent(text.replace("…", "..."))
    tree = compile(dedented, "block", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    assert isinstance(tree, ast.Module)
    return tree


def fragment(text: str) -> Fragment | None:
    """Reads a Python block as a part of a journey; None where it is something else."""
    tree = read_python(text)
    if not any(isinstance(node, ast.Name) and node.id == "self" for node in ast.walk(tree)) or any(
        isinstance(node, ast.ClassDef | ast.Import | ast.ImportFrom) or getattr(node, "name", "") == "run"
        for node in tree.body
    ):
        return None
    above, definition, body, methods = [], None, [], []
    for node in tree.body:
        source = _source(text, node)
        match node:
            case ast.Assign(targets=[ast.Name(id="definition")]):
                definition = source
            case ast.Assign(targets=[ast.Name(id=name)]) if name.isupper():
                above.append(source)
            case ast.AsyncFunctionDef() | ast.FunctionDef():
                methods.append(f"\n{source}")
            case _:
                body.append(source)
    return Fragment("\n".join(above), definition, "\n".join(body), "\n".join(methods), _awaited(tree), stand_ins(tree))


def _source(text: str, node: ast.stmt) -> str:
    """The lines of a statement, with its comments and the way it is indented."""
    lines = text.replace("…", "...").splitlines()
    decorators = node.decorator_list if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) else []
    first = min([node.lineno, *(each.lineno for each in decorators)])
    return "\n".join(lines[first - 1 : node.end_lineno])


def _awaited(tree: ast.Module) -> tuple[str, ...]:
    found = (
        argument.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "wait_for"
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    )
    return tuple(dict.fromkeys(found))


def stand_ins(tree: ast.Module) -> str:
    """Messages and journeys that a block speaks of and leaves to others, as a file can have them."""
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id[0].isupper()]
    made = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    made |= {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    known = made | _AT_THE_TOP | vars(builtins).keys()
    return "\n".join(_stand_in(name) for name in dict.fromkeys(node.id for node in names) if name not in known)


def _stand_in(name: str) -> str:
    if name.isupper():
        return f'{name} = Message(key="{name.lower()}", channels=("email",))'
    trigger = f"{name} Begun"
    return (
        f'@workflow.defn(name="{name.lower()}")\nclass {name}(Journey):\n'
        f'    definition = JourneyDefinition(trigger=Trigger("{trigger}"), reentry=Always())\n\n'
        "    @workflow.run\n    async def run(self, entry: Entry) -> Outcome:\n"
        "        async with self.enrolled():\n            await self.sleep(timedelta(hours=1))\n"
        "        return self.outcome\n"
    )


def shell(block: Block) -> str:
    """The commands of a shell block, without comments and what they read; of a console's, those that are typed."""
    if block.language in ("", "console"):
        typed = (line.removeprefix("$ ") for line in block.text.splitlines() if line.startswith("$ "))
        return "\n".join(typed)
    bare = re.sub(r"<<'?(\w+)'?\n.*?^\1$", "", block.text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"(^|\s)#.*$", "", bare, flags=re.MULTILINE).replace("\\\n", " ")
