"""Ten thousand payloads that chance has bent: no 5xx, each is taken whole or refused in words and kept."""

import json
from copy import deepcopy
from random import Random
from typing import Any

import httpx

from fermata.database import Pool
from tests.unit.events.bent_payloads import IDENTIFY, OTHER_CALLS, TRACK

PAYLOADS, BATCH = 10_000, 100
RICH: dict[str, Any] = {
    "type": "track",
    "event": "Order Completed",
    "userId": "ada",
    "anonymousId": "a1",
    "timestamp": "2026-03-08T06:30:00Z",
    "properties": {"order_id": "o1", "total": 35.5, "currency": "EUR", "products": [{"product_id": "p1", "price": 1}]},
    "context": {
        "externalIds": [
            {"type": "loyalty_card", "id": "4711"},
            {"type": "email", "encoding": "sha256", "id": "0" * 64},
        ],
        "traits": {"email": "ada@example.org", "phone": "+442071838750"},
        "device": {"id": "d1", "token": "t1"},
        "sessionId": "s" * 20,
        "campaign": {"source": "news", "medium": "email"},
        "location": {"country": "GB", "city": "London"},
        "page": {"referrer": "https://www.google.com/", "url": "https://shop.example/?utm_source=x"},
    },
}
ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    2**70,
    1e308,
    0.1,
    "",
    " ",
    "null",
    "\0",
    "a\0b",
    "x" * 300,
    "é" * 1000,
    "2026-13-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "test@test.com",
    "+1",
    [],
    [[[[]]]],
    {},
    {"": {"": None}},
    [None, 1, "a"],
    {"a": 10**30},
)


def bend(random: Random, payload: dict[str, Any]) -> dict[str, Any]:
    """A copy in which one to three places, at any depth, are another value, missing, or somebody else's."""
    bent = deepcopy(payload)
    for _ in range(random.randint(1, 3)):
        places = list(_places(bent))
        if not places:
            break
        inside, key = random.choice(places)
        match random.randrange(5):
            case 0:
                del inside[key]
            case 1 if isinstance(inside, dict):
                inside[str(random.choice(ODD))[:80]] = deepcopy(random.choice(ODD))
            case 2:
                other, name = random.choice(places)
                inside[key] = deepcopy(other[name])
            case _:
                inside[key] = deepcopy(random.choice(ODD))
    return bent


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Everything that can be replaced, as what holds it and the key."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    own = [(value, key) for key in keys]
    return own + [place for _, key in own for place in _places(value[key])]


async def test_ten_thousand_bent_payloads_break_nothing(sender: httpx.AsyncClient, pool: Pool) -> None:
    random = Random(10_000)  # noqa: S311 - the same ones every time
    kinds = (RICH, RICH, TRACK, IDENTIFY, *OTHER_CALLS)
    accepted = rejected = duplicates = 0
    for number in range(PAYLOADS // BATCH):
        batch = [bend(random, {**random.choice(kinds), "messageId": f"{number}-{n}"}) for n in range(BATCH)]
        answer = await sender.post("/v1/batch", content=json.dumps({"batch": batch}))
        assert answer.status_code == 200, (number, answer.text[:300])
        told = answer.json()
        assert told["accepted"] + told["duplicates"] + len(told["rejected"]) == BATCH
        assert all(each["message"] for each in told["rejected"])
        accepted += told["accepted"]
        duplicates += told["duplicates"]
        rejected += len(told["rejected"])
    assert await pool.fetchval("SELECT count(*) FROM events") == accepted
    assert await pool.fetchval("SELECT count(*) FROM rejected_events WHERE reason <> ''") == rejected
    assert min(accepted, rejected) > PAYLOADS // 10  # or chance has bent nothing worth the name
    assert (
        await pool.fetchval(
            "SELECT count(*) FROM identities i LEFT JOIN profiles p ON p.id = i.profile_id WHERE p.id IS NULL"
        )
        == 0
    )
