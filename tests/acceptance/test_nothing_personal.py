"""The main job on the embedded stack with people who are marked all over, and where no mark may be found afterwards."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import httpx
import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client

from cli.stack.ports import free_port
from cli.stack.stack import Stack
from cli.stack.stack_options import StackOptions
from cli.stack.waiting import until
from fermata.database import open_pool
from fermata.journeys import held_out
from fermata.privacy import KeyGone, ProfileKeys, master_keys_from
from tests.acceptance.log_lines import back_from_the_provider
from tests.acceptance.process_lists import command_lines
from tests.people import zone_where_it_is
from worker.codec import ProfileCodec

_LIMIT = timedelta(seconds=60)
_MASTER = f"test={base64.b64encode(os.urandom(32)).decode()}"
_CONSENT = {channel: {"marketing": "granted"} for channel in ("email", "sms", "push")}
_PROVIDER_TOKEN, _SECRET_KEY = "zqxsecret-of-the-provider", "zqxsecret-that-signs-links-and-sessions"
_SHOE = "Zqcshoe"
"""Stands in a property that may lie in a history: that it is found shows that what is there can be found."""


@dataclass(frozen=True)
class Marked:
    """Somebody whose every word is marked.

    Args:
        mark: In all that is theirs, and in nothing else.
        phone: A number for fiction, theirs alone.
    """

    mark: str
    phone: str

    @property
    def email(self) -> str:
        """Their address."""
        return f"ada.{self.mark}@example.com"

    @property
    def marks(self) -> tuple[str, ...]:
        """What nobody may find."""
        return (self.mark, self.phone.removeprefix("+"), sha256(self.email.encode()).hexdigest())

    def identify(self) -> dict[str, Any]:
        """What their shop states of them."""
        name = {"firstName": f"Ada {self.mark}", "lastName": self.mark.upper(), "username": self.mark}
        address = {"street": f"1 {self.mark} Street", "city": "London", "country": "GB"}
        reached = {"email": self.email, "phone": self.phone, "push_token": f"token-{self.mark}"}
        where = {"timezone": zone_where_it_is(12), "consent": _CONSENT}
        return {"type": "identify", "traits": {**name, "address": address, **reached, **where}}

    def does(self, event: str) -> dict[str, Any]:
        """An event that says too much of them, in many places."""
        told = {"email": self.email, "contact": f"mail to {self.email} or {self.phone}", "phoneNumber": self.phone}
        also = {"customer_name": f"Ada {self.mark}", "gift_message": f"from {self.mark}", "note": self.mark}
        deep = {"shipping": {"name": self.mark}, "hash": self.marks[2], "products": [{"engraving": self.mark}]}
        shoe = {"product_id": "shoe-1", "name": _SHOE, "price": 59.9, "currency": "EUR"}
        context = {"ip": "203.0.113.7", "page": {"url": f"https://shop.example/?email={self.email}"}}
        properties = {**told, **also, **deep, **shoe}
        return {"type": "track", "event": event, "properties": properties, "context": context}

    def malformed(self) -> dict[str, Any]:
        """One that the door refuses, and keeps."""
        return {"type": "track", "event": 7, "properties": {"email": self.email, "note": self.mark}}


@dataclass
class Shop:
    """A running stack, and those who talk to it; the worker's own port is beside it."""

    stack: Stack
    port: int
    sender: httpx.AsyncClient
    operator: httpx.AsyncClient

    async def says(self, user: str, *events: dict[str, Any]) -> None:
        """Sends events of somebody."""
        for number, event in enumerate(events):
            sent = {**event, "userId": user, "messageId": f"{user}-{number}-{event.get('event')}"}
            await self.sender.post("/v1/batch", json={"batch": [sent]})

    async def joins(self, marked: Marked) -> UUID:
        """Has somebody known whom no holdout holds out, and go their whole way: a cart, a reminder by push, another
        look, a discount by mail. Returns their id.
        """
        for number in range(20):
            user = f"{marked.mark}-{number}"
            await self.says(user, {"type": "track", "event": "Looked Around"})  # no address yet: it would be suppressed
            answer = await self.operator.get("/api/v1/profiles", params={"user_id": user})
            profile_id = UUID(answer.raise_for_status().json()["id"])
            if not held_out("cart_recovery", profile_id, 0.1):
                await self.says(user, marked.identify(), marked.does("Product Added"), marked.malformed())
                await self._has_sent(profile_id, 1)
                await self.says(user, marked.does("Product Viewed"))
                await self._has_sent(profile_id, 2)
                return profile_id
            await self.operator.delete(f"/api/v1/profiles/{profile_id}")
        raise AssertionError("everybody is held out")

    async def _has_sent(self, profile_id: UUID, number: int) -> None:
        async def sent() -> bool:
            answer = await self.operator.get("/api/v1/decisions", params={"profile": str(profile_id)})
            decided = [each["action"] for each in answer.raise_for_status().json()["items"]]
            return decided.count("send") >= number

        assert await until(sent, limit=_LIMIT)

    async def found(self, *marks: str) -> list[str]:
        """Which marks stand in Temporal's database, in a log, or among the metrics; each with its place."""
        files = [*self.stack.logs.iterdir(), *(self.stack.folder / "temporal").iterdir()]
        files += self.stack.folder.glob("postgres/*.log")
        counted = [await self.operator.get(page) for page in ("/metrics", f"http://127.0.0.1:{self.port}/metrics")]
        texts = {path.name: await asyncio.to_thread(path.read_bytes) for path in files}
        texts["metrics"] = b"".join(each.raise_for_status().content for each in counted)
        return [
            f"{place}: {mark}: {text[max(0, text.lower().find(mark.lower().encode()) - 200) :][:400]!r}"
            for place, text in texts.items()
            for mark in marks
            if mark.lower().encode() in text.lower()
        ]

    async def rows(self, *marks: str) -> list[str]:
        """The rows of any table in which a mark stands, as text or as bytes."""
        connection = await asyncpg.connect(self.stack.report.database)
        try:
            tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            texts = [
                f"{name}: {row[0]}"
                for (name,) in tables
                for row in await connection.fetch(f'SELECT t::text FROM "{name}" t')  # noqa: S608
            ]
        finally:
            await connection.close()
        looked_for = [form for mark in marks for form in (mark.lower(), mark.lower().encode().hex())]
        return [text for text in texts if any(form in text.lower() for form in looked_for)]


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    """An hour of a journey's own waits passes in a second; everything is allowed at any hour."""
    secrets = {"FERMATA_PROVIDER_TOKEN": _PROVIDER_TOKEN, "FERMATA_SECRET_KEY": _SECRET_KEY}
    port = free_port()
    small = {"FERMATA_PACE": "3600", "FERMATA_JOURNEYS": "workflows.cart_recovery", "FERMATA_WORKER_PORT": str(port)}
    environment = {**small, **secrets}
    options = StackOptions(ui=False, environment=environment, database_url=None, temporal_address=None)
    async with Stack(options) as stack:
        report = stack.report
        bearer = {"Authorization": f"Bearer {report.admin_key}"}
        async with (
            httpx.AsyncClient(base_url=report.api, auth=(report.write_key or "", "")) as sender,
            httpx.AsyncClient(base_url=report.api, headers=bearer) as operator,
        ):
            policy = await operator.put("/api/v1/policy", json={"document": "version = 1\n"})
            policy.raise_for_status()
            yield Shop(stack, port, sender, operator)


async def _payloads(shop: Shop, profile_id: UUID) -> list[Payload]:
    """What one history of somebody carries, as Temporal keeps it."""
    client = await Client.connect(shop.stack.report.temporal)
    history = await client.get_workflow_handle(f"cart_recovery/{profile_id}").fetch_history()
    started = history.events[0].workflow_execution_started_event_attributes.input.payloads
    done = [each.activity_task_completed_event_attributes.result.payloads for each in history.events]
    return [*started, *(payload for each in done for payload in each)]


async def _no_secret_is_told(shop: Shop) -> None:
    """Keys, passwords and tokens stand in no log, history, metric, table or command line."""
    report = shop.stack.report
    password, master = urlsplit(report.database).password or "", _MASTER.partition("=")[2]
    secrets = [report.write_key or "", report.admin_key or "", password, master, _PROVIDER_TOKEN, _SECRET_KEY]
    assert min(map(len, secrets)) > 15
    assert await shop.found(*secrets) == []
    assert await shop.rows(*secrets) == []
    processes = command_lines()
    assert len([each for each in processes.values() if " -m cli " in each]) >= 2, "API and worker are among them"
    assert [each for each in processes.values() if any(secret in each for secret in secrets)] == []


async def test_no_mark_is_found_in_temporal_logs_or_metrics_and_none_anywhere_after_an_erasure(shop: Shop) -> None:
    ada, eve, bob = (
        Marked("zqxada", "+442079460123"),
        Marked("zqxeve", "+442079460456"),
        Marked("zqxbob", "+442079460789"),
    )
    first = await shop.joins(ada)
    await back_from_the_provider(shop.stack.logs, shop.stack.report.provider, first)
    assert await shop.found(*ada.marks) == []
    assert {each.partition(":")[0] for each in await shop.found(_SHOE)} & {"temporal.db", "temporal.db-wal"}

    await shop.stack.kill_worker()
    await shop.stack.start_worker(FERMATA_MASTER_KEYS=_MASTER)
    closed, other = await shop.joins(eve), await shop.joins(bob)
    kept, open_still = await _payloads(shop, closed), await _payloads(shop, other)
    assert {each.metadata["encoding"] for each in (*kept, *open_still)} == {b"binary/encrypted"}

    async def erased() -> bool:
        answer = await shop.operator.delete(f"/api/v1/profiles/{closed}", params={"why": "ticket 1"})
        return answer.raise_for_status().status_code == 200

    assert await until(erased, limit=_LIMIT)
    assert await shop.found(*ada.marks, *eve.marks, *bob.marks) == []
    assert await shop.rows(*eve.marks) == []
    assert {row.partition(":")[0] for row in await shop.rows(str(closed))} == {"erasures"}
    async with open_pool(shop.stack.report.database, most=1) as pool:
        codec = ProfileCodec(ProfileKeys(pool, master_keys_from(_MASTER)))
        with pytest.raises(KeyGone):
            await codec.decode(kept)
        opened = b"".join(each.data for each in await codec.decode(open_still))
    assert _SHOE.encode() in opened, "another person's history still opens"
    assert not any(mark.encode() in opened for mark in bob.marks)
    await _no_secret_is_told(shop)
