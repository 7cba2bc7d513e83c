"""Finds on a page what somebody with a keyboard, a screen reader or weak eyes stumbles over (WCAG 2.2, A and AA)."""

from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page

_AXE = Axe()
# Its own practices are heeded too; the size of targets is off unless it is asked for.
_OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
_FOR_FINGERS = {"resultTypes": ["violations"], "runOnly": ["target-size", "scrollable-region-focusable"]}

_OURS = """() => {
    const told = [];
    const h1 = document.querySelectorAll('h1').length;
    if (h1 !== 1) told.push(`${h1} h1`);
    document.querySelectorAll('table').forEach((table) => {
        if (!table.caption) told.push('a table without a caption');
    });
    document.querySelectorAll('thead th').forEach((cell) => {
        if (cell.scope !== 'col' || !cell.textContent.trim()) told.push(`a header without words: ${cell.outerHTML}`);
    });
    return told;
}"""
"""What axe-core leaves to taste and we do not."""


async def stumbles(page: Page) -> list[str]:
    """What axe-core finds, however serious, and what we ask for beside it: each with where it is.

    Args:
        page: As it stands.
    """
    found = (await _AXE.run(page, options=_OPTIONS)).response["violations"]
    return [_in_words(each) for each in found] + list(await page.evaluate(_OURS))


async def hard_to_touch(page: Page) -> list[str]:
    """What a finger misses, of what axe-core looks for; a page differs in nothing else by its width.

    Args:
        page: As narrow as a phone.
    """
    return [_in_words(each) for each in (await _AXE.run(page, options=_FOR_FINGERS)).response["violations"]]


def _in_words(violation: dict[str, object]) -> str:
    nodes = violation["nodes"]
    assert isinstance(nodes, list)
    places = "; ".join(str(node["html"])[:120] for node in nodes[:3])
    return f"{violation['impact']}: {violation['help']}: {places}"
