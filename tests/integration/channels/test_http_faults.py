"""Every provider over HTTP, with every fault that the other side can have: each is called what it is, and in time."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from time import monotonic
from uuid import uuid4

import pytest

from cli.stack.ports import free_port
from cli.stack.postgres import Postgres
from fermata.channels import Accepted, Busy
from fermata.database import Pool, open_pool
from tests.integration.channels.every_http_provider import EVERYBODY, TOKEN, Party
from tests.integration.channels.faulty_server import RETRY_AFTER, Fault, FaultyServer

_SAID: tuple[Fault, ...] = ("500", "503", "429")
_LOST: tuple[Fault, ...] = ("hangs", "resets", "closes", "broken_off", "no_http")
_NONSENSE: tuple[Fault, ...] = ("lies", "endless")
_PATIENT, _SHORT = timedelta(seconds=10), timedelta(seconds=0.5)


@pytest.fixture(scope="module")
async def pool(postgres: Postgres, template_database: str) -> AsyncIterator[Pool]:
    """One database for all of these tests: they change nothing in it."""
    name = f"test_{uuid4().hex}"
    async with open_pool(await postgres.create_database(name, template=template_database)) as connections:
        yield connections
    await postgres.drop_database(name)


everybody = pytest.mark.parametrize("party", EVERYBODY.values(), ids=EVERYBODY.keys())


async def _ask(party: Party, pool: Pool, fault: Fault) -> tuple[object, object]:
    """What comes of a message when the other side has got a fault, and of the same one when it is well again."""
    async with FaultyServer(party.well, TOKEN) as server:
        patience = _SHORT if fault in ("hangs", "drips") else _PATIENT
        async with party.opens(server.url, patience, pool) as send:
            assert isinstance(await send(), Accepted)
            server.fault = fault
            answer = await send()
            server.fault = None
            return answer, await send()


@everybody
async def test_what_a_provider_says_of_itself_is_obeyed(pool: Pool, party: Party) -> None:
    for fault in _SAID:
        answer, again = await _ask(party, pool, fault)
        assert isinstance(answer, Busy), fault
        assert answer.certain is (fault in party.sure), fault
        assert answer.retry_after == (timedelta(seconds=RETRY_AFTER) if fault == "429" else None)
        assert isinstance(again, Accepted), again


@everybody
async def test_an_answer_that_is_lost_leaves_the_outcome_open_and_is_not_waited_for(pool: Pool, party: Party) -> None:
    began = monotonic()
    answers = await asyncio.gather(*(_ask(party, pool, fault) for fault in _LOST))
    assert monotonic() - began < 8
    for fault, (answer, again) in zip(_LOST, answers, strict=True):
        assert isinstance(answer, Busy), fault
        assert not answer.certain, fault
        assert isinstance(again, Accepted), again


async def test_an_answer_that_comes_byte_by_byte_is_not_waited_for(pool: Pool) -> None:
    began = monotonic()
    answer, again = await _ask(EVERYBODY["push"], pool, "drips")
    assert isinstance(answer, Busy)
    assert not answer.certain
    assert isinstance(again, Accepted)
    assert monotonic() - began < 8


@everybody
async def test_a_yes_without_sense_is_none_unless_the_status_alone_says_it(pool: Pool, party: Party) -> None:
    for fault in _NONSENSE:
        answer, again = await _ask(party, pool, fault)
        if party.status_is_a_yes:
            assert isinstance(answer, Accepted), fault
        else:
            assert isinstance(answer, Busy), fault
            assert not answer.certain
        assert isinstance(again, Accepted), again


@everybody
async def test_nobody_there_surely_has_nothing(pool: Pool, party: Party) -> None:
    async with party.opens(f"http://127.0.0.1:{free_port()}", _PATIENT, pool) as send:
        answer = await send()
    assert isinstance(answer, Busy)
    assert answer.certain
