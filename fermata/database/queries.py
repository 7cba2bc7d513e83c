"""Reads the ``.sql`` file of a room: each statement stands under a line ``-- name: the_name`` and is sent as it is."""

import re
from collections.abc import Iterator, Mapping
from importlib import resources

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


class Queries(Mapping[str, str]):
    """The statements of one file, by name: ``queries["lock_profile"]``.

    Args:
        package: The room, for example ``"fermata.ledger"``.
        file: Its file of statements.
    """

    def __init__(self, package: str, file: str = "queries.sql") -> None:
        source = resources.files(package).joinpath(file).read_text(encoding="utf-8")
        _, *parts = _NAME.split(source)
        self._statements = {name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}

    def __getitem__(self, name: str) -> str:
        return self._statements[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._statements)

    def __len__(self) -> int:
        return len(self._statements)
