"""A report as one page of HTML: style and pictures stand in it, and nothing is asked of anybody."""

from importlib import resources
from pathlib import Path
from typing import cast

from markupsafe import Markup

from api.console.analytics_rows import Row, lift_rows
from api.console.kpi_rows import together
from api.console.plain import plain
from api.console.templates import templates
from cli.report.contents import Contents
from cli.report.findings import findings

_PAGES = Path(__file__).with_name("pages")


def to_page(contents: Contents, *, console: str | None) -> str:
    """Writes a report.

    Args:
        contents: What it tells.
        console: Address of this deployment, for links to the live figures; None for none.
    """
    asked, cohorts = contents.asked, contents.cohorts
    faint = [row["shares"] for row in cohorts]
    values = {
        "style": _style(),
        "console": console,
        "time": asked.span.words,
        "since": asked.span.since,
        "until": asked.span.until,
        "first_day": asked.span.since.date().isoformat(),
        "last_day": asked.span.last_day.isoformat(),
        "started": sum(part.counts["started"] for part in contents.journeys if part.counts is not None),
        "made_at": asked.span.now,
        "order": asked.order,
        "within": asked.within,
        "findings": plain(findings(contents)),
        "overview": plain(contents.overview),
        "decided": contents.overview.decided,
        "most_decided": max((row["decisions"] for row in contents.overview.decided), default=0),
        "most_held": max((row["messages"] for row in contents.overview.held), default=0),
        "most_sent": max((row["sent"] for row in contents.messages), default=0),
        "journeys": [
            {**cast("Row", plain(part)), "rows": part.lifts, "drawing": part.drawing} for part in contents.journeys
        ],
        "anchors": {part.about["name"]: part.anchor for part in contents.journeys},
        "everywhere": plain(contents.everywhere),
        "everywhere_rows": lift_rows(contents.everywhere.found) if contents.everywhere.found is not None else [],
        "lifts": contents.lifts,
        "walks": contents.walks,
        "actions": contents.actions,
        "problems": {
            "paths": contents.paths.problem,
            "single_steps": contents.single_steps.problem,
            "attribution": contents.attribution.problem,
        },
        "tables": {
            "paths": contents.paths.rows,
            "single_steps": contents.single_steps.rows,
            "attribution": contents.attribution.rows,
            "figures": contents.figures,
            "conversion": contents.conversion,
            "messages": contents.messages,
            "cohorts": cohorts,
        },
        "together": together(cohorts),
        "faint": faint,
        "most": max((share for shares in faint for share in shares if share is not None), default=0.0),
    }
    return templates(_PAGES).get_template("report").render(values)


def _style() -> Markup:
    """The console's style and the report's own, which come with this program: nobody else's words are in them."""
    files = (resources.files("api.console") / "static" / "console.css", resources.files("cli.report") / "report.css")
    return Markup("\n").join(Markup(file.read_text()) for file in files)  # noqa: S704
