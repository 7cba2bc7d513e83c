"""A real SMTP server on loopback, which keeps what it receives: in this process, or as one of its own.

``python -m cli.stack.smtp_server --port 2525 --mailbox FOLDER``
"""

import argparse
import asyncio
import logging
import sys
import weakref
from pathlib import Path
from types import TracebackType
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from cli.stack.mailbox import Mailbox, ReceivedMail
from cli.stack.ports import LOOPBACK, listening_socket
from cli.stack.signals import until_signal

_LARGEST_MESSAGE = 10 * 1024 * 1024  # bytes
_MOST_COMMANDS = 1_000  # of one kind in one connection
_IDLE_LIMIT = 60.0  # seconds
_HOST = "fermata.localhost"


class SmtpServer:
    """An SMTP server that accepts mail for anyone and delivers it nowhere.

    ``async with SmtpServer() as smtp: …; assert len(smtp.messages) == 1``

    Args:
        port: Where it listens on 127.0.0.1; 0 takes a free port.
        mailbox: A folder where each message is also written as an ``.eml`` file; None keeps them in memory only.
    """

    def __init__(self, *, port: int = 0, mailbox: Path | None = None) -> None:
        self.port = port
        self.mailbox = Mailbox(mailbox)
        self._server: asyncio.Server | None = None
        self._connections: weakref.WeakSet[SMTP] = weakref.WeakSet()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        listener = listening_socket(self.port)
        self.port = listener.getsockname()[1]
        self._server = await loop.create_server(self._new_connection, sock=listener)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
            for connection in tuple(self._connections):
                if connection.transport is not None:
                    connection.transport.close()
            await self._server.wait_closed()
            self._server = None

    @property
    def url(self) -> str:
        """Its address: ``smtp://127.0.0.1:2525``, the form of ``FERMATA_SMTP_URL``."""
        return f"smtp://{LOOPBACK}:{self.port}"

    @property
    def messages(self) -> tuple[ReceivedMail, ...]:
        """All that was received since the start, the oldest first."""
        return tuple(self.mailbox.messages)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Keeps a message, and answers for it. Called by aiosmtpd."""
        del server, session
        content = envelope.original_content or b""
        try:
            await self.mailbox.keep(ReceivedMail(envelope.mail_from or "", tuple(envelope.rcpt_tos), content))
        except OSError as error:
            return f"452 4.3.1 the message cannot be kept: {error.strerror}"
        return "250 2.0.0 kept"

    def _new_connection(self) -> SMTP:
        connection = SMTP(
            self,
            hostname=_HOST,  # or it asks the resolver
            ident="Fermata",
            data_size_limit=_LARGEST_MESSAGE,
            command_call_limit=_MOST_COMMANDS,
            timeout=_IDLE_LIMIT,
            enable_SMTPUTF8=True,
            loop=asyncio.get_running_loop(),
        )
        self._connections.add(connection)
        return connection


async def serve(port: int, mailbox: Path) -> None:
    """Serves until a signal tells it to end.

    Args:
        port: 0 takes a free port. The port is printed on stdout when it listens.
        mailbox: Where each message is written.
    """
    async with SmtpServer(port=port, mailbox=mailbox) as server:
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        await until_signal()


def main() -> None:
    """Runs the server as a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m cli.stack.smtp_server", description=serve.__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--mailbox", type=Path, required=True)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(serve(arguments.port, arguments.mailbox))


if __name__ == "__main__":
    main()
