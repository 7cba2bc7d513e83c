"""Our own small pages for the public: plain HTML without scripts, cookies, or anything from elsewhere."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fastapi.responses import HTMLResponse
from liquid import Environment, FileSystemLoader, StrictUndefined

_HEADERS = {
    # Nothing is loaded and nothing runs; the form goes to where the page came from, and nobody may frame it.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    # The address of the page is a key: it is neither kept nor passed on.
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
}


@cache
def _environment() -> Environment:
    folder = FileSystemLoader(Path(__file__).with_name("pages"), ext=".liquid")
    return Environment(loader=folder, autoescape=True, undefined=StrictUndefined)


def page(name: str, values: Mapping[str, object], *, status: int = 200) -> HTMLResponse:
    """Renders ``pages/{name}.liquid``.

    Args:
        name: The page.
        values: What the page can speak of; all of it is escaped.
        status: Of the answer.
    """
    text = _environment().get_template(name).render(values)
    return HTMLResponse(text, status_code=status, headers=_HEADERS)
