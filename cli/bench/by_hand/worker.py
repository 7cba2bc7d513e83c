"""A worker of the bare cart workflow as a process of its own, whose memory is measured.

``python -m cli.bench.by_hand.worker ADDRESS QUEUE`` works until SIGTERM.
"""

import asyncio
import sys

from temporalio.client import Client
from temporalio.worker import Worker

from cli.bench.by_hand.cart import BareCart, bare_decide, bare_send
from cli.stack.signals import until_signal


async def _work(address: str, queue: str) -> None:
    client = await Client.connect(address)
    async with Worker(client, task_queue=queue, workflows=[BareCart], activities=[bare_decide, bare_send]):
        await until_signal()


if __name__ == "__main__":
    asyncio.run(_work(*sys.argv[1:]))
