"""Pages of the console from their templates: everything escaped, nothing inline, nothing from another host."""

from collections.abc import Mapping
from datetime import UTC, datetime

from fastapi.responses import HTMLResponse

from api.console.guard import Viewer
from api.console.templates import templates

HEADERS = {
    # Style, script and pictures are our own files; nothing inline runs, and no other page may frame or post to us.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_MENU = (
    ("overview", "Overview", "/console"),
    ("decisions", "Decisions", "/console/decisions"),
    ("people", "People", "/console/people"),
    ("journeys", "Journeys", "/console/journeys"),
    ("runs", "Runs", "/console/runs"),
    ("analytics", "Analytics", "/console/analytics"),
    ("policy", "Policy", "/console/policy"),
    ("operations", "Operations", "/console/operations"),
    ("requests", "Data requests", "/console/requests"),
)


def render(
    name: str,
    viewer: Viewer | None,
    values: Mapping[str, object],
    *,
    title: str,
    section: str = "",
    status: int = 200,
) -> HTMLResponse:
    """Renders ``pages/{name}.html``.

    Args:
        name: The page.
        viewer: Who is logged in; None on the way in.
        values: What the page can speak of, plain (``api.console.plain``); all of it is escaped.
        title: Of the page.
        section: Where in the menu it belongs.
        status: Of the answer.
    """
    menu = [{"name": name, "label": label, "href": href} for name, label, href in _MENU]
    frame = {
        "title": title,
        "section": section,
        "menu": menu,
        "viewer": viewer.as_shown() if viewer is not None else None,
        "as_of": datetime.now(UTC),
    }
    text = templates().get_template(name).render({**frame, **values})
    return HTMLResponse(text, status_code=status, headers=HEADERS)
