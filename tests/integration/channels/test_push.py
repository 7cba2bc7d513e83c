"""One push message to all devices of a person: counted once, dead tokens removed, nothing doubled on a second try."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from cli.stack.provider_ledger import Fault
from cli.stack.provider_server import ProviderServer
from fermata.channels import (
    Accepted,
    Busy,
    Capabilities,
    Enlisted,
    HttpProvider,
    Rejected,
    Roster,
    providers_from,
)
from fermata.channels.declared import read_declarations
from fermata.channels.devices import Device, Platform, Removal, StatedDevice, kept_devices, state_devices
from fermata.channels.fcm import FcmService
from fermata.channels.push import PushProvider
from fermata.channels.push_over_http import PushOverHttp
from fermata.channels.web_push import WebPushService
from fermata.database import Pool
from fermata.errors import ConfigurationError, DefinitionError
from fermata.vocabulary import Channel, FeedbackKind, Reason
from tests.integration.channels.envelopes import ADA, SENT_AT, an_envelope
from tests.integration.channels.fcm_server import FcmServer
from tests.integration.channels.web_push_server import SUBJECT, WebPushServer

KEY = "cart_recovery/ada:run-1:cart_reminder:1"


@pytest.fixture
async def ada(pool: Pool) -> Pool:
    """A database in which Ada has a profile, and no device yet."""
    await pool.execute("INSERT INTO profiles (id, created_at, updated_at) VALUES ($1, $2, $2)", ADA, SENT_AT)
    return pool


@pytest.fixture
async def fcm() -> AsyncIterator[FcmServer]:
    async with FcmServer() as server:
        yield server


@pytest.fixture
async def browsers() -> AsyncIterator[WebPushServer]:
    async with WebPushServer() as server:
        yield server


@pytest.fixture
async def provider(ada: Pool, fcm: FcmServer, browsers: WebPushServer) -> AsyncIterator[PushProvider]:
    """Reaches apps and browsers."""
    web = WebPushService(browsers.private_key, SUBJECT, hosts=["127.0.0.1"], plain_http=True)
    async with PushProvider(ada, [FcmService(fcm.account, url=fcm.url), web], name="push") as made:
        yield made


async def own(pool: Pool, *devices: Device) -> None:
    """Has Ada own these, the last one seen last."""
    async with pool.acquire() as connection, connection.transaction():
        stated = [StatedDevice(ADA, device, SENT_AT + timedelta(minutes=n)) for n, device in enumerate(devices)]
        await state_devices(connection, stated)
        await connection.execute(
            "UPDATE profiles SET addresses = jsonb_build_object('push', $2::text) WHERE id = $1", ADA, devices[-1].token
        )


async def push(provider: PushProvider, **changes: Any) -> Accepted | Rejected | Busy:
    return await provider.send(an_envelope(Channel.PUSH, **{"address": "phone", **changes}))


async def live(pool: Pool) -> Sequence[str]:
    return [each.device.token for each in await kept_devices(pool, ADA) if each.live]


async def test_every_device_gets_the_message_under_a_key_of_its_own(
    ada: Pool, provider: PushProvider, fcm: FcmServer, browsers: WebPushServer
) -> None:
    laptop, browser = browsers.subscribe("laptop")
    tablet = Device("tablet", Platform.IOS)
    await own(ada, tablet, laptop, Device("phone", Platform.ANDROID))
    assert isinstance(await push(provider), Accepted)
    keys = {message["token"]: message["data"]["key"] for message in fcm.sent}
    assert keys == {"phone": KEY, "tablet": f"{KEY}:{tablet.id[:16]}"}
    assert [got["key"] for got in browser.got] == [f"{KEY}:{laptop.id[:16]}"]


async def test_dead_tokens_are_removed_and_the_address_is_the_latest_that_lives(
    ada: Pool, provider: PushProvider, fcm: FcmServer, browsers: WebPushServer
) -> None:
    laptop, browser = browsers.subscribe("laptop")
    await own(ada, Device("old phone"), laptop, Device("phone"))
    browsers.unsubscribe("laptop")
    fcm.dead.add("phone")
    assert isinstance(await push(provider), Accepted)
    assert await live(ada) == ["old phone"]
    assert await ada.fetchval("SELECT addresses FROM profiles") == {"push": "old phone"}
    removed = [each for each in await kept_devices(ada, ADA) if not each.live]
    assert {each.reason for each in removed} == {Removal.PROVIDER}
    assert browser.got == []


async def test_where_no_device_is_left_the_person_cannot_be_reached_by_push(
    ada: Pool, provider: PushProvider, fcm: FcmServer
) -> None:
    await own(ada, Device("tablet"), Device("phone"))
    fcm.dead |= {"phone", "tablet"}
    answer = await push(provider)
    assert isinstance(answer, Rejected)
    assert answer.reason is Reason.NO_PUSH_TOKEN
    assert await ada.fetchval("SELECT addresses FROM profiles") == {}
    assert isinstance(await push(provider), Rejected)
    assert fcm.asked == 2, "nobody asks again for what is dead"


async def test_a_phone_that_is_somebody_elses_by_now_gets_nothing(
    ada: Pool, provider: PushProvider, fcm: FcmServer
) -> None:
    await own(ada, Device("phone"))
    bob = await ada.fetchval(
        "INSERT INTO profiles (id, created_at, updated_at) VALUES (gen_random_uuid(), $1, $1) RETURNING id", SENT_AT
    )
    async with ada.acquire() as connection:
        await state_devices(connection, [StatedDevice(bob, Device("phone"), SENT_AT + timedelta(hours=1))])
    answer = await push(provider)
    assert isinstance(answer, Rejected)
    assert answer.reason is Reason.NO_PUSH_TOKEN
    assert fcm.sent == []
    assert await ada.fetchval("SELECT addresses FROM profiles WHERE id = $1", ADA) == {}


async def test_one_device_that_takes_it_is_enough(ada: Pool, provider: PushProvider, fcm: FcmServer) -> None:
    await own(ada, Device("tablet"), Device("phone"))
    fcm.faults.append((503, {}, {}))
    assert isinstance(await push(provider), Accepted)
    assert len(fcm.sent) == 1


async def test_devices_that_all_cannot_be_reached_now_are_tried_again_as_soon_as_one_can(
    ada: Pool, provider: PushProvider, fcm: FcmServer
) -> None:
    await own(ada, Device("tablet"), Device("phone"))
    fcm.faults += [(503, {}, {"Retry-After": "60"}), (429, {}, {"Retry-After": "5"})]
    answer = await push(provider)
    assert isinstance(answer, Busy)
    assert (answer.retry_after, answer.certain, answer.outage) == (timedelta(seconds=5), True, False)
    assert isinstance(await push(provider), Accepted)
    assert len(fcm.sent) == 2


async def test_an_answer_that_was_lost_on_one_device_leaves_the_outcome_unknown(
    ada: Pool, provider: PushProvider, fcm: FcmServer
) -> None:
    await own(ada, Device("tablet"), Device("phone"))
    fcm.faults += [(503, {}, {}), (200, b"lies", {})]
    answer = await push(provider)
    assert isinstance(answer, Busy)
    assert not answer.certain


async def test_a_payload_at_fault_kills_no_token(ada: Pool, provider: PushProvider, fcm: FcmServer) -> None:
    await own(ada, Device("phone"))
    fault = {"error": {"status": "INVALID_ARGUMENT", "message": "Message too big"}}
    fcm.faults.append((400, fault, {}))
    answer = await push(provider)
    assert isinstance(answer, Rejected)
    assert answer.reason is Reason.PROVIDER_REJECTED
    assert await live(ada) == ["phone"]


async def test_a_profile_that_became_part_of_another_is_reached_on_its_devices(
    ada: Pool, provider: PushProvider, fcm: FcmServer
) -> None:
    await own(ada, Device("phone"))
    former = "01890000-0000-7000-8000-00000000f0f0"
    await ada.execute(
        "INSERT INTO profile_merges (loser_id, survivor_id, merged_at, message_id, name, other_name)"
        " VALUES ($1, $2, $3, 'm', 'a', 'b')",
        former,
        ADA,
        SENT_AT,
    )
    assert isinstance(await push(provider, profile_id=former), Accepted)


async def test_a_browser_that_no_service_reaches_is_a_mistake_of_the_deployment(
    ada: Pool, fcm: FcmServer, browsers: WebPushServer
) -> None:
    laptop, _ = browsers.subscribe("laptop")
    await own(ada, laptop)
    async with PushProvider(ada, [FcmService(fcm.account, url=fcm.url)]) as only_apps:
        answer = await push(only_apps, address=laptop.token)
    assert isinstance(answer, Rejected)
    assert (answer.reason, answer.permanent) == (Reason.PROVIDER_MISCONFIGURED, False)
    assert await live(ada) == [laptop.token]


async def test_the_http_provider_gets_a_request_a_device_and_a_second_try_delivers_to_nobody_twice(ada: Pool) -> None:
    await own(ada, Device("tablet"), Device("phone"))
    async with ProviderServer() as server:
        over_http = PushOverHttp(HttpProvider(Channel.PUSH, f"{server.url}/push"))
        async with PushProvider(ada, [over_http]) as provider:
            server.ledger.fail_next(Fault(status=502, times=2, after_delivery=True))
            assert isinstance(await push(provider), Busy)
            assert isinstance(await push(provider), Accepted)
        assert [(message.body["to"], message.seen, message.delivered) for message in server.messages] == [
            ("phone", 2, 1),
            ("tablet", 2, 1),
        ]
        assert server.messages[0].key == KEY


async def test_a_deployment_declares_apps_and_browsers_in_one_provider(
    ada: Pool, fcm: FcmServer, browsers: WebPushServer, tmp_path: Any
) -> None:
    key_file = tmp_path / "account.json"
    key_file.write_text(fcm.account.model_dump_json())
    declared = f"""
[[push]]
name = "apps-and-browsers"
kind = "push"
secret = "VAPID_KEY"
[push.options]
fcm_service_account = "{key_file}"
fcm_url = "{fcm.url}"
vapid_subject = "{SUBJECT}"
"""
    await own(ada, Device("phone"))
    declarations = read_declarations(declared, {"VAPID_KEY": browsers.private_key}, "providers.toml")
    async with providers_from(pool=ada, from_address="a@b.example", declarations=declarations) as roster:
        (enlisted,) = roster[Channel.PUSH]
        assert enlisted.name == "apps-and-browsers"
        assert isinstance(await enlisted.provider.send(an_envelope(Channel.PUSH, address="phone")), Accepted)


@pytest.mark.parametrize(
    ("options", "environment", "told"),
    [
        ("", {}, "push needs a service"),
        ('fcm_service_account = "/nowhere.json"', {}, "cannot be read: No such file"),
        ('vapid_subject = "mailto:a@b.example"', {}, "both options.vapid_subject and a secret"),
    ],
)
async def test_a_declaration_that_cannot_work_is_refused_with_its_place(
    pool: Pool, options: str, environment: dict[str, str], told: str
) -> None:
    text = f'[[push]]\nname = "p"\nkind = "push"\n[push.options]\n{options}\n'
    declarations = read_declarations(text, environment, "providers.toml")
    with pytest.raises(ConfigurationError, match=told) as refusal:
        providers_from(pool=pool, from_address="a@b.example", declarations=declarations)
    assert "push.0" in str(refusal.value)


async def test_a_message_relies_on_no_more_than_every_service_promises(pool: Pool) -> None:
    class Counting(PushOverHttp):
        """A service that says more of itself."""

        def __init__(self, capabilities: Capabilities) -> None:
            super().__init__(HttpProvider(Channel.PUSH, "http://127.0.0.1:1"))
            self.capabilities = capabilities

    delivered, opened = frozenset({FeedbackKind.DELIVERED}), frozenset({FeedbackKind.OPENED})
    slow = Counting(Capabilities(honours_idempotency_key=True, unknown="resend", feedback=delivered, rate=50))
    fast = Counting(Capabilities(honours_idempotency_key=False, unknown="resend", feedback=opened, rate=200))
    free = Counting(Capabilities(honours_idempotency_key=True, unknown="assume_sent"))
    async with PushProvider(pool, [slow, fast, free]) as made:
        assert made.capabilities == Capabilities(
            honours_idempotency_key=False, unknown="assume_sent", feedback=delivered | opened, rate=50
        )
        assert Roster([Enlisted(made, rate=made.capabilities.rate)]).rates == {Channel.PUSH: 50}


async def test_what_is_no_push_is_a_mistake_of_the_caller(provider: PushProvider) -> None:
    with pytest.raises(DefinitionError, match="sends push, not sms"):
        await provider.send(an_envelope(Channel.SMS))
