"""What people with parcels do, sent to the API as an SDK sends it: in order, and again until it is accepted."""

import asyncio
import random
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from cli.stack.waiting import until
from tests.faults.deployment import Deployment
from tests.faults.parcel_people import Person

_CLIENTS = 3
_BATCH = 20
_PATIENCE = 5.0  # seconds for an answer
_FIRST_REST, _LONGEST_REST = 0.1, 2.0  # seconds
_SENT_AGAIN = 0.1
"""So many batches are sent once more although they were accepted: not every answer reaches whoever asked."""


@dataclass(frozen=True)
class Offered:
    """An event that somebody's device has to tell.

    Args:
        message_id: As the SDK makes it, once.
        person: Whose.
        body: As it is sent.
    """

    message_id: str
    person: Person
    body: dict[str, Any]


class Sdk:
    """A client that keeps what it has to tell until it is told that it was accepted.

    Args:
        api: Base address.
        key: The write key.
        seed: Of which batches are sent again.
    """

    def __init__(self, api: str, key: str, seed: int) -> None:
        self._http = httpx.AsyncClient(base_url=api, auth=(key, ""), timeout=_PATIENCE)
        self._chance = random.Random(seed)  # noqa: S311
        self._waiting: deque[Offered] = deque()
        self.accepted: list[Offered] = []
        self.requests = self.refused = self.unanswered = 0

    @property
    def idle(self) -> bool:
        """Whether everything is accepted."""
        return not self._waiting

    def tell(self, offered: Offered) -> None:
        """Has something to tell."""
        self._waiting.append(offered)

    async def run(self) -> None:
        """Tells, until cancelled."""
        async with self._http:
            while True:
                batch = [self._waiting[place] for place in range(min(_BATCH, len(self._waiting)))]
                if not batch:
                    await asyncio.sleep(0.02)
                    continue
                await self._until_accepted(batch)
                self.accepted += batch
                for _ in batch:
                    self._waiting.popleft()
                if self._chance.random() < _SENT_AGAIN:
                    await self._until_accepted(batch)

    async def _until_accepted(self, batch: list[Offered]) -> None:
        rest = _FIRST_REST
        while not await self._is_accepted(batch):
            await asyncio.sleep(rest)
            rest = min(2 * rest, _LONGEST_REST)

    async def _is_accepted(self, batch: list[Offered]) -> bool:
        self.requests += 1
        try:
            answer = await self._http.post("/v1/batch", json={"batch": [each.body for each in batch]})
        except httpx.HTTPError:
            self.unanswered += 1
            return False
        if answer.is_success:
            assert not answer.json().get("rejected"), answer.text
            return True
        self.refused += 1
        assert answer.status_code >= 500, f"an SDK would give up: {answer.status_code} {answer.text}"
        return False


class Traffic:
    """People who come, and what they do when they are told of their parcels.

    Args:
        deployment: Where they come to.
        people: Who comes.
        rate: How many in a second.
        seed: Of the SDKs.
    """

    def __init__(self, deployment: Deployment, people: Iterator[Person], *, rate: float, seed: int) -> None:
        self._deployment, self._coming, self._every = deployment, people, 1 / rate
        self.sdks = [Sdk(deployment.api, deployment.write_key, seed + place) for place in range(_CLIENTS)]
        self.people: list[Person] = []
        self._to_react: dict[str, Person] = {}
        self._looking: set[asyncio.Task[None]] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._closed = False

    @property
    def accepted(self) -> list[Offered]:
        """Every event that was accepted."""
        return [each for sdk in self.sdks for each in sdk.accepted]

    async def run(self) -> None:
        """Lets people come and react, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for sdk in self.sdks:
                group.create_task(sdk.run())
            group.create_task(self._arrive())
            group.create_task(self._react())

    def close(self) -> None:
        """Nobody comes any more; those who are there go on."""
        self._closed = True

    def reopen(self) -> None:
        """People come again."""
        self._closed = False

    async def all_is_told(self, limit: timedelta) -> bool:
        """Waits until those who came have done all that they do, and all of it is accepted."""
        return await until(
            lambda: not self._to_react and not self._looking and all(sdk.idle for sdk in self.sdks), limit=limit
        )

    async def _arrive(self) -> None:
        while True:
            if not self._closed:
                self._come(next(self._coming))
            await asyncio.sleep(self._every)

    def _come(self, person: Person) -> None:
        self.people.append(person)
        consent = {channel: {"marketing": "granted"} for channel in ("push", "sms", "email")}
        address = {"phone": person.phone} if person.texts else {"email": person.email}
        traits = {"timezone": "Etc/UTC", "consent": consent, "push_token": person.token, **address}
        self._tell(person, {"type": "identify", "traits": traits})
        for place in range(person.parcels):
            self._happens(person, "Parcel Sent", place)
            if person.looks:
                looking = asyncio.create_task(self._look(person, place))
                self._looking.add(looking)
                looking.add_done_callback(self._looking.discard)
        if person.habit in ("receives", "loses"):
            self._to_react[person.token] = person

    async def _look(self, person: Person, place: int) -> None:
        await asyncio.sleep(person.looks[place].total_seconds())
        self._happens(person, "Parcel Seen", place)

    async def _react(self) -> None:
        """Whoever is told of their parcel has it a moment later, or hears that it is lost."""
        while True:
            told = {each.body["to"] for each in self._deployment.provider.messages if each.delivered}
            for token in [token for token in self._to_react if token in told]:
                person = self._to_react.pop(token)
                self._happens(person, "Parcel Received" if person.habit == "receives" else "Parcel Lost", 0)
            await asyncio.sleep(0.1)

    def _happens(self, person: Person, event: str, place: int) -> None:
        self._tell(person, {"type": "track", "event": event, "properties": {"parcel_id": person.parcel(place)}})

    def _tell(self, person: Person, body: dict[str, Any]) -> None:
        message_id, now = uuid4().hex, datetime.now(UTC).isoformat()
        body = {**body, "messageId": message_id, "userId": person.user_id, "timestamp": now}
        self.sdks[person.number % _CLIENTS].tell(Offered(message_id, person, body))


async def cancelled(task: asyncio.Task[None]) -> None:
    """Cancels a task, and waits for its end."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
