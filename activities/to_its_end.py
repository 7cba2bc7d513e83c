"""Lets an activity's work come to its end: never torn by a cancellation, and soon missed when its worker dies."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import activity

T = TypeVar("T")

BEAT = timedelta(seconds=3)
"""Between two signs of life, which only work that takes longer sends at all."""


async def to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Does the work, and tells Temporal meanwhile that somebody is at it.

    A mail server may take a minute for its answer. Were that a time-out, another worker would send the mail again while
    the first one still waits; so the time-out is long, and a worker that is gone is noticed by its silence instead.
    With heartbeats come cancellations: a send that has begun is finished all the same.

    Args:
        work: What is to be done.
    """
    task = asyncio.create_task(work)
    while not task.done():
        try:
            await asyncio.wait({task}, timeout=BEAT.total_seconds())
        except asyncio.CancelledError:
            continue
        if not task.done():
            activity.heartbeat()
    return task.result()
