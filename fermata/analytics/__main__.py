"""``python -m fermata.analytics``: a question as JSON on standard input, its answer as JSON on standard output.

The database is that of ``FERMATA_DATABASE_URL``. A question that has no answer ends with status 1 and says why on
standard error. Servers ask in this way: nothing of theirs waits for it, and its memory is given back.
"""

import asyncio
import sys

from pydantic_core import to_json

from fermata.analytics.answers import Answer, answer
from fermata.analytics.asked import ASKED
from fermata.database import open_pool
from fermata.errors import FermataError
from fermata.settings import read_settings


async def _answered(question: bytes) -> Answer:
    asked = ASKED.validate_json(question)
    async with open_pool(read_settings().database_url, most=1) as pool:
        return await answer(pool, asked)


if __name__ == "__main__":
    try:
        sys.stdout.buffer.write(to_json(asyncio.run(_answered(sys.stdin.buffer.read())), inf_nan_mode="null"))
    except FermataError as error:
        sys.exit(str(error))
