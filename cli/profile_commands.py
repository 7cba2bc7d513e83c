"""``fermata profile``: show all that is known of a person, write it out in full, or have them erased."""

import getpass
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console

from cli.database import on_database
from cli.json_output import print_json
from cli.profile.erasing import erase_and_wait, show_receipt
from cli.profile.portrait import Portrait
from cli.whole_file import WholeFile
from fermata.audit import os_user
from fermata.database import Pool
from fermata.profiles import IdentityKind
from fermata.settings import read_settings
from fermata.traits import load_lead_rules
from fermata.view import ProfileView, TimelineEntry, Wanted, read_profile, read_timeline, recorded_export

app = typer.Typer(help="Show and export all that is known of a person, or have them erased.", no_args_is_help=True)

_LATELY = 20

ProfileId = Annotated[UUID | None, typer.Argument(help="The profile; or name the person by one of the options.")]
UserId = Annotated[str | None, typer.Option(help="Their id in your systems.")]
AnonymousId = Annotated[str | None, typer.Option(help="A visitor's id.")]
Email = Annotated[str | None, typer.Option(help="An address of theirs, or its SHA-256.")]
Phone = Annotated[str | None, typer.Option(help="A number of theirs with its country code, or its SHA-256.")]
ExternalId = Annotated[str | None, typer.Option(help="With its kind, such as shopify_customer_id:123.")]


@app.command()
def show(
    profile_id: ProfileId = None,
    user_id: UserId = None,
    anonymous_id: AnonymousId = None,
    email: Email = None,
    phone: Phone = None,
    external_id: ExternalId = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")] = False,
) -> None:
    """Show all that is known of a person, what waits for them, and what happened lately. Addresses are masked.

    Example: fermata profile show --email ada@example.com

    Example: fermata profile show 0195f3c0-8a3e-7c41-9d5e-2b1f0c6a7d88 --json
    """
    wanted = _wanted(profile_id, user_id, anonymous_id, email, phone, external_id)
    now, lead_rules = datetime.now(UTC), load_lead_rules(read_settings().lead_score)

    async def read(pool: Pool) -> tuple[ProfileView, tuple[TimelineEntry, ...]]:
        view = await read_profile(pool, wanted, now, lead_rules)
        return view, () if as_json else (await read_timeline(pool, view.id, limit=_LATELY)).items

    view, entries = on_database(read)
    if as_json:
        print_json(view)
    else:
        Console(highlight=False).print(Portrait(view, entries))


@app.command()
def export(
    profile_id: ProfileId = None,
    user_id: UserId = None,
    anonymous_id: AnonymousId = None,
    email: Email = None,
    phone: Phone = None,
    external_id: ExternalId = None,
    out: Annotated[Path | None, typer.Option(help="Where to; standard output without it.")] = None,
) -> None:
    """Write out every row that is kept of a person, addresses in full, as one JSON document.

    A file can be read by you alone, and is there only when it is whole.

    Example: fermata profile export --user-id ada --out ada.json
    """
    wanted = _wanted(profile_id, user_id, anonymous_id, email, phone, external_id)

    async def write(pool: Pool) -> None:
        async with aclosing(recorded_export(pool, wanted, datetime.now(UTC), actor=os_user())) as pieces:
            await _print(pieces) if out is None else await _save(pieces, out)

    on_database(write)
    if out is not None:
        typer.echo(f"{out}: {out.stat().st_size:,} bytes", err=True)


@app.command()
def erase(
    profile_id: Annotated[UUID, typer.Argument(help="The profile; the id of a merged one leads to who it is now.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask. Needed where nobody can be asked.")] = False,
    why: Annotated[str, typer.Option(help="Stays in the receipt: a ticket's number, nothing of the person.")] = "",
    by: Annotated[str | None, typer.Option(help="Who asks for it; your login where it is left out.")] = None,
    within: Annotated[float, typer.Option(help="Seconds to wait for the worker that finishes it.", min=0)] = 60,
    as_json: Annotated[bool, typer.Option("--json", help="Print the receipt and nothing else.")] = False,
) -> None:
    """Erase a person for good: nothing is sent to them from then on, and nothing that says who they were is left.

    Their runs end first. A receipt without personal data is kept and printed. Run again, it shows the receipt.

    Example: fermata profile erase 0195f3c0-8a3e-7c41-9d5e-2b1f0c6a7d88 --why 'ticket 4711'
    """
    if not yes:
        if not sys.stdin.isatty():
            raise typer.BadParameter("this cannot be undone: say --yes where nobody can be asked")
        typer.confirm(f"Erase {profile_id} for good?", abort=True, err=True)
    limit, who = timedelta(seconds=within), by or getpass.getuser()
    receipt = on_database(lambda pool: erase_and_wait(pool, profile_id, by=who, why=why, within=limit))
    print_json(receipt) if as_json else show_receipt(receipt)


async def _print(pieces: AsyncIterator[bytes]) -> None:
    async for piece in pieces:
        sys.stdout.buffer.write(piece)
    sys.stdout.flush()


async def _save(pieces: AsyncIterator[bytes], out: Path) -> None:
    with WholeFile(out) as file:
        async for piece in pieces:
            file.write(piece)


def _wanted(
    profile_id: UUID | None,
    user_id: str | None,
    anonymous_id: str | None,
    email: str | None,
    phone: str | None,
    external_id: str | None,
) -> UUID | Wanted:
    """Reads whom a command is about.

    Raises:
        typer.BadParameter: Nobody is named, or somebody in two ways.
    """
    names = {
        IdentityKind.USER_ID: user_id,
        IdentityKind.ANONYMOUS_ID: anonymous_id,
        IdentityKind.EMAIL: email,
        IdentityKind.PHONE: phone,
        IdentityKind.EXTERNAL_ID: external_id,
    }
    given: list[UUID | Wanted] = [Wanted(kind, value) for kind, value in names.items() if value]
    if profile_id is not None:
        given.append(profile_id)
    if len(given) != 1:
        raise typer.BadParameter(
            "give the profile's id or one of --user-id, --anonymous-id, --email, --phone, --external-id"
        )
    return given[0]
