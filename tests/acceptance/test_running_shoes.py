"""The running-shoe story on the embedded stack: its own processes, and nothing but what Segment's SDK sends."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from cli.stack.mailbox import read_mail
from cli.stack.stack import Stack
from cli.stack.stack_options import StackOptions
from cli.stack.waiting import until
from fermata.catalogue import Product, put
from fermata.database import open_pool
from fermata.journeys import held_out
from tests.ad_platforms import TOKEN, AdPlatforms
from tests.integration.api.served import Served
from tests.integration.sdks.messages import segment_sdk
from tests.people import zone_where_it_is

_JOURNEYS = ("workflows.browse_abandonment", "workflows.post_purchase_care")
_LIMIT = timedelta(seconds=60)
_SHOES = {
    "product_id": "trail-3",
    "name": "Trail Runner 3",
    "category": "Running Shoes",
    "price": 129.9,
    "currency": "EUR",
}
_SOLD = [
    Product("trail-3", name="Trail Runner 3", category="Running Shoes"),
    Product("socks", name="Merino socks", category="Running Shoes"),
]
_AUDIENCE = "1004"
_DECLARED = f"""
[platforms.meta]
kind = "meta"
token = "META_TOKEN"
url = "{{url}}"

[audiences.browsed]
platform = "meta"
id = "{_AUDIENCE}"
"""
_CANDIDATES = 20  # with two holdouts of a tenth, four in five are in neither


@dataclass
class Shop:
    """A running stack, the SDK of a shop in front of it, and an ad platform behind it."""

    stack: Stack
    ads: AdPlatforms
    sdk: Any
    operator: httpx.AsyncClient

    async def tells(self, call: Callable[[], object]) -> None:
        """The shop's SDK sends something, and has been answered."""
        await asyncio.to_thread(call)
        await asyncio.to_thread(self.sdk.flush)

    async def profile(self, user_id: str) -> UUID:
        """Whose profile it is."""
        answer = await self.operator.get("/api/v1/profiles", params={"user_id": user_id})
        return UUID(answer.raise_for_status().json()["id"])

    async def runs(self, profile_id: UUID) -> dict[str, str]:
        """How each journey of somebody stands."""
        answer = await self.operator.get("/api/v1/runs", params={"profile_id": str(profile_id)})
        return {run["journey"]: run["state"] for run in answer.raise_for_status().json()["items"]}

    async def subjects(self, number: int) -> Sequence[str]:
        """The subjects of all mails, once there are so many."""
        await until(lambda: self.stack.mail_received() >= number, limit=_LIMIT)
        return [str(mail["Subject"]) for mail in read_mail(self.stack.mailbox)]

    async def advertises(self, *, to: bool) -> bool:
        """Whether the ad platform comes to hold somebody, or nobody."""
        return await until(lambda: bool(self.ads.of(_AUDIENCE)) is to, limit=_LIMIT)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    """A day of a journey's own waits passes in a second; everything is allowed, since caps know no hurry."""
    async with AsyncExitStack() as opened:
        ads = await opened.enter_async_context(AdPlatforms())
        declared = tmp_path / "audiences.toml"
        declared.write_text(_DECLARED.format(url=ads.declared().platforms["meta"].url), encoding="utf-8")
        environment = {
            "FERMATA_PACE": str(24 * 3600),
            "FERMATA_JOURNEYS": ",".join(_JOURNEYS),
            "FERMATA_AUDIENCES": str(declared),
            "META_TOKEN": TOKEN,
        }
        options = StackOptions(ui=False, environment=environment, database_url=None, temporal_address=None)
        stack = await opened.enter_async_context(Stack(options))
        keys = Served(stack.report.api, stack.report.write_key or "", stack.report.admin_key or "")
        operator = await opened.enter_async_context(keys.operator())
        policy = await operator.put("/api/v1/policy", json={"document": "version = 1\n"})
        policy.raise_for_status()
        async with open_pool(stack.report.database, most=1) as pool:
            await put(pool, _SOLD, datetime.now(UTC))
        errors: list[Exception] = []
        with ExitStack() as sending:
            sdk = sending.enter_context(segment_sdk(keys, errors))
            yield Shop(stack, ads, sdk, operator)
        assert errors == []


async def test_a_look_reviews_ads_a_cart_its_offer_and_a_purchase_that_stops_it_all(shop: Shop) -> None:
    ada, profile_id = await somebody(shop)
    await shop.tells(lambda: shop.sdk.track(ada, "Product Viewed", _SHOES))
    assert await shop.subjects(1) == ["What others say about the Trail Runner 3"]
    assert await shop.advertises(to=True)

    await shop.tells(lambda: shop.sdk.track(ada, "Product Added", _SHOES))
    _, offer = await shop.subjects(2)
    assert offer in {"10% off on your cart, today and tomorrow", "Free shipping on your cart, today and tomorrow"}

    order = {"order_id": "o-1", "revenue": 129.9, "currency": "EUR", "products": [_SHOES]}
    await shop.tells(lambda: shop.sdk.track(ada, "Order Completed", order))
    assert await shop.advertises(to=False)
    assert (await shop.subjects(3))[2] == "What goes well with your order"
    assert "Merino socks" in read_mail(shop.stack.mailbox)[2].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert await shop.runs(profile_id) == {"browse_abandonment": "converted", "post_purchase_care": "active"}


async def somebody(shop: Shop) -> tuple[str, UUID]:
    """Somebody for whom it is noon, whom no holdout of these journeys holds out."""
    consent = {channel: {"marketing": "granted"} for channel in ("email", "ads")}
    for number in range(_CANDIDATES):
        who = f"ada-{number}"
        traits = {"email": f"{who}@example.com", "timezone": zone_where_it_is(12), "consent": consent}
        await shop.tells(lambda who=who, traits=traits: shop.sdk.identify(who, traits))  # type: ignore[misc]
        profile_id = await shop.profile(who)
        if not any(held_out(module.rpartition(".")[2], profile_id, 0.1) for module in _JOURNEYS):
            return who, profile_id
    raise AssertionError("everybody is held out")
