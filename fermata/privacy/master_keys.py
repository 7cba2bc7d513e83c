"""The keys that wrap the keys of people: a port that a KMS can stand behind, and one that reads the environment."""

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fermata.errors import ConfigurationError

_NONCE = 12  # bytes: NIST SP 800-38D, 5.2.1.1
_KEY = 32


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A key that only a master key can read.

    Args:
        by: The id of the master key.
        sealed: What it made of the key.
    """

    by: str
    sealed: bytes


class MasterKeys(Protocol):
    """Wraps keys and unwraps them; it never shows its own. A KMS calls ``about`` the encryption context."""

    async def wrap(self, key: bytes, about: bytes) -> Wrapped:
        """Wraps a key by the newest master key.

        Args:
            key: What is to be kept.
            about: Whose it is; unwrapping fails for anybody else.
        """
        ...

    async def unwrap(self, wrapped: Wrapped, about: bytes) -> bytes:
        """Returns the key.

        Args:
            wrapped: As it is stored.
            about: As it was said when it was wrapped.

        Raises:
            ConfigurationError: The master key is not known here, or this is no key that it wrapped for them.
        """
        ...


class EnvironmentKeys:
    """Master keys that this process was given.

    Args:
        keys: 32 bytes by id. The first wraps; the others unwrap what they wrapped before.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self.newest = next(iter(keys))
        self._keys = {name: AESGCM(key) for name, key in keys.items()}

    async def wrap(self, key: bytes, about: bytes) -> Wrapped:
        """See ``MasterKeys``."""
        nonce = os.urandom(_NONCE)
        return Wrapped(self.newest, nonce + self._keys[self.newest].encrypt(nonce, key, about))

    async def unwrap(self, wrapped: Wrapped, about: bytes) -> bytes:
        """See ``MasterKeys``."""
        if wrapped.by not in self._keys:
            raise ConfigurationError(f"FERMATA_MASTER_KEYS has no key {wrapped.by!r}, which wrapped a person's key")
        nonce, sealed = wrapped.sealed[:_NONCE], wrapped.sealed[_NONCE:]
        try:
            return self._keys[wrapped.by].decrypt(nonce, sealed, about)
        except InvalidTag:
            raise ConfigurationError(
                f"the key {wrapped.by!r} of FERMATA_MASTER_KEYS is not the one that wrapped a person's key"
            ) from None


def master_keys_from(text: str) -> EnvironmentKeys:
    """Reads ``FERMATA_MASTER_KEYS``: ``2026-11=<base64 of 32 bytes>,2026-05=…``, the newest first.

    Args:
        text: As it stands in the environment.

    Raises:
        ConfigurationError: It cannot be read. The error says which part it is, and none of what it holds.
    """
    keys: dict[str, bytes] = {}
    for number, part in enumerate(text.split(","), start=1):
        name, _, encoded = part.strip().partition("=")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not name or name in keys or len(key) != _KEY:
            raise ConfigurationError(
                f"FERMATA_MASTER_KEYS, part {number}: write id=KEY, each id once, the key as base64 of {_KEY} bytes, "
                "for example from `openssl rand -base64 32`"
            )
        keys[name] = key
    return EnvironmentKeys(keys)
