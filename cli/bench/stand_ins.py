"""Stand-ins for companies that deliver messages, each a process of its own: they wait for nothing that is measured."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from cli.stack.child import ChildCommand
from cli.stack.children import Children
from cli.stack.ports import LOOPBACK, free_port
from cli.stack.waiting import is_listening, until
from fermata.errors import Unavailable

_LIMIT = timedelta(seconds=60)


@asynccontextmanager
async def provider_of_its_own() -> AsyncIterator[str]:
    """A provider of push and text messages. Yields its base address."""
    async with _serving("provider") as port:
        yield f"http://{LOOPBACK}:{port}"


@asynccontextmanager
async def smtp_of_its_own() -> AsyncIterator[str]:
    """A mail server. Yields its address, ``smtp://…``."""
    with TemporaryDirectory() as mailbox:
        async with _serving("smtp", "--mailbox", mailbox) as port:
            yield f"smtp://{LOOPBACK}:{port}"


@asynccontextmanager
async def _serving(name: str, *arguments: str) -> AsyncIterator[int]:
    port, children = free_port(), Children()
    with TemporaryDirectory() as folder:
        command = ChildCommand(
            name=name,
            arguments=(sys.executable, "-m", f"cli.stack.{name}_server", "--port", str(port), *arguments),
            log=Path(folder) / f"{name}.log",
        )
        try:
            await children.start(command)
            if not await until(lambda: is_listening(port), limit=_LIMIT):
                raise Unavailable(f"the {name} does not listen on port {port}")
            yield port
        finally:
            await children.stop(_LIMIT)
