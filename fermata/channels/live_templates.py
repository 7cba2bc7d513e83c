"""The templates that a running process writes from: read again when files change, used where nothing is wrong."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeAlias

import structlog

from fermata.channels.site import Site
from fermata.channels.templates import Templates
from fermata.database import AWAY

_log = structlog.get_logger("fermata.templates")

_Stamp: TypeAlias = frozenset[tuple[str, int, int, int]]


class TemplatesInUse(Protocol):
    """Where whoever writes a message takes the templates from: once for each, so that it is of one piece."""

    @property
    def current(self) -> Templates:
        """The templates to write from now."""
        ...


class LiveTemplates:
    """Templates that follow their files.

    Args:
        roots: The folders, the most particular first.
        site: Whom the messages speak for.

    Raises:
        DefinitionError: A file cannot be used now; it names file, line and mend.
    """

    def __init__(self, roots: Sequence[Path], *, site: Site | None = None) -> None:
        self._roots = tuple(roots)
        self._site = site
        self._read = _stamp(self._roots)  # before they are read: what changes meanwhile is seen later
        self._seen = self._read
        self._current = Templates(self._roots, site=site)

    @property
    def current(self) -> Templates:
        """The latest that nothing was wrong with."""
        return self._current

    async def look(self, check: Callable[[Templates], Awaitable[None]]) -> bool:
        """Looks at the files. Those that have changed, and rested since the last look, are read, checked and used.

        Where something is wrong with them the log says what, and what was used so far stays in use.

        Args:
            check: Raises a ``DefinitionError`` for what would go wrong later.

        Returns:
            Whether other templates are in use now.
        """
        stamp = await asyncio.to_thread(_stamp, self._roots)
        rested, self._seen = stamp == self._seen, stamp
        if stamp == self._read or not rested:  # somebody is still copying files
            return False
        try:
            read = await asyncio.to_thread(Templates, self._roots, site=self._site)
            await check(read)
        except AWAY:
            raise  # nothing is wrong with the files: they are looked at again
        except Exception as error:  # whatever it is, it is no reason to end a worker that has good ones
            self._read = stamp
            _log.error("changed templates are not used: something is wrong with them", problem=str(error))
            return False
        self._read, self._current = stamp, read
        _log.info("changed templates are in use")
        return True


def _stamp(roots: Sequence[Path]) -> _Stamp:
    """Tells files from what they were: by place, time, size and inode. Follows links, as those of a mounted volume."""
    found = []
    for root in roots:
        for path in root.glob("*/*"):
            try:
                stat = path.stat()
            except OSError:
                continue  # it has gone in this moment
            found.append((str(path), stat.st_mtime_ns, stat.st_size, stat.st_ino))
    return frozenset(found)
