"""The demo itself, on a running stack: send, wait for quiet, look."""

import asyncio
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import httpx

from cli.demo.display import Display
from cli.demo.door import Door
from cli.demo.observation import EventCounts, Observation, Places
from cli.demo.observe import observe
from cli.demo.policy_check import check_policy
from cli.demo.quiet import Unrest, wait_for_first_decisions, wait_for_quiet
from cli.demo.sender import Sender, Tally
from cli.demo.source import Source
from cli.stack.stack import Stack
from fermata.access import Scope, create_key
from fermata.database import Pool, open_pool
from fermata.errors import FermataError
from fermata.wording import counted

_STUCK_AFTER = timedelta(seconds=60)
_LOOKS_FOR_MAIL = 10
_LOOK_AGAIN = 0.5


class DemoFailed(FermataError):
    """The demo came to its end, and one of its checks does not hold."""


@dataclass(frozen=True)
class Result:
    """What a demo leaves.

    Args:
        seen: What happened.
        places: Where to look further.
        headline: One sentence on it.
        notes: What the reader should know.
    """

    seen: Observation
    places: Places
    headline: str
    notes: tuple[str, ...]

    def check(self) -> None:
        """Makes sure of what must hold whatever was sent.

        Raises:
            DemoFailed: A cap was exceeded, or the mail that arrived is not the mail that the ledger knows of.
        """
        seen = self.seen
        if seen.caps.violations:
            raise DemoFailed(
                f"{counted(len(seen.caps.violations), 'exposure')} beyond a cap: {seen.caps.violations[0].rule}, "
                f"for example for profile {seen.caps.violations[0].profile_id}"
            )
        if seen.smtp_received != seen.emails_in_ledger:
            raise DemoFailed(
                f"the SMTP server received {counted(seen.smtp_received, 'email')}, "
                f"and the ledger says that {seen.emails_in_ledger:,} were sent"
            )


async def run_demo(stack: Stack, source: Source, display: Display) -> Result:
    """Sends a source's events through the door of a stack, and looks at what becomes of them.

    Args:
        stack: Running, with a hurried pace.
        source: What is sent.
        display: Shows how far it is.

    Raises:
        ConfigurationError: The door does not let us in, or another policy than the default is in force.
        Unavailable: The door or Postgres stays away.
    """
    report = stack.report
    since = datetime.now(UTC)
    tally = Tally()
    async with open_pool(report.database, most=4) as pool, httpx.AsyncClient(base_url=report.api) as client:
        await check_policy(pool)
        door = Door(client, report.write_key or await _own_key(pool, since))
        for number, act in enumerate(source.acts(tally)):
            if number:
                display.tell("The first messages are being decided")
                await wait_for_first_decisions(pool, since=since, limit=_STUCK_AFTER)
            with display.sending(act.total) as progress:
                await Sender(door, tally, progress).send(act.events)
        unrest = await wait_for_quiet(pool, since=since, limit=_STUCK_AFTER, tell=display.tell_unrest)
        seen = await _look(pool, stack, since, tally, source)
    notes = (*source.notes(seen, tally), *_stuck(unrest))
    return Result(seen, _places(stack, seen), source.headline(seen), notes)


async def _own_key(pool: Pool, since: datetime) -> str:
    """A key of the demo's own, for a database whose first keys were shown to somebody else."""
    async with pool.acquire() as connection:
        return await create_key(connection, f"demo of {since:%Y-%m-%d %H:%M:%S}", (Scope.INGEST,))


async def _look(pool: Pool, stack: Stack, since: datetime, tally: Tally, source: Source) -> Observation:
    """Looks until the mail and the ledger agree: a hold may end between two looks, and mail takes its moment."""
    events = EventCounts(accepted=tally.accepted, duplicates=tally.duplicates, rejected=tally.rejected)
    for _ in range(_LOOKS_FOR_MAIL):
        received = stack.mail_received()
        seen = await observe(pool, since=since, events=events, smtp_received=received, show_names=source.made_up)
        if seen.smtp_received == seen.emails_in_ledger:
            break
        await asyncio.sleep(_LOOK_AGAIN)
    return seen


def _stuck(unrest: Unrest) -> tuple[str, ...]:
    if unrest.quiet:
        return ()
    return (
        f"nothing has changed for {_STUCK_AFTER.total_seconds():.0f} s, and not all is done: "
        f"{counted(unrest.runs, 'run')} at work, {counted(unrest.dispatches, 'event')} on the way to one, "
        f"{counted(unrest.sends, 'message')} not settled",
    )


def _places(stack: Stack, seen: Observation) -> Places:
    ui = stack.report.ui
    namespace = os.environ.get("TEMPORAL_NAMESPACE", "default")
    run = None
    if ui is not None and seen.story is not None:
        run = f"{ui}/namespaces/{namespace}/workflows/{quote(seen.story.workflow_id, safe='')}"
    return Places(api=stack.report.api, temporal_ui=ui, run=run)
