"""Whether an address of Postgres can be read. What cannot is told without its parts: one of them is a password."""

import re

_HOST = r"(?:\[[0-9A-Fa-f:.]+\]|[^\s/?#@:,\[\]]+)(?::[0-9]{1,5})?"
_ADDRESS = re.compile(rf"postgres(?:ql)?://(?:[^\s/?#]*@)?(?:{_HOST}(?:,{_HOST})*)?(?:/[^\s?#]*)?(?:\?[^\s#]*)?")
_OPTION = re.compile(r"[^=&]+=[^=&]*")


def check_database_address(text: str) -> str:
    """Returns the address, where asyncpg can read it.

    Args:
        text: ``postgresql://user:password@host:port/database``, with several hosts and ``?options`` where wanted.

    Raises:
        ValueError: It cannot; the message holds nothing of it.
    """
    options = text.partition("?")[2]
    if _ADDRESS.fullmatch(text) is None or not all(map(_OPTION.fullmatch, options.split("&") if options else ())):
        raise ValueError(
            "this is no postgresql://user:password@host:port/database; in user and password write / ? # as %2F %3F %23"
        )
    return text
