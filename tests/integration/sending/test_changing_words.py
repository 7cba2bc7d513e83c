"""Words that change while a worker runs are in the next message that it writes."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from pydantic import SecretStr

from activities.writing import Writer
from fermata.channels import LiveTemplates, SmsContent, Templates
from fermata.database import Pool
from fermata.ledger import Order
from fermata.profiles.consent_links import ConsentLinks
from fermata.vocabulary import Channel, Purpose

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ORDER = Order(
    decision_id=UUID(int=2),
    dedupe_key="key",
    profile_id=UUID(int=1),
    run_id=UUID(int=3),
    event_id=UUID(int=4),
    journey="browse",
    message="hello",
    channel=Channel.SMS,
    address="+442071838750",
    begun_before=False,
    provider=None,
    traits={"first_name": "Ada"},
    locale=None,
    event_name="Product Viewed",
    event_properties={},
    event_occurred_at=NOW,
    purpose=Purpose.MARKETING,
    topic=None,
)


async def anything(read: Templates) -> None:
    """A check that lets everything pass."""


async def test_words_that_have_changed_are_in_the_next_message(pool: Pool, tmp_path: Path) -> None:
    file = tmp_path / "hello" / "sms.text.liquid"
    file.parent.mkdir()
    file.write_text("Hello {{ profile.first_name }}", encoding="utf-8")
    templates = LiveTemplates([tmp_path])
    writer = Writer(pool, templates, ConsentLinks(SecretStr("s" * 32), "https://news.shop.example"))
    assert (await writer.write(ORDER, NOW, None)).content == SmsContent("Hello Ada")
    file.write_text("Good morning {{ profile.first_name }}", encoding="utf-8")
    await templates.look(anything)
    await templates.look(anything)
    assert (await writer.write(ORDER, NOW, None)).content == SmsContent("Good morning Ada")
