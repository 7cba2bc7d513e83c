"""The examples in docs/webhooks.md and of names of one's own in docs/events.md do what the pages say."""

import asyncio
import base64
import re
import textwrap
from pathlib import Path

import httpx
import orjson
import pytest

from api.application import create_app
from cli.stack.http_server import HttpServer
from fermata.database import Pool
from fermata.events.normalise import normalise
from fermata.events.verbs import read_verbs, standard_verbs
from fermata.events.webhooks import Sources, read_sources
from fermata.journeys import Registry

_DOCS = Path(__file__).parents[3] / "docs"
_PAGE = (_DOCS / "webhooks.md").read_text(encoding="utf-8")
_EVENTS = (_DOCS / "events.md").read_text(encoding="utf-8")
_SECRET = "whsec_" + base64.b64encode(b"twenty-four random bytes").decode()


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def declared() -> Sources:
    document = "\n".join(blocks(_PAGE, "toml"))
    secrets = set(re.findall(r'"([A-Z_]+_SECRET(?:_BEFORE)?)"', document))
    return read_sources(document, dict.fromkeys(secrets, _SECRET))


def test_the_declared_sources_are_read() -> None:
    assert {name: source.scheme for name, source in declared().items()} == {
        "shop": "shopify",
        "billing": "stripe",
        "helpdesk": "zendesk",
        "chat": "standard",
        "ratings": "zendesk",
    }


async def test_the_example_of_a_signed_webhook_is_answered_as_the_page_says(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    [example] = blocks(_PAGE, "python")
    said = re.findall(r"# (\{'success.*\})", example)[0]
    async with HttpServer(create_app(pool=pool, registry=Registry({}), sources=declared())) as server:
        monkeypatch.setenv("FERMATA", server.url)
        monkeypatch.setenv("CHAT_SECRET", _SECRET)
        names: dict[str, object] = {}
        await asyncio.to_thread(exec, example, names)
    answer = names["answer"]
    assert isinstance(answer, httpx.Response)
    assert str(answer.json()) == said
    stored = await pool.fetchrow("SELECT name, properties FROM events")
    assert stored is not None
    assert stored["name"] == "Live Chat Conversation Started"
    assert stored["properties"] == {"conversation_id": "77", "agent_name": "Grace"}


def test_the_body_of_the_trigger_is_json() -> None:
    [body] = blocks(_PAGE, "json")
    assert set(orjson.loads(body)) == {"requester", "ticket", "rating", "comment"}


def test_names_of_ones_own_are_read_as_the_page_says() -> None:
    [document] = blocks(_EVENTS, "toml")
    own = read_verbs(textwrap.dedent(document), over=standard_verbs())
    assert normalise("In den Warenkorb", {"margin": "2.50"}, own).properties == {"margin": 2.5}
    assert normalise("trial.begin", {}, own).name == "Trial Started"


def test_every_word_that_the_page_promises_is_a_standard_event() -> None:
    tables = "\n".join(line for line in _PAGE.splitlines() if line.startswith("| `"))
    promised = set(re.findall(r'"([A-Z][A-Za-z ]+)"', tables))
    assert len(promised) > 12
    for name in promised:
        verb = standard_verbs().find(name)
        assert verb is not None, name
        assert verb.name == name
