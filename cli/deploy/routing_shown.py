"""The builds of a deployment as a table, and in a sentence what is left of the older ones."""

from datetime import UTC, datetime

from rich.console import Group
from rich.table import Table
from rich.text import Text

from cli.instants import utc_text
from fermata.wording import counted, span
from worker.build_routing import Build, BuildState, Routing

_STYLES = {
    BuildState.CURRENT: "green",
    BuildState.RAMPING: "yellow",
    BuildState.DRAINING: "yellow",
    BuildState.WAITING: "",
    BuildState.DRAINED: "dim",
}


def shown(routing: Routing) -> Group:
    """The builds, and what else there is to know.

    Args:
        routing: How it stands.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("build", "state", "given", "runs", "workers", "first seen"):
        table.add_column(heading, no_wrap=heading != "build", overflow="fold")
    now = datetime.now(UTC)
    for build in routing.builds:
        table.add_row(*_row(build, now))
    if routing.unversioned_runs or routing.unversioned_workers or routing.current is None:
        state = "current" if routing.current is None else ""
        share = f"{100 - routing.percent:g} %" if routing.current is None else ""
        workers = str(routing.unversioned_workers or "none")
        table.add_row(Text("without a build", "italic"), state, share, f"{routing.unversioned_runs:,}", workers, "")
    return Group(table, *(Text(line) for line in _remarks(routing)))


def _row(build: Build, now: datetime) -> tuple[Text | str, ...]:
    seen = f", {span(now - build.seen_at)} ago" if build.seen_at is not None else ""
    return (
        Text(build.build_id),
        Text(build.state.value, _STYLES[build.state]),
        f"{build.percent:g} %" if build.percent else "",
        f"{build.runs:,}",
        f"{build.workers}{seen}" if build.workers else "none",
        utc_text(build.first_seen_at),
    )


def _remarks(routing: Routing) -> list[str]:
    left = sum(build.runs for build in routing.builds if build.state is BuildState.DRAINING)
    remarks = []
    if left:
        have, each = ("has", "it") if left == 1 else ("have", "each")
        where = "where it is led then" if routing.ramping else f"in {routing.current or 'a worker without a build'}"
        remarks.append(
            f"{counted(left, 'run')} {have} still to leave an older build: {each} takes its next step {where}."
        )
    if routing.changed_by:
        remarks.append(f"Changed last by {routing.changed_by}.")
    return remarks
