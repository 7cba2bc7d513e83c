"""Histories as they were before they were encrypted: replaying and recording read them without keys."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowHistory


async def fetch_opened(client: Client, workflow_id: str, run_id: str | None, *, within: timedelta) -> WorkflowHistory:
    """Fetches a history, and opens its payloads where they are encrypted.

    Args:
        client: Of the server, with the keys of people where histories are encrypted.
        workflow_id: The run's workflow.
        run_id: Which of its runs; None for the latest.
        within: How long a call may take.

    Raises:
        RPCError: Temporal has no such run, or does not answer.
        KeyGone: The person was erased.
        ConfigurationError: It is encrypted, and there are no keys here.
    """
    history = await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history(rpc_timeout=within)
    codec = client.data_converter.payload_codec
    if codec is not None:
        closed = [payload for event in history.events for payload in _payloads(event)]
        for payload, opened in zip(closed, await codec.decode(closed), strict=True):
            payload.CopyFrom(opened)
    return history


def _payloads(message: Message) -> Iterator[Payload]:
    """All payloads in a message, however deep."""
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if isinstance(value, Message):
            parts: Iterable[object] = (value,)
        else:
            parts = value.values() if field.message_type.GetOptions().map_entry else value
        for part in parts:
            if isinstance(part, Message):
                yield from _payloads(part)
