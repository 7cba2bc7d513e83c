"""``fermata template check`` and ``preview``, as on a command line, on a deployment of the test's own."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Fermata = Callable[..., subprocess.CompletedProcess[str]]

JOURNEY = '''
"""A journey of a test's own."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.journeys import JourneyDefinition, Message, Outcome, Trigger
    from workflows.journey import Entry, Journey

MORE = Message(key="more", channels=("email", "sms"), purpose="transactional")


@workflow.defn(name="more")
class More(Journey):
    definition = JourneyDefinition(trigger=Trigger("Product Viewed"), transactional=True)

    @workflow.run
    async def run(self, entry: Entry) -> Outcome:
        async with self.enrolled():
            await self.send(MORE)
        return self.outcome
'''
FILES = {
    "email.subject.liquid": "More {{ event.category }}",
    "email.html.liquid": "{% for each in products.bundle %}<p>{{ each.name }}</p>{% endfor %}",
    "email.subject.fr.liquid": "Encore",
    "email.html.fr.liquid": "<p>Encore</p>",
    "sms.text.liquid": "More {{ event.category }}, {{ profile.first_name }} ☀ https://shop.example/sale",
    "card.title.liquid": "More",
    "card.body.liquid": "More",
    "message.toml": """
track_links = ["sms"]
[inputs.event]
category = "text"
[inputs.profile]
first_name = { type = "text", default = "there" }
[products]
bundle = { category = "event.category", most = 2 }
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The templates of a message, beside its journey."""
    package = tmp_path / "mine"
    message = package / "templates" / "more"
    message.mkdir(parents=True)
    (package / "__init__.py").write_text('"""Journeys of a test."""\n')
    (package / "more.py").write_text(JOURNEY)
    for name, text in FILES.items():
        (message / name).write_text(text, encoding="utf-8")
    return message


@pytest.fixture
def fermata(tmp_path: Path, folder: Path) -> Fermata:
    del folder
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{root}", "FERMATA_JOURNEYS": "mine"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "cli", "template", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    return run


def written(path: Path, value: object) -> str:
    path.write_text(json.dumps(value), encoding="utf-8")
    return str(path)


def test_what_is_sound_is_listed_with_its_languages(fermata: Fermata) -> None:
    ended = fermata("check")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[0] == "more: email (fr), sms, in_app, inbox"
    assert json.loads(fermata("check", "--json").stdout)["messages"][0] == {
        "message": "more",
        "channel": "email",
        "languages": ["fr"],
    }


def test_what_would_fail_at_night_fails_the_check_with_file_line_and_mend(fermata: Fermata, folder: Path) -> None:
    (folder / "sms.text.liquid").write_text("Hi\n{{ event.catgory }}", encoding="utf-8")
    ended = fermata("check")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert f"{folder}/sms.text.liquid:2: nothing says that event.catgory will be there" in ended.stderr
    assert "did you mean event.category?" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_message_is_shown_as_somebody_would_get_it(fermata: Fermata, tmp_path: Path) -> None:
    event = written(tmp_path / "event.json", {"event": "Product Viewed", "properties": {"category": "shoes"}})
    profile = written(tmp_path / "profile.json", {"first_name": "Ada"})
    listed = [{"product_id": n, "name": f"Shoe {n}", "category": "shoes"} for n in (1, 2, 3)]
    products = written(tmp_path / "products.json", listed)
    mail = tmp_path / "mail.html"
    ended = fermata(
        "preview", "more", "--event", event, "--profile", profile, "--products", products, "--html", str(mail)
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "subject: More shoes" in ended.stdout
    # The link as long as it is sent: what is counted is what is paid for.
    assert re.search(r"text: More shoes, Ada ☀ http://127\.0\.0\.1:8000/s/[\w-]{12}\n", ended.stdout)
    assert "1 segment of UCS-2 (54 places, because of ☀)" in ended.stdout
    assert mail.read_text(encoding="utf-8") == "<p>Shoe 3</p><p>Shoe 2</p>"
    french = fermata("preview", "more", "--event", event, "--channel", "email", "--locale", "fr_CA", "--json")
    assert json.loads(french.stdout) == {"email": {"subject": "Encore", "html": "<p>Encore</p>", "text": "Encore"}}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("more",), "more: event.category is missing or no text"),
        (("other",), "no message 'other' is written; there are more"),
        (("more", "--channel", "push"), "more is not written for push"),
        (("more", "--channel", "sms", "--event", "{event}", "--html", "x"), "so there is no HTML to write"),
        (("more", "--event", "{broken}"), "is not JSON"),
        (("more", "--event", "{list}"), "holds no JSON object"),
        (("more", "--products", "{event}"), "holds no list of products"),
        (("more", "--products", "{list}"), "a product is a JSON object"),
        (("more", "--event", "/nowhere.json"), "cannot be read"),
    ],
)
def test_what_cannot_be_shown_is_named_in_one_line(
    fermata: Fermata, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    names = {
        "{event}": written(tmp_path / "event.json", {"category": "shoes"}),
        "{list}": written(tmp_path / "list.json", [1]),
        "{broken}": str(tmp_path / "broken.json"),
    }
    (tmp_path / "broken.json").write_text("{")
    ended = fermata("preview", *(names.get(each, each) for each in arguments))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert says in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
