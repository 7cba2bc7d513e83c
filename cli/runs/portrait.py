"""One run for a person: where it stands, what waits in it, what was decided, and what operators did with it."""

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from cli.indented_rows import Row, indented, section
from cli.instants import utc_text
from cli.runs.listed import STYLES
from fermata.ledger.record import DecisionSummary
from fermata.runs import ActionRecord, ActionResult, HeldMessage
from fermata.wording import channel_in_words, reason_in_words
from workflows.runs_in_temporal import RunShown

_DECIDED = {"send": "green", "defer": "yellow", "drop": "red"}


class Portrait:
    """A run, for a console of any width from 80 columns on.

    Args:
        run: All that is kept of it, and where it stands now.
    """

    def __init__(self, run: RunShown) -> None:
        self._run = run

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        run = self._run
        yield Text(self._heading(), "bold")
        yield indented(self._facts())
        for trouble in run.now.troubles if run.now is not None else ():
            yield Text(f"! {trouble}", "red")
        yield from section("What waits", (_waiting(each) for each in run.waiting))
        yield from section("What was decided, the newest first", (_decided(each) for each in run.decisions))
        yield from section("What operators did, the newest first", (_done(each) for each in run.actions))

    def _heading(self) -> str:
        run = self._run
        if run.now is None:
            return (
                f"{run.journey}: {run.state.value}, {run.reason}" if run.reason else f"{run.journey}: {run.state.value}"
            )
        if run.now.standing is not None:
            return f"{run.journey}: {run.now.standing}"
        return f"{run.journey}: where it stands is not known: {run.now.problem}"

    def _facts(self) -> Iterator[Row]:
        run = self._run
        yield "run", str(run.id)
        yield "profile", str(run.profile_id)
        yield "state", Text(run.state.value, STYLES.get(run.state, ""))
        if run.key:
            yield "key", run.key
        yield "began", f"{utc_text(run.started_at)}, by {run.trigger or 'an event that is gone'}"
        if run.ended_at is not None:
            yield "ended", utc_text(run.ended_at)
        yield "workflow", run.workflow_id
        if run.temporal_ui is not None:
            yield "Temporal UI", Text(run.temporal_ui, f"link {run.temporal_ui}", overflow="fold")


def _waiting(message: HeldMessage) -> Row:
    until = utc_text(message.next_eligible_at) if message.next_eligible_at is not None else "the next visit"
    return message.message, f"{channel_in_words(message.channel)}, {reason_in_words(message.reason)}", f"until {until}"


def _decided(decision: DecisionSummary) -> Row:
    by = f" by {channel_in_words(decision.channel)}" if decision.channel is not None else ""
    action = Text.assemble((decision.action.value, _DECIDED[decision.action]), f" {decision.message}{by}")
    return utc_text(decision.decided_at), action, reason_in_words(decision.reason)


def _done(action: ActionRecord) -> Row:
    why = f": {action.why}" if action.why else ""
    failed = "" if action.result is ActionResult.DONE else f"\nnot done: {action.detail}"
    return utc_text(action.at), action.action.value, Text.assemble(f"{action.by}{why}", (failed, "red"))
