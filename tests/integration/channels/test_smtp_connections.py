"""The connections to a mail server: few, kept open, and replaced without a word when the server ends them."""

import asyncio
from datetime import timedelta

import pytest

from fermata.channels import Accepted, Busy, SmtpProvider
from fermata.errors import Unavailable
from tests.integration.channels.envelopes import an_envelope
from tests.integration.channels.scripted_smtp import HANG_UP, STAY_SILENT, ScriptedSmtp

FROM = "hello@shop.example"


async def test_mails_one_after_the_other_share_a_connection() -> None:
    async with ScriptedSmtp() as server, SmtpProvider(server.url, FROM) as provider:
        for number in range(10):
            await provider.send(an_envelope(idempotency_key=str(number)))
        assert len(server.received) == 10
        assert server.opened == 1


async def test_sixty_mails_at_once_go_over_three_connections() -> None:
    async with ScriptedSmtp() as server, SmtpProvider(server.url, FROM, connections=3) as provider:
        answers = await asyncio.gather(*(provider.send(an_envelope(idempotency_key=str(n))) for n in range(60)))
        assert all(isinstance(answer, Accepted) for answer in answers)
        assert len({mail.message_id for mail in server.received}) == 60
        assert server.most_at_once <= 3


@pytest.mark.parametrize("farewell", ["421 4.4.2 idle for too long", HANG_UP])
async def test_an_idle_connection_that_the_server_ends_is_replaced_without_a_failure(farewell: str) -> None:
    async with ScriptedSmtp() as server, SmtpProvider(server.url, FROM) as provider:
        await provider.send(an_envelope())
        server.answer("MAIL", farewell)
        assert isinstance(await provider.send(an_envelope()), Accepted)
        assert server.opened == 2


async def test_a_server_that_restarts_between_mails_is_found_again() -> None:
    async with ScriptedSmtp() as server, SmtpProvider(server.url, FROM) as provider:
        await asyncio.gather(*(provider.send(an_envelope()) for _ in range(3)))
        server.hang_up()
        answers = await asyncio.gather(*(provider.send(an_envelope()) for _ in range(3)))
        assert all(isinstance(answer, Accepted) for answer in answers)


async def test_a_421_on_a_fresh_connection_is_busy_and_not_tried_over_and_over() -> None:
    async with ScriptedSmtp() as server, SmtpProvider(server.url, FROM) as provider:
        server.answer("MAIL", "421 4.7.0 too many connections", "421 4.7.0 too many connections")
        assert isinstance(await provider.send(an_envelope()), Busy)
        assert server.opened == 1


async def test_a_cancelled_send_frees_its_place_and_leaves_no_half_mail_behind() -> None:
    async with ScriptedSmtp() as server, SmtpProvider(server.url, FROM, connections=1) as provider:
        server.answer("RCPT", STAY_SILENT)
        sending = asyncio.create_task(provider.send(an_envelope(idempotency_key="cancelled")))
        await asyncio.wait_for(server.silent.wait(), timeout=5)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert isinstance(await provider.send(an_envelope(idempotency_key="next")), Accepted)
        assert server.opened == 2
        assert len(server.received) == 1


async def test_a_connection_that_was_long_idle_is_asked_before_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fermata.channels.smtp_connections._TRUSTED_FOR", timedelta(0))
    async with ScriptedSmtp() as server, SmtpProvider(server.url, FROM) as provider:
        for _ in range(3):
            assert isinstance(await provider.send(an_envelope()), Accepted)
        assert server.opened == 1


async def test_nothing_is_sent_once_closed() -> None:
    async with ScriptedSmtp() as server:
        provider = SmtpProvider(server.url, FROM)
        await provider.send(an_envelope())
        await provider.aclose()
        await provider.aclose()
        with pytest.raises(Unavailable, match="closed"):
            await provider.send(an_envelope())
        assert len(server.received) == 1
