"""Asks the measuring in a process of its own: it may take a minute, and no event at the door is to wait for it."""

import asyncio
import os
import sys

from fermata.analytics.asked import Asked
from fermata.errors import FermataError

_AT_ONCE = 1
_WAITING = 8  # questions, the one that is being worked out among them
_LONGEST = 120.0  # seconds


class Unanswered(FermataError):
    """There was no time to answer, or the measuring failed: ask again later."""


class NoAnswer(FermataError):
    """The question has no answer: nobody was held out, or the times are the wrong way round."""


class AnalyticsProcess:
    """Starts one process a question, and one at a time.

    Args:
        database_url: Where from; None for what ``FERMATA_DATABASE_URL`` says.
    """

    def __init__(self, database_url: str | None) -> None:
        self._environment = {} if database_url is None else {"FERMATA_DATABASE_URL": database_url}
        self._asking = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def ask(self, asked: Asked) -> bytes:
        """Asks, and returns the answer as JSON.

        Args:
            asked: The question.

        Raises:
            NoAnswer: There is none; says why.
            Unanswered: It took too long, or another is being worked out already for as long, or too many wait.
        """
        if self._waiting >= _WAITING:
            raise Unanswered(f"{_WAITING} questions wait for their answers already; ask again later")
        self._waiting += 1
        try:
            async with asyncio.timeout(_LONGEST), self._asking:
                return await self._ask(asked.model_dump_json().encode())
        except TimeoutError:
            raise Unanswered(f"no answer within {_LONGEST:.0f} s; ask about a shorter time, or ask later") from None
        finally:
            self._waiting -= 1

    async def _ask(self, question: bytes) -> bytes:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "fermata.analytics",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **self._environment},
        )
        try:
            answer, errors = await process.communicate(question)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode == 0:
            return answer
        words = errors.decode(errors="replace").strip().splitlines() or ["it ended without a word"]
        if process.returncode == 1 and len(words) == 1:
            raise NoAnswer(words[0])
        raise Unanswered(f"the measuring failed: {words[-1]}")
