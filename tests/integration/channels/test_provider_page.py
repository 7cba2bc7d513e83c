"""What docs/channels.md and docs/providers.md show of providers works as it stands there."""

import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from pytest_httpserver import HTTPServer

from fermata.channels import Accepted, Busy, Envelope, Provider, Rejected, Roster, SmsContent, providers_from
from fermata.channels.declared import read_declarations
from fermata.channels.kinds import KINDS
from fermata.database import Pool
from fermata.vocabulary import Channel

_DOCS = Path(__file__).parents[3] / "docs"
_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
_DECLARED = """
[[sms]]
name = "homing"
kind = "pigeon"
secret = "CORN"
options = {{ url = "{url}" }}
"""


def _blocks(page: str, language: str) -> list[str]:
    text = (_DOCS / page).read_text(encoding="utf-8")
    return [code for found, code in _BLOCK.findall(text) if found == language]


def _pigeon() -> str:
    (code,) = (block for block in _blocks("channels.md", "python") if "class PigeonProvider" in block)
    return code


@pytest.fixture
async def pigeon(
    pool: Pool, httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Provider]:
    """The provider of the page, declared as a deployment would."""
    (tmp_path / "pigeon.py").write_text(_pigeon(), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(KINDS, "pigeon", "pigeon")
    monkeypatch.delitem(sys.modules, "pigeon", raising=False)
    document = _DECLARED.format(url=httpserver.url_for("/"))
    declared = read_declarations(document, {"CORN": "yellow"}, "providers.toml")
    roster: Roster = providers_from(pool=pool, from_address="hello@shop.example", declarations=declared)
    async with roster:
        yield roster[Channel.SMS][0].provider


def _envelope() -> Envelope:
    somebody = UUID(int=1)
    return Envelope("key-1", Channel.SMS, "+447700900123", SmsContent("coo"), somebody, "hello", somebody)


def test_a_provider_takes_60_lines() -> None:
    assert len(_pigeon().splitlines()) <= 60


async def test_the_pigeon_carries_its_key_and_brings_a_ring(pigeon: Provider, httpserver: HTTPServer) -> None:
    headers = {"Idempotency-Key": "key-1"}
    body = {"leg": "+447700900123", "words": "coo"}
    httpserver.expect_oneshot_request("/flights", "POST", headers=headers, json=body).respond_with_json({"ring": 7})
    assert await pigeon.send(_envelope()) == Accepted("7")


@pytest.mark.parametrize(
    ("status", "body", "kind", "certain"),
    [(503, "", Busy, True), (400, "", Rejected, None), (200, "{", Busy, False), (200, "[]", Busy, False)],
)
async def test_the_pigeon_answers_what_the_port_asks_for(
    pigeon: Provider, httpserver: HTTPServer, status: int, body: str, kind: type, certain: bool | None
) -> None:
    httpserver.expect_oneshot_request("/flights").respond_with_data(body, status=status)
    answer = await pigeon.send(_envelope())
    assert isinstance(answer, kind)
    assert getattr(answer, "certain", None) is certain


async def test_the_declared_providers_of_the_page_are_made(pool: Pool) -> None:
    (document,) = _blocks("providers.md", "toml")
    declared = read_declarations(document, {"MAIL_API_KEY": "SG.key", "MAIL_PASSWORD": "hush"}, "providers.toml")
    async with providers_from(pool=pool, from_address="hello@shop.example", declarations=declared) as roster:
        those = roster[Channel.EMAIL]
        assert [(each.name, each.tier, each.weight, each.rate) for each in those] == [
            ("api", 1, 3, 200),
            ("server", 1, 1, None),
            ("standby", 2, 1, None),
        ]
