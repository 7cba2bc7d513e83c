"""``fermata feedback``: what came back by mail, and what is about no message that is known."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.database import on_database
from cli.json_output import print_json
from cli.quiet_logs import log_troubles_only
from fermata.database import Pool
from fermata.deployment import deployment_verbs
from fermata.errors import ConfigurationError
from fermata.feedback import Feedback, FeedbackDoor, SoftBounces, Taken
from fermata.feedback.bounced_mail import LARGEST, read_bounced_mail
from fermata.feedback.unknown import UnknownWord, unknown_words
from fermata.ingest import Ingest
from fermata.settings import Settings, read_settings
from workflows.discovery import discover

app = typer.Typer(help="Take what came back by mail; look at what is about no known message.", no_args_is_help=True)

_PIPE = "-"
_MOST_LISTED = 1000


@app.command("read-mail")
def read_mail(
    files: Annotated[list[str], typer.Argument(help="Mails as the mail server has them; - reads one from a pipe.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Read bounces, complaints and answers from a mailbox, and do what follows from them.

    The same mail again changes nothing. A mail that tells of none of ours is passed over.

    Example: fermata feedback read-mail ~/Maildir/new/*
    """
    now = datetime.now(UTC)
    words = [word for name in files if (word := read_bounced_mail(_raw(name), now)) is not None]
    settings = read_settings()
    taken = on_database(lambda pool: _take(pool, settings, words, now)) if words else Taken()
    passed_over = len(files) - len(words)
    if as_json:
        print_json({**_as_json(taken), "passed_over": passed_over})
        return
    typer.echo(
        f"{taken.taken} taken, {taken.duplicates} known before, {taken.unknown} about no message of ours; "
        f"{passed_over} of {len(files)} mails tell of none"
    )


@app.command()
def unknown(
    limit: Annotated[int, typer.Option(min=1, max=_MOST_LISTED, help="How many, the newest first.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List what was told of messages that are not known here.

    Example: fermata feedback unknown --limit 10
    """
    words: Sequence[UnknownWord] = on_database(lambda pool: unknown_words(pool, limit))
    if as_json:
        print_json(list(words))
        return
    for word in words:
        name = word.stated_decision or word.dedupe_key or word.provider_message_id or "a text that answers none"
        typer.echo(f"{word.received_at:%Y-%m-%d %H:%M:%S}  {word.source}  {word.kind.value}  {name}")


async def _take(pool: Pool, settings: Settings, words: Sequence[Feedback], now: datetime) -> Taken:
    log_troubles_only()
    ingest = Ingest(
        pool,
        discover(settings.journeys).registry,
        latest_trigger=settings.latest_trigger,
        most_runs=settings.most_runs_per_profile,
        holdout=settings.holdout,
        verbs=deployment_verbs(settings),
    )
    limit = SoftBounces(settings.soft_bounces, settings.soft_bounces_within)
    return await FeedbackDoor(pool, ingest, limit).take(words, now)


def _raw(name: str) -> bytes:
    if name == _PIPE:
        return sys.stdin.buffer.read(LARGEST)
    try:
        with Path(name).open("rb") as file:
            return file.read(LARGEST)
    except OSError as error:
        raise ConfigurationError(f"{name} cannot be read: {error.strerror}; name a file with a mail") from None


def _as_json(taken: Taken) -> dict[str, int]:
    return {"taken": taken.taken, "duplicates": taken.duplicates, "unknown": taken.unknown}
