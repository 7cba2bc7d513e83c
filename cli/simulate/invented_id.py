"""Ids of people who were made up: the same words give the same id, on every machine."""

from hashlib import blake2b
from uuid import UUID


def invented_id(words: str) -> UUID:
    """An id of version 8, which RFC 9562 leaves to whoever makes it.

    Args:
        words: Whatever tells this one apart.
    """
    number = int.from_bytes(blake2b(words.encode(), digest_size=16).digest(), "big")
    return UUID(int=(number & ~(0xF << 76) & ~(0x3 << 62)) | (0x8 << 76) | (0x2 << 62))
