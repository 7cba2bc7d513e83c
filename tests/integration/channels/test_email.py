"""Email over a real SMTP server: what arrives, and what each fault on the way is called."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from cli.stack.mailbox import ReceivedMail
from cli.stack.ports import free_port
from cli.stack.smtp_server import SmtpServer
from fermata.channels import Accepted, Busy, EmailContent, Rejected, SmtpProvider
from fermata.errors import DefinitionError
from fermata.vocabulary import Channel, Reason
from tests.integration.channels.envelopes import an_envelope
from tests.integration.channels.scripted_smtp import HANG_UP, STAY_SILENT, ScriptedSmtp

FROM = "Café Müller <hello@shop.example>"
PATIENCE = timedelta(seconds=0.4)


@asynccontextmanager
async def provider_for(url: str, **options: object) -> AsyncIterator[SmtpProvider]:
    async with SmtpProvider(url, FROM, **{"timeout": timedelta(seconds=5), **options}) as provider:  # type: ignore[arg-type]
        yield provider


async def test_a_mail_arrives_with_both_texts_and_readable_headers(smtp: SmtpServer) -> None:
    content = EmailContent(subject="Schön, dass du da bist ☀", html="<p>Grüße</p>", text="Grüße")
    async with provider_for(smtp.url) as provider:
        answer = await provider.send(an_envelope(content=content))

    (received,) = smtp.messages
    mail = received.message
    assert isinstance(answer, Accepted)
    assert answer.provider_message_id == received.message_id
    assert (received.sender, received.recipients) == ("hello@shop.example", ("ada@example.com",))
    assert str(mail["Subject"]) == "Schön, dass du da bist ☀"
    assert str(mail["From"]) == FROM
    assert str(mail["Date"]) == "Mon, 09 Mar 2026 10:30:00 +0000"
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert _lines(received, "plain") == ["Grüße"]
    assert _lines(received, "html") == ["<p>Grüße</p>"]
    assert received.content.isascii()


async def test_the_same_attempt_has_the_same_message_id_and_another_one_another(smtp: SmtpServer) -> None:
    async with provider_for(smtp.url) as provider:
        for key in ("attempt-1", "attempt-1", "attempt-2"):
            await provider.send(an_envelope(idempotency_key=key))

    first, again, other = (mail.message_id for mail in smtp.messages)
    assert first == again != other
    assert first.endswith("@shop.example>")
    assert "attempt" not in first


@pytest.mark.parametrize(
    ("address", "envelope_address"),
    [("ada@münchen.example", "ada@xn--mnchen-3ya.example"), ("jürgen@müller.example", "jürgen@müller.example")],
)
async def test_addresses_outside_of_ascii_are_reached(smtp: SmtpServer, address: str, envelope_address: str) -> None:
    async with provider_for(smtp.url) as provider:
        assert isinstance(await provider.send(an_envelope(address=address)), Accepted)
    assert smtp.messages[0].recipients == (envelope_address,)


async def test_a_server_without_smtputf8_is_not_asked_for_an_address_that_needs_it() -> None:
    async with ScriptedSmtp(enable_SMTPUTF8=False) as server, provider_for(server.url) as provider:
        answer = await provider.send(an_envelope(address="jürgen@müller.example"))
        assert isinstance(answer, Rejected)
        assert answer.reason is Reason.INVALID_ADDRESS
        assert isinstance(await provider.send(an_envelope()), Accepted)
        assert server.opened == 1


@pytest.mark.parametrize(
    "address",
    ["ada@example.com\r\nBcc: eve@example.com", "ada@example.com, eve@example.com", "Ada <ada@example.com>", "ada", ""],
)
async def test_an_address_that_is_none_or_more_than_one_is_refused_before_anything_is_sent(
    smtp: SmtpServer, address: str
) -> None:
    async with provider_for(smtp.url) as provider:
        answer = await provider.send(an_envelope(address=address))
    assert isinstance(answer, Rejected)
    assert answer.reason is Reason.INVALID_ADDRESS
    assert not smtp.messages


async def test_a_subject_that_would_add_a_header_is_refused(smtp: SmtpServer) -> None:
    content = EmailContent(subject="Hi\r\nBcc: eve@example.com", html="<p>Hi</p>", text="Hi")
    async with provider_for(smtp.url) as provider:
        answer = await provider.send(an_envelope(content=content))
    assert isinstance(answer, Rejected)
    assert answer.reason is Reason.RENDER_FAILED
    assert not smtp.messages


async def test_a_lone_dot_in_the_text_does_not_end_the_mail(smtp: SmtpServer) -> None:
    content = EmailContent(subject="Dots", html="<p>.</p>", text="one\n.\nMAIL FROM:<eve@example.com>\n..two")
    async with provider_for(smtp.url) as provider:
        await provider.send(an_envelope(content=content))
    (received,) = smtp.messages
    assert _lines(received, "plain") == ["one", ".", "MAIL FROM:<eve@example.com>", "..two"]


async def test_a_profile_without_an_address_is_rejected() -> None:
    async with provider_for("smtp://127.0.0.1:1") as provider:
        answer = await provider.send(an_envelope(address=None))
    assert isinstance(answer, Rejected)
    assert answer.reason is Reason.MISSING_ADDRESS


async def test_an_envelope_of_another_channel_is_a_mistake_of_the_caller() -> None:
    async with provider_for("smtp://127.0.0.1:1") as provider:
        with pytest.raises(DefinitionError, match="not sms"):
            await provider.send(an_envelope(Channel.SMS))


@pytest.mark.parametrize(
    ("command", "answer", "reason"),
    [
        ("RCPT", "550 5.1.1 <ada@example.com>: no such user", Reason.INVALID_ADDRESS),
        ("RCPT", "550 no such user", Reason.INVALID_ADDRESS),
        ("RCPT", "550 5.7.1 blocked by policy", Reason.PROVIDER_REJECTED),
        ("RCPT", "554 5.2.1 mailbox disabled", Reason.PROVIDER_REJECTED),
        ("MAIL", "550 5.7.1 sender not allowed", Reason.PROVIDER_MISCONFIGURED),
        ("MAIL", "552 5.3.4 too big", Reason.PROVIDER_REJECTED),
        ("DATA", "554 5.7.1 spam", Reason.PROVIDER_REJECTED),
    ],
)
async def test_a_refusal_for_good_is_named_for_what_was_refused(command: str, answer: str, reason: Reason) -> None:
    async with ScriptedSmtp() as server, provider_for(server.url) as provider:
        server.answer(command, answer)
        rejected = await provider.send(an_envelope())
        assert isinstance(rejected, Rejected)
        assert rejected.reason is reason
        assert "ada@example.com" not in rejected.detail
        # The next mail finds the connection clean.
        assert isinstance(await provider.send(an_envelope()), Accepted)
        assert server.opened == 1


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_a_refusal_for_now_is_busy_and_certain(command: str) -> None:
    async with ScriptedSmtp() as server, provider_for(server.url) as provider:
        server.answer(command, "451 4.7.1 greylisted, come back later")
        busy = await provider.send(an_envelope())
        # What is said of one recipient says nothing of the server.
        assert busy == Busy(None, busy.detail, certain=True, outage=command != "RCPT")  # type: ignore[union-attr]
        assert "greylisted" in busy.detail
        assert isinstance(await provider.send(an_envelope()), Accepted)


@pytest.mark.parametrize(("command", "certain"), [("MAIL", True), ("RCPT", True), ("DATA", False)])
async def test_only_a_connection_that_ends_after_the_mail_leaves_the_outcome_open(command: str, certain: bool) -> None:
    async with ScriptedSmtp() as server, provider_for(server.url) as provider:
        server.answer(command, HANG_UP)
        busy = await provider.send(an_envelope())
        assert isinstance(busy, Busy)
        assert busy.certain is certain
        assert isinstance(await provider.send(an_envelope()), Accepted)


@pytest.mark.parametrize(("command", "certain"), [("MAIL", True), ("RCPT", True), ("DATA", False)])
async def test_a_server_that_falls_silent_is_left_after_the_time_out(command: str, certain: bool) -> None:
    async with ScriptedSmtp() as server, provider_for(server.url, timeout=PATIENCE) as provider:
        server.answer(command, STAY_SILENT)
        busy = await provider.send(an_envelope())
        assert isinstance(busy, Busy)
        assert busy.certain is certain


async def test_a_mail_taken_before_the_connection_ended_is_sent_again_under_the_same_message_id() -> None:
    async with ScriptedSmtp() as server, provider_for(server.url) as provider:
        assert provider.capabilities.unknown == "resend"
        server.answer("DATA", HANG_UP)
        for _ in range(2):
            await provider.send(an_envelope())
        first, again = server.received
    assert first.message_id == again.message_id


async def test_nobody_listening_is_busy_and_certain() -> None:
    async with provider_for(f"smtp://127.0.0.1:{free_port()}") as provider:
        busy = await provider.send(an_envelope())
    assert isinstance(busy, Busy)
    assert busy.certain


async def test_a_server_that_accepts_and_says_nothing_is_busy_and_certain() -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    async with server, provider_for(_url(server), timeout=PATIENCE) as provider:
        busy = await provider.send(an_envelope())
    assert isinstance(busy, Busy)
    assert busy.certain


async def test_encryption_or_a_login_that_the_server_does_not_offer_is_a_misconfiguration(smtp: SmtpServer) -> None:
    for url in (f"smtp+starttls://127.0.0.1:{smtp.port}", f"smtp://ada:secret@127.0.0.1:{smtp.port}"):
        async with provider_for(url) as provider:
            answer = await provider.send(an_envelope())
        assert isinstance(answer, Rejected)
        assert answer.reason is Reason.PROVIDER_MISCONFIGURED
        assert "secret" not in answer.detail
    assert not smtp.messages


async def test_encryption_from_the_start_is_not_given_up_for_a_server_that_speaks_plainly(smtp: SmtpServer) -> None:
    async with provider_for(f"smtps://127.0.0.1:{smtp.port}", timeout=PATIENCE) as provider:
        assert isinstance(await provider.send(an_envelope()), Busy)
    assert not smtp.messages


async def test_a_wrong_password_is_a_misconfiguration_and_the_right_one_sends() -> None:
    def check(server: object, session: object, envelope: object, mechanism: str, login: object) -> object:
        return AuthResult(success=getattr(login, "password", b"") == b"s:cret/", handled=False)

    options: dict[str, Any] = {"authenticator": check, "auth_require_tls": False}
    async with ScriptedSmtp(**options) as server:
        async with provider_for(f"smtp://ada:wrong@127.0.0.1:{server.port}") as provider:
            answer = await provider.send(an_envelope())
        assert isinstance(answer, Rejected)
        assert answer.reason is Reason.PROVIDER_MISCONFIGURED
        async with provider_for(f"smtp://ada:s%3Acret%2F@127.0.0.1:{server.port}") as provider:
            assert isinstance(await provider.send(an_envelope()), Accepted)


def _lines(mail: ReceivedMail, kind: str) -> list[str]:
    part = mail.message.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content.splitlines()


def _url(server: asyncio.Server) -> str:
    return f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
