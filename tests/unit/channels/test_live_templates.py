"""Templates that follow their files: what changes is used once it rests and nothing is wrong with it."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from fermata.channels import LiveTemplates, SmsContent, Templates
from fermata.errors import DefinitionError
from fermata.vocabulary import Channel


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "hello").mkdir()
    file = tmp_path / "hello" / "sms.text.liquid"
    file.write_text("Hello", encoding="utf-8")
    return file


@pytest.fixture
def templates(tmp_path: Path, file: Path) -> LiveTemplates:
    del file  # it is there
    return LiveTemplates([tmp_path])


def put(file: Path, words: str) -> None:
    file.write_text(words, encoding="utf-8")


def drop(file: Path) -> None:
    file.unlink()


def says(templates: LiveTemplates) -> str:
    content = templates.current.render("hello", Channel.SMS, {})
    assert isinstance(content, SmsContent)
    return content.text


async def anything(templates: Templates) -> None:
    """A check that lets everything pass."""


async def test_changed_words_are_used_when_they_have_rested(templates: LiveTemplates, file: Path) -> None:
    assert not await templates.look(anything)
    put(file, "Good morning")
    assert not await templates.look(anything), "somebody may still be copying"
    assert says(templates) == "Hello"
    assert await templates.look(anything)
    assert says(templates) == "Good morning"
    assert not await templates.look(anything)


async def test_whoever_is_writing_a_message_keeps_the_words_it_began_with(templates: LiveTemplates, file: Path) -> None:
    begun = templates.current
    put(file, "Good morning")
    await templates.look(anything)
    await templates.look(anything)
    assert templates.current is not begun
    assert begun.render("hello", Channel.SMS, {}) == SmsContent("Hello")


async def test_words_that_are_no_template_are_not_used_and_the_log_says_why_once(
    templates: LiveTemplates, file: Path
) -> None:
    put(file, "Good {{ profile.first_name")
    with capture_logs() as logs:
        for _ in range(4):
            assert not await templates.look(anything)
    assert says(templates) == "Hello"
    (line,) = logs
    assert line["log_level"] == "error"
    assert f"{file}:1" in line["problem"]
    put(file, "Good evening")
    await templates.look(anything)
    assert await templates.look(anything)
    assert says(templates) == "Good evening"


async def test_words_that_the_journeys_cannot_do_with_are_not_used(templates: LiveTemplates, file: Path) -> None:
    async def check(read: Templates) -> None:
        if not list(read.languages()):
            raise DefinitionError("hello has no words")

    drop(file)
    with capture_logs() as logs:
        await templates.look(check)
        await templates.look(check)
    assert says(templates) == "Hello"
    assert [line["problem"] for line in logs] == ["hello has no words"]


async def test_an_outage_while_they_are_checked_puts_them_off(templates: LiveTemplates, file: Path) -> None:
    async def check(read: Templates) -> None:
        raise ConnectionError("postgres is away")

    put(file, "Good morning")
    await templates.look(check)
    with pytest.raises(ConnectionError):
        await templates.look(check)
    assert says(templates) == "Hello"
    assert await templates.look(anything)
    assert says(templates) == "Good morning"


async def test_a_volume_that_is_swapped_by_a_link_is_seen(tmp_path: Path) -> None:
    mounted = tmp_path / "mounted"
    for name, words in (("one", "Hello"), ("two", "Salut")):
        (tmp_path / name / "hello").mkdir(parents=True)
        put(tmp_path / name / "hello" / "sms.text.liquid", words)
    mounted.symlink_to(tmp_path / "one")
    templates = LiveTemplates([mounted])
    (tmp_path / "next").symlink_to(tmp_path / "two")
    (tmp_path / "next").replace(mounted)
    await templates.look(anything)
    assert await templates.look(anything)
    assert says(templates) == "Salut"
