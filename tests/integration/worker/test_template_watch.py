"""A worker's templates follow their files, and must pass what they had to pass when it started."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from cli.stack.waiting import until
from fermata.audiences.declared import Audiences
from fermata.channels import LiveTemplates, SmsContent
from fermata.database import Pool
from fermata.events.verbs import standard_verbs
from fermata.policy import default_document
from fermata.vocabulary import Channel
from tests.policies import enact
from worker.template_watch import TemplateChecks, keep_templates
from workflows.discovery import Journeys, discover

_LIMIT = timedelta(seconds=20)
_OFTEN = timedelta(milliseconds=20)


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """The words of cart recovery, in a folder of their own."""
    (shipped,) = discover(("workflows.cart_recovery",)).template_roots
    for folder in ("_partials", "cart_reminder", "cart_discount"):
        shutil.copytree(shipped / folder, tmp_path / folder)
    return tmp_path


@pytest.fixture
async def templates(pool: Pool, words: Path) -> AsyncIterator[LiveTemplates]:
    """Those of a worker that runs cart recovery."""
    await enact(pool, default_document())
    journeys = Journeys(discover(("workflows.cart_recovery",)).classes, (words,))
    checks = TemplateChecks(pool, journeys, standard_verbs(), Audiences(), {})
    live = LiveTemplates([words])
    await checks(live.current)
    watch = asyncio.create_task(keep_templates(live, checks, every=_OFTEN))
    yield live
    watch.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watch


def says(templates: LiveTemplates) -> str:
    content = templates.current.render("cart_discount", Channel.SMS, {})
    assert isinstance(content, SmsContent)
    return content.text


async def test_new_words_are_used_and_a_typing_error_or_a_missing_file_changes_nothing(
    templates: LiveTemplates, words: Path
) -> None:
    text, title = words / "cart_discount" / "sms.text.liquid", words / "cart_discount" / "card.title.liquid"
    text.write_text("Ten per cent off.", encoding="utf-8")
    assert await until(lambda: says(templates) == "Ten per cent off.", limit=_LIMIT)
    with capture_logs() as logs:
        text.write_text("{{ event.prcie }} off.", encoding="utf-8")
        assert await until(lambda: len(logs) == 1, limit=_LIMIT)
        text.write_text("Twenty per cent off.", encoding="utf-8")
        title.unlink()
        assert await until(lambda: len(logs) == 2, limit=_LIMIT)
    assert "event.prcie" in logs[0]["problem"]
    assert f"has no template {title}" in logs[1]["problem"]
    assert says(templates) == "Ten per cent off."
    title.write_text("Twenty per cent", encoding="utf-8")
    assert await until(lambda: says(templates) == "Twenty per cent off.", limit=_LIMIT)
