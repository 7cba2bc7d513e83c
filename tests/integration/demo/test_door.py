"""The sender at a door that is shut, slow to open, too small or not ours: a real HTTP server that answers as told."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterator

import httpx
import orjson
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from cli.demo.door import Door
from cli.demo.outgoing import Outgoing
from cli.demo.sender import Fault, Sender, Tally
from cli.stack.ports import free_port
from fermata.errors import ConfigurationError, Unavailable


@pytest.fixture
async def client(httpserver: HTTPServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=httpserver.url_for("")) as client:
        yield client


def events(number: int, people: int = 7) -> Iterator[Outgoing]:
    for index in range(number):
        payload = {"type": "track", "event": "Product Viewed", "messageId": str(index), "userId": f"u{index % people}"}
        yield Outgoing.of(payload, line=index + 1)


def read(request: Request) -> list[dict[str, str]]:
    batch: list[dict[str, str]] = orjson.loads(gzip.decompress(request.get_data()))["batch"]
    return batch


def taken(request: Request) -> Response:
    return answer(accepted=len(read(request)))


def answer(status: int = 200, **fields: object) -> Response:
    return Response(orjson.dumps({"success": status == 200, **fields}), status, content_type="application/json")


async def test_everybodys_events_arrive_once_and_in_order(httpserver: HTTPServer, client: httpx.AsyncClient) -> None:
    arrived: list[dict[str, str]] = []

    def take(request: Request) -> Response:
        assert request.authorization is not None
        assert request.authorization.username == "key"
        arrived.extend(read(request))
        return taken(request)

    httpserver.expect_request("/v1/batch", method="POST").respond_with_handler(take)
    tally = Tally()
    moved: list[int] = []
    await Sender(Door(client, "key"), tally, moved.append).send(events(1234))
    assert tally.accepted == sum(moved) == 1234
    for person in {event["userId"] for event in arrived}:
        theirs = [int(event["messageId"]) for event in arrived if event["userId"] == person]
        assert theirs == sorted(theirs)
    assert sorted(int(event["messageId"]) for event in arrived) == list(range(1234))


@pytest.mark.parametrize("status", [429, 502, 503])
async def test_a_shut_door_is_tried_again(httpserver: HTTPServer, client: httpx.AsyncClient, status: int) -> None:
    httpserver.expect_ordered_request("/v1/batch").respond_with_data(status=status, headers={"Retry-After": "0"})
    httpserver.expect_ordered_request("/v1/batch").respond_with_data(status=status)
    httpserver.expect_ordered_request("/v1/batch").respond_with_handler(taken)
    tally = Tally()
    await Sender(Door(client, "key"), tally, lambda weight: None).send(events(5, people=1))
    assert tally.accepted == 5


async def test_a_door_that_stays_shut_is_given_up(httpserver: HTTPServer, client: httpx.AsyncClient) -> None:
    httpserver.expect_request("/v1/batch").respond_with_data(status=503)
    sender = Sender(Door(client, "key", longest_outage=0.5), Tally(), lambda weight: None)
    with pytest.raises(Unavailable, match="stays shut: it answers 503"):
        await sender.send(events(3))


async def test_nobody_at_the_address_is_told_as_such() -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{free_port()}") as client:
        sender = Sender(Door(client, "key", longest_outage=0.5), Tally(), lambda weight: None)
        with pytest.raises(Unavailable, match="stays shut"):
            await sender.send(events(3))


async def test_a_door_that_opens_late_loses_nothing() -> None:
    port = free_port()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        tally = Tally()
        sending = asyncio.create_task(Sender(Door(client, "key"), tally, lambda weight: None).send(events(250)))
        await asyncio.wait((sending,), timeout=0.3)
        assert not sending.done()
        with HTTPServer(port=port) as server:
            server.expect_request("/v1/batch").respond_with_handler(taken)
            await sending
    assert tally.accepted == 250


async def test_a_wrong_key_ends_it_at_once(httpserver: HTTPServer, client: httpx.AsyncClient) -> None:
    httpserver.expect_request("/v1/batch").respond_with_data(status=401)
    with pytest.raises(ConfigurationError, match="refuses the write key"):
        await Sender(Door(client, "wrong"), Tally(), lambda weight: None).send(events(3))
    assert len(httpserver.log) <= 4


async def test_somebody_elses_server_is_told_as_such(httpserver: HTTPServer, client: httpx.AsyncClient) -> None:
    httpserver.expect_request("/v1/batch").respond_with_data("<html>", status=404)
    with pytest.raises(ConfigurationError, match="is it Fermata's"):
        await Sender(Door(client, "key"), Tally(), lambda weight: None).send(events(1))


async def test_an_event_that_spoils_its_batch_is_found_and_the_others_get_through(
    httpserver: HTTPServer, client: httpx.AsyncClient
) -> None:
    def take(request: Request) -> Response:
        if any(event["messageId"] == "37" for event in read(request)):
            return Response("the batch is too large", 413)
        return taken(request)

    httpserver.expect_request("/v1/batch").respond_with_handler(take)
    tally = Tally()
    await Sender(Door(client, "key"), tally, lambda weight: None).send(events(90, people=1))
    assert tally.accepted == 89
    assert tally.faults == [Fault(38, "the batch is too large")]


async def test_what_the_door_refuses_is_told_by_its_line(httpserver: HTTPServer, client: httpx.AsyncClient) -> None:
    rejected = [{"index": 1, "field": "timestamp", "message": "names no offset"}]
    httpserver.expect_request("/v1/batch").respond_with_json(
        {"success": True, "accepted": 2, "duplicates": 1, "rejected": rejected}
    )
    tally = Tally()
    await Sender(Door(client, "key"), tally, lambda weight: None).send(events(4, people=1))
    assert (tally.accepted, tally.duplicates, tally.rejected) == (2, 1, 1)
    assert tally.faults == [Fault(2, "timestamp: names no offset")]


async def test_a_link_between_two_people_waits_for_what_both_have_sent(
    httpserver: HTTPServer, client: httpx.AsyncClient
) -> None:
    arrived: list[str] = []

    def take(request: Request) -> Response:
        arrived.extend(event["messageId"] for event in read(request))
        return taken(request)

    httpserver.expect_request("/v1/batch").respond_with_handler(take)
    apart = [Outgoing.of({"messageId": f"a{n}", "anonymousId": f"device-{n}"}) for n in range(40)]
    known = Outgoing.of({"messageId": "known", "userId": "ada"})
    links = [Outgoing.of({"messageId": f"l{n}", "anonymousId": f"device-{n}", "userId": "ada"}) for n in range(40)]
    await Sender(Door(client, "key"), Tally(), lambda weight: None).send([*apart, known, *links])
    for number in range(40):
        assert arrived.index(f"a{number}") < arrived.index(f"l{number}")
        assert arrived.index("known") < arrived.index(f"l{number}")
