"""A small, bounded set of open connections to one mail server."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import aiosmtplib

from fermata.channels.smtp_address import SmtpAddress
from fermata.errors import Unavailable

_TRUSTED_FOR = timedelta(seconds=10)
"""How long an idle connection is taken for alive without asking. Servers hang up after 30 seconds at the earliest."""


@dataclass(slots=True)
class Borrowed:
    """A connection on loan.

    Args:
        smtp: The connection.
        reused: It had been opened for an earlier message, so the server may have hung up without our noticing.
    """

    smtp: aiosmtplib.SMTP
    reused: bool


class SmtpConnections:
    """Lends connections out, at most so many at a time, and keeps them open between messages.

    Args:
        address: The server.
        local_hostname: What we call ourselves in EHLO.
        most: The most connections that are open at once.
        timeout: For each step of the conversation.
        tls_context: For certificates that the machine does not know of itself.
    """

    def __init__(
        self,
        address: SmtpAddress,
        *,
        local_hostname: str,
        most: int = 4,
        timeout: timedelta = timedelta(seconds=30),
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        self._address = address
        self._local_hostname = local_hostname
        self._timeout = timeout
        self._tls_context = tls_context
        self._slots = asyncio.Semaphore(most)
        self._idle: list[tuple[aiosmtplib.SMTP, float]] = []
        self._closed = False

    @asynccontextmanager
    async def borrow(self, *, fresh: bool = False) -> AsyncIterator[Borrowed]:
        """Lends a connection that answers. After an error of any kind it is closed, not kept.

        Args:
            fresh: Open a new one, because an idle one turned out to be dead.

        Raises:
            aiosmtplib.SMTPException, OSError: The server cannot be reached, or does not let us in.
            Unavailable: Closed already.
        """
        async with self._slots:
            if self._closed:
                raise Unavailable(f"the connections to {self._address.host} are closed; the process is ending")
            smtp = None if fresh else await self._alive()
            borrowed = Borrowed(smtp, reused=True) if smtp else Borrowed(await self._open(), reused=False)
            try:
                yield borrowed
            except BaseException:
                borrowed.smtp.close()
                raise
            if self._closed or not borrowed.smtp.is_connected:
                borrowed.smtp.close()
            else:
                self._idle.append((borrowed.smtp, time.monotonic()))

    async def aclose(self) -> None:
        """Says goodbye on every idle connection. Those on loan are closed when they come back."""
        self._closed = True
        while self._idle:
            smtp, _ = self._idle.pop()
            with suppress(aiosmtplib.SMTPException, OSError):
                await smtp.quit(timeout=2)
            smtp.close()

    async def _alive(self) -> aiosmtplib.SMTP | None:
        while self._idle:
            smtp, since = self._idle.pop()
            if not smtp.is_connected:
                continue
            if time.monotonic() - since < _TRUSTED_FOR.total_seconds():
                return smtp
            try:
                await smtp.noop(timeout=2)
            except (aiosmtplib.SMTPException, OSError):
                smtp.close()
            else:
                return smtp
        return None

    async def _open(self) -> aiosmtplib.SMTP:
        address = self._address
        smtp = aiosmtplib.SMTP(
            hostname=address.host,
            port=address.port,
            username=address.username,
            password=address.password,
            local_hostname=self._local_hostname,
            timeout=self._timeout.total_seconds(),
            use_tls=address.encryption == "tls",
            start_tls=address.encryption == "starttls",
            tls_context=self._tls_context,
        )
        await smtp.connect()
        try:
            await _introduce(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp


async def _introduce(smtp: aiosmtplib.SMTP) -> None:
    # Encryption and login have introduced us already where the URL asks for them.
    if smtp.is_ehlo_or_helo_needed:
        try:
            await smtp.ehlo()
        except aiosmtplib.SMTPHeloError:
            await smtp.helo()
