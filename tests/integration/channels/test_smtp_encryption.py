"""Mail goes out encrypted, to a server whose certificate is good, or not at all."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from fermata.channels import Accepted, Busy, Rejected, SmtpProvider
from fermata.vocabulary import Reason
from tests.integration.channels.certificates import make_certificate
from tests.integration.channels.envelopes import an_envelope
from tests.integration.channels.scripted_smtp import ScriptedSmtp

FROM = "Shop <hello@shop.example>"


@asynccontextmanager
async def provider_for(url: str, trusted: ssl.SSLContext | None = None) -> AsyncIterator[SmtpProvider]:
    async with SmtpProvider(url, FROM, timeout=timedelta(seconds=5), tls_context=trusted) as provider:
        yield provider


async def test_starttls_encrypts_before_a_word_of_the_mail_and_keeps_the_connection(tmp_path: Path) -> None:
    presented, trusted = make_certificate(tmp_path)
    # The server takes nothing before STARTTLS: that a mail arrives shows that it was encrypted.
    async with ScriptedSmtp(tls_context=presented, require_starttls=True) as server:
        async with provider_for(f"smtp+starttls://127.0.0.1:{server.port}", trusted) as provider:
            for key in ("one", "two"):
                assert isinstance(await provider.send(an_envelope(idempotency_key=key)), Accepted)
        assert len(server.received) == 2


async def test_tls_from_the_start(tmp_path: Path) -> None:
    presented, trusted = make_certificate(tmp_path)
    async with ScriptedSmtp(encrypted=presented) as server:
        async with provider_for(f"smtps://127.0.0.1:{server.port}", trusted) as provider:
            for key in ("one", "two"):
                assert isinstance(await provider.send(an_envelope(idempotency_key=key)), Accepted)
        assert len(server.received) == 2
        assert server.opened == 1


async def test_a_certificate_that_nobody_vouches_for_gets_no_mail(tmp_path: Path) -> None:
    presented, _ = make_certificate(tmp_path)
    async with ScriptedSmtp(encrypted=presented) as server:
        async with provider_for(f"smtps://127.0.0.1:{server.port}") as provider:
            answer = await provider.send(an_envelope())
        assert isinstance(answer, Busy | Rejected)
        assert not server.received
    async with ScriptedSmtp(tls_context=presented, require_starttls=True) as server:
        async with provider_for(f"smtp+starttls://127.0.0.1:{server.port}") as provider:
            answer = await provider.send(an_envelope())
        assert isinstance(answer, Busy | Rejected)
        assert not server.received


async def test_a_certificate_of_somebody_else_gets_no_mail(tmp_path: Path) -> None:
    presented, trusted = make_certificate(tmp_path, address="192.0.2.1")
    async with ScriptedSmtp(encrypted=presented) as server:
        async with provider_for(f"smtps://127.0.0.1:{server.port}", trusted) as provider:
            assert isinstance(await provider.send(an_envelope()), Busy | Rejected)
        assert not server.received


async def test_a_server_that_offers_no_encryption_gets_no_mail_where_it_is_asked_for() -> None:
    async with ScriptedSmtp() as server:
        async with provider_for(f"smtp+starttls://127.0.0.1:{server.port}") as provider:
            answer = await provider.send(an_envelope())
        assert isinstance(answer, Rejected)
        assert answer.reason is Reason.PROVIDER_MISCONFIGURED
        assert not server.received
