"""SIGKILL of the worker in the middle of a page of a broadcast: nobody enters twice, and nobody is left out."""

import asyncio
import sys
from datetime import timedelta

from temporalio.client import Client

from cli.stack.waiting import until
from fermata.broadcasts import BroadcastState
from fermata.database import Pool
from fermata.policy import default_document
from tests.acceptance.announced import at_work, stage_of, write_people
from tests.policies import enact
from worker.plugin import fermata_plugin

_PEOPLE = 1500  # a page and a half: the whole page is one activity
_SLOWLY = """
CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.1); RETURN NULL; END';
CREATE TRIGGER take_time AFTER DELETE ON broadcast_waiting FOR EACH STATEMENT EXECUTE FUNCTION take_time();
"""


async def test_a_worker_killed_in_the_middle_of_a_page_enters_nobody_twice_and_leaves_nobody_out(
    temporal_address: str, database_url: str, pool: Pool
) -> None:
    await enact(pool, default_document())
    people = await write_people(pool, _PEOPLE)
    await pool.execute(_SLOWLY)  # each transaction takes a tenth of a second, so that the kill finds one under way
    stage = stage_of(await Client.connect(temporal_address, plugins=[fermata_plugin()]), pool)
    started = await stage.start()
    arguments = (database_url, temporal_address, stage.sale.name, stage.queue)
    worker = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.faults.announce_for_ever", *arguments)

    async def some_have_entered() -> bool:
        return (await stage.look(started)).progress.entered > 200

    assert await until(some_have_entered, limit=timedelta(seconds=60))
    worker.kill()
    await worker.wait()
    at_the_kill = len(await stage.told(started))
    await pool.execute("DROP TRIGGER take_time ON broadcast_waiting")
    async with at_work(stage):
        record = await stage.wait(started, BroadcastState.DONE)
    told = await stage.told(record)
    assert 0 < at_the_kill < 1000, "the worker was to be killed in the middle of the first page"
    assert (set(told), set(told.values())) == (set(people), {1})
    assert record.progress.entered + record.progress.held_out == _PEOPLE
    assert sum((await stage.runs()).values()) == _PEOPLE
