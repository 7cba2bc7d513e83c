"""A real SMTP server on loopback that goes wrong exactly where a test says."""

import asyncio
import ssl
from collections import defaultdict, deque
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, cast

from aiosmtpd.smtp import SMTP

from cli.stack.mailbox import ReceivedMail
from cli.stack.ports import listening_socket

HANG_UP = "hang up"
"""Instead of an answer: the connection ends."""

STAY_SILENT = "stay silent"
"""Instead of an answer: none, until the server closes."""


class ScriptedSmtp:
    """Takes mail as any server does, unless an answer for a command is scripted.

    Args:
        encrypted: Its certificate, for TLS from the first byte on.
        options: aiosmtpd's, for example ``enable_SMTPUTF8``.
    """

    def __init__(self, *, encrypted: ssl.SSLContext | None = None, **options: Any) -> None:
        self._encrypted = encrypted
        self.received: list[ReceivedMail] = []
        self.opened = 0
        self.most_at_once = 0
        self.silent = asyncio.Event()
        self._options = {"hostname": "mail.test", "enable_SMTPUTF8": True, **options}
        self._answers: defaultdict[str, deque[str]] = defaultdict(deque)
        self._open: list[asyncio.Transport] = []

    async def __aenter__(self) -> Self:
        listener = listening_socket()
        self.port: int = listener.getsockname()[1]
        self._server = await asyncio.get_running_loop().create_server(self._connect, sock=listener, ssl=self._encrypted)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self.hang_up()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """Its address."""
        return f"smtp://127.0.0.1:{self.port}"

    def answer(self, command: str, *answers: str) -> None:
        """Scripts what comes next on a command, ``MAIL``, ``RCPT`` or ``DATA``; after that it answers as usual."""
        self._answers[command].extend(answers)

    def hang_up(self) -> None:
        """Ends all connections without a word."""
        for transport in tuple(self._open):
            with suppress(AttributeError):  # Python 3.11.2: of a TLS connection that has ended by itself
                transport.abort()

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Called by aiosmtpd."""
        del session, options
        answer = await self._next("MAIL", server)
        if answer.startswith("2"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Called by aiosmtpd."""
        del session, options
        answer = await self._next("RCPT", server)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
        """Called by aiosmtpd, after the end of the mail."""
        del session
        answer = await self._next("DATA", server)
        if not answer.startswith(("4", "5")):
            self.received.append(
                ReceivedMail(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.original_content or b"")
            )
        return answer

    async def _next(self, command: str, server: SMTP) -> str:
        answer = self._answers[command].popleft() if self._answers[command] else "250 2.0.0 as you wish"
        if answer == HANG_UP:
            cast("asyncio.Transport", server.transport).abort()
        elif answer == STAY_SILENT:
            self.silent.set()
            await asyncio.Event().wait()
        return answer

    def _connect(self) -> SMTP:
        return _Counted(self, loop=asyncio.get_running_loop(), **self._options)

    def came(self, transport: asyncio.Transport) -> None:
        """A connection begins."""
        self._open.append(transport)
        self.opened += 1
        self.most_at_once = max(self.most_at_once, len(self._open))

    def went(self, transport: asyncio.Transport) -> None:
        """A connection has ended."""
        self._open.remove(transport)


class _Counted(SMTP):
    """aiosmtpd's conversation, told to its server when it begins and ends."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._counted = cast("asyncio.Transport", transport)
        self.event_handler.came(self._counted)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.went(self._counted)
        super().connection_lost(error)
