"""Writes what lies in Temporal's histories by the key of the person that it is about (AES-256-GCM)."""

import os
from collections.abc import Sequence
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    ActivitySerializationContext,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from fermata.errors import ConfigurationError, FermataError
from fermata.privacy import NOBODY, ProfileKeys

_ENCODING = b"binary/encrypted"
_KEY = "fermata-key"
_VERSION = b"fermata/1 "
_NONCE = 12  # bytes, by chance each time: NIST SP 800-38D, 8.2.2


class Unreadable(FermataError):
    """A payload that is not what was written by the key that it names."""


class ProfileCodec(PayloadCodec, WithSerializationContext):
    """Encrypts each payload by the key of the profile in its workflow's id, and reads by the key that it names.

    Args:
        keys: Of people. None writes in the clear, and refuses what is encrypted rather than lose it: Temporal drops a
            signal that cannot be read, but a task that fails is tried again, by a worker that has the keys.
        writes_for: Whose key is written by.
    """

    def __init__(self, keys: ProfileKeys | None = None, writes_for: UUID = NOBODY) -> None:
        self._keys, self._writes_for = keys, writes_for

    def with_context(self, context: SerializationContext) -> Self:
        """One that writes for the person whose workflow it is; this one, where it writes in the clear."""
        if self._keys is not None and isinstance(context, WorkflowSerializationContext | ActivitySerializationContext):
            return type(self)(self._keys, profile_of(context.workflow_id or ""))
        return self

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypts.

        Raises:
            KeyGone: The person was erased.
        """
        if self._keys is None or not payloads:
            return list(payloads)
        key = await self._keys.find_or_make(self._writes_for)
        written = []
        for payload in payloads:
            nonce = os.urandom(_NONCE)
            sealed = key.encrypt(nonce, payload.SerializeToString(), _about(self._writes_for))
            metadata = {"encoding": _ENCODING, _KEY: str(self._writes_for).encode()}
            written.append(Payload(metadata=metadata, data=nonce + sealed))
        return written

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decrypts what is encrypted, and leaves what is not.

        Raises:
            KeyGone: The person was erased.
            Unreadable: It was changed, or says that it is another's.
            ConfigurationError: This process has no keys.
        """
        return [await self._read(payload) for payload in payloads]

    async def _read(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != _ENCODING:
            return payload
        if self._keys is None:
            raise ConfigurationError("this history is encrypted: set FERMATA_MASTER_KEYS as for the other processes")
        try:
            whose = UUID(payload.metadata[_KEY].decode())
        except (KeyError, ValueError):
            raise Unreadable("an encrypted payload names no key; it is not of Fermata's making") from None
        key = await self._keys.find(whose)
        try:
            return Payload.FromString(key.decrypt(payload.data[:_NONCE], payload.data[_NONCE:], _about(whose)))
        except InvalidTag:
            raise Unreadable(f"a payload is not what was written by the key of {whose}") from None


def profile_of(workflow_id: str) -> UUID:
    """Whose a workflow is: ``{journey}/{profile}`` and ``{journey}/{profile}/{key}``; ``NOBODY`` for any other id."""
    parts = workflow_id.split("/")
    try:
        return UUID(parts[1]) if len(parts) > 1 and parts[0] != "broadcast" else NOBODY
    except ValueError:
        return NOBODY


def _about(whose: UUID) -> bytes:
    return _VERSION + whose.bytes
