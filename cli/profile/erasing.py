"""Has a person erased, waits a while for the worker that finishes it, and shows the receipt."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import typer
from rich.console import Console

from cli.instants import utc_text
from fermata.audit import Act, of_profile, os_user, recorded
from fermata.database import Pool
from fermata.erasure import Receipt, begin_within, read
from fermata.erasure.receipt import ErasureState
from fermata.errors import Unavailable

_LOOK_AGAIN = timedelta(milliseconds=200)


async def erase_and_wait(pool: Pool, profile_id: UUID, *, by: str, why: str, within: timedelta) -> Receipt:
    """Begins an erasure, or takes up one that was begun, and waits until it is finished.

    Args:
        pool: Connections to the database.
        profile_id: Whose.
        by: Who asks.
        why: Why.
        within: The longest wait.

    Raises:
        NoSuchProfile: There is nobody.
        InvalidEvent: ``why`` names an address of theirs.
        Unavailable: It has begun, and no worker has finished it within that time.
    """
    act = Act(os_user(), "profiles.erase", of_profile(profile_id))
    async with recorded(pool, act) as connection:
        receipt = await begin_within(connection, profile_id, by=by, why=why, now=datetime.now(UTC))
        act.detail = receipt.state
    limit = asyncio.get_running_loop().time() + within.total_seconds()
    with Console(stderr=True).status("Their runs are ending; a worker takes the rest away…"):
        while receipt.state is ErasureState.BEGUN:
            if asyncio.get_running_loop().time() >= limit:
                raise Unavailable(
                    f"{receipt.profile_id} is being erased and nothing reaches them, but no worker has finished it"
                    f" within {within.total_seconds():g} s; see that one runs, and run the command again"
                )
            await asyncio.sleep(_LOOK_AGAIN.total_seconds())
            receipt = await read(pool, receipt.profile_id) or receipt
    return receipt


def show_receipt(receipt: Receipt) -> None:
    """Prints what was removed, and what is kept."""
    typer.echo(f"{receipt.profile_id} is erased, since {utc_text(receipt.finished_at or receipt.begun_at)}.")
    typer.echo(f"by {receipt.by}" + (f": {receipt.why}" if receipt.why else ""))
    typer.echo(
        f"runs ended {receipt.runs_ended}, histories deleted {receipt.histories_deleted}"
        f" (already gone {receipt.histories_not_there}), addresses that stay suppressed {receipt.suppressions_kept}"
    )
    for title, counts in (("removed", receipt.removed), ("kept as nobody's", receipt.nameless)):
        told = ", ".join(f"{table} {rows:,}" for table, rows in sorted(counts.items()) if rows)
        typer.echo(f"{title}: {told or 'nothing'}")
