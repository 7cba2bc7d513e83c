"""Follows a message back through the logs of a stack: from the provider, by way of the worker, to the request."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import orjson

from fermata.pseudonym import pseudonym

Line = dict[str, Any]


async def lines_of(logs: Path, process: str) -> list[Line]:
    """What a process has logged: each line is one JSON object."""
    text = await asyncio.to_thread((logs / f"{process}.log").read_bytes)
    return [orjson.loads(line) for line in text.splitlines() if line]


async def back_from_the_provider(logs: Path, provider: str, profile_id: UUID) -> list[Line]:
    """The lines on the way of the first message that a provider has, the last first, each found by the one after it.

    Args:
        logs: The folder of the stack's logs.
        provider: Its base address.
        profile_id: The only person that it has something for.
    """
    async with httpx.AsyncClient(base_url=provider) as client:
        message = (await client.get("/v1/messages")).raise_for_status().json()["messages"][0]
    api, worker = await lines_of(logs, "api"), await lines_of(logs, "worker")
    answered = _one(worker, "a provider has answered", decision_id=message["body"]["decision_id"])
    run = {"run_id": answered["run_id"], "profile": pseudonym(profile_id)}
    decided = _one(worker, "decided", decision_id=answered["decision_id"], **run)
    told = _one(worker, "told a run", event_id=answered["event_id"], kind="start", **run)
    came = _one(api, "an event goes to a run", event_id=told["event_id"], trace_id=told["trace_id"], **run)
    assert answered["provider_message"] == message["id"]
    assert not any(str(profile_id) in str(line) for line in (*api, *worker)), "no profile stands there by its id"
    return [answered, decided, told, came]


def _one(lines: list[Line], what: str, **names: str) -> Line:
    found = [line for line in lines if line["event"] == what and names.items() <= line.items()]
    assert len(found) == 1, (what, names, [line for line in lines if line["event"] == what])
    return found[0]
