"""What no SDK sends to the door: bodies that chance has broken, in every way that we could think of, from a seed."""

import base64
import gzip
import json
import random
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from fermata.events import Door
from tests.unit.events.bent_payloads import IDENTIFY, ODD_TEXTS, OTHER_CALLS, TRACK, places

_CALLS = (TRACK, IDENTIFY, *OTHER_CALLS)
_NUMBERS = ("1e400", "-1e400", "9" * 5000, "-0.0", "1e-400", "0." + "1" * 3000, "NaN", "Infinity", "0x10", "01", "1e")
_ESCAPES = ('"\\ud800"', '"\\udfff\\ud800"', '"\\u0000"', '"\\uD83E\\uDD41"', '"\\x00"', '"\\u12"', '"\t"', '"\\')
_ENCODINGS = ("utf-16", "utf-16-be", "utf-32", "utf-8-sig", "latin-1", "cp037")
_TYPES = ("application/json", "text/plain", "application/x-www-form-urlencoded", "")
_BOMB = gzip.compress(b"[" + b"0," * 8_000_000 + b"0]", 9)  # 16 kB that are 16 MB
_DEEP = 20_000


@dataclass(frozen=True)
class Hostile:
    """A request.

    Args:
        door: Where to.
        headers: With the key, or without.
        body: As it goes out.
        entitled: Whether the key is one that may send events; None where that hangs on how the body is read.
    """

    door: str
    headers: Mapping[str, str]
    body: bytes
    entitled: bool | None


def hostile(chance: random.Random, write_key: str, other_key: str) -> Hostile:
    """One request.

    Args:
        chance: Where it comes from: the same seed, the same request.
        write_key: Of somebody who may send events.
        other_key: Of somebody who may not.
    """
    call = chance.choice(_CALLS)
    door = call["type"] if chance.random() < 0.6 else chance.choice(get_args(Door))
    payload: Any = _bent(chance, call)
    if door in ("batch", "import"):
        payload = {"batch": [_bent(chance, chance.choice(_CALLS)) for _ in range(chance.randint(0, 4))]}
        if chance.random() < 0.2:
            payload["batch"] = _odd(chance)
    headers = {"Content-Type": chance.choice(_TYPES)}
    entitled = _authorised(chance, headers, payload, write_key, other_key)
    body = chance.choice(_WAYS)(chance, _json(chance, payload))
    if body.startswith(b"\x1f\x8b") and chance.random() < 0.9:
        headers["Content-Encoding"] = "gzip"
    elif chance.random() < 0.03:
        headers["Content-Encoding"] = chance.choice(("gzip", "br", "deflate", "gzip, gzip", "identity", ";"))
    return Hostile(door, headers, body, entitled)


def _authorised(chance: random.Random, headers: dict[str, str], payload: Any, key: str, other: str) -> bool | None:
    """Puts a key in, or something that is none, and tells whether it is good."""
    match chance.randint(0, 19):
        case 0:
            return False
        case 1:
            headers["Authorization"] = _basic(other)
            return False
        case 2:
            headers["Authorization"] = f"Bearer {key}"
            return False
        case 3:
            headers["Authorization"] = _basic(key[:-1] + ("A" if key[-1] != "A" else "B"))
            return False
        case 4:
            odd = ("", "=", "A" * 3000, _b64(b"\xff\xfe:"), _b64(key.encode()))
            headers["Authorization"] = f"Basic {chance.choice(odd)}".strip()
            return False
        case 5 if isinstance(payload, dict):
            payload["writeKey"] = chance.choice((key, [key], {key: key}, 1, None, "\0", key + "\0", "\ud800"))
            return None
        case _:
            headers["Authorization"] = _basic(key)
            return True


def _basic(key: str) -> str:
    return "Basic " + _b64(f"{key}:".encode())


def _b64(text: bytes) -> str:
    return base64.b64encode(text).decode()


def _bent(chance: random.Random, call: dict[str, Any]) -> dict[str, Any]:
    """A call in which some things are taken out, replaced, or joined by a stranger."""
    result: dict[str, Any] = json.loads(json.dumps(call))
    result["messageId"] = f"{chance.getrandbits(64):x}"
    for _ in range(chance.choice((0, 0, 1, 2, 3))):
        *parents, last = chance.choice(places(result) or [("event",)])
        inside: Any = result
        for step in parents:
            inside = inside[step]
        match chance.randint(0, 3):
            case 0 if not isinstance(inside, dict) or last in inside:
                del inside[last]
            case 1 if isinstance(inside, dict):
                inside[chance.choice(ODD_TEXTS)[:300]] = _odd(chance)
            case _:
                inside[last] = _odd(chance)
    return result


def _odd(chance: random.Random, depth: int = 0) -> Any:
    match chance.randint(0, 8 if depth < 3 else 5):
        case 0:
            return None
        case 1:
            return chance.random() < 0.5
        case 2:
            return chance.choice((0, -1, 2**31, 2**63, -(2**63) - 1, 2**64, 10**30, 1e308, 5e-324))
        case 3 | 4 | 5:
            return chance.choice(ODD_TEXTS)
        case 6 | 7:
            return [_odd(chance, depth + 1) for _ in range(chance.randint(0, 4))]
        case _:
            return {chance.choice(ODD_TEXTS)[:300]: _odd(chance, depth + 1) for _ in range(chance.randint(0, 4))}


def _json(chance: random.Random, payload: Any) -> bytes:
    """As text, with raw characters or escapes, now and then with a literal that Python would not write."""
    text = json.dumps(payload, ensure_ascii=chance.random() < 0.5)
    if chance.random() < 0.2:
        literal = chance.choice((*_NUMBERS, *_ESCAPES))
        text = text.replace(chance.choice(("null", "9.5", '"Product Added"', '"p1"', "true")), literal, 1)
    if chance.random() < 0.05:
        text = text[:-1] + ',"userId":"twice","userId":{"a":1},"type":"track"}'
    return text.encode("utf-8", "surrogatepass")


def _cut(chance: random.Random, body: bytes) -> bytes:
    return body[: chance.randint(0, len(body))]


def _flipped(chance: random.Random, body: bytes) -> bytes:
    broken = bytearray(body or b"{}")
    for _ in range(chance.randint(1, 8)):
        broken[chance.randrange(len(broken))] = chance.getrandbits(8)
    return bytes(broken)


def _wrapped(chance: random.Random, body: bytes) -> bytes:
    depth = chance.choice((10, 200, 1100, _DEEP // 2))
    return b'{"properties":' + b"[" * depth + body + b"]" * chance.choice((depth, 0)) + b"}"


def _elsewhere_encoded(chance: random.Random, body: bytes) -> bytes:
    return body.decode("utf-8", "replace").encode(chance.choice(_ENCODINGS), "replace")


def _packed(chance: random.Random, body: bytes) -> bytes:
    match chance.randint(0, 5):
        case 0:
            return _BOMB
        case 1:
            return gzip.compress(gzip.compress(body, 1), 1)
        case 2:
            return _cut(chance, gzip.compress(body, 1))
        case 3:
            return _flipped(chance, gzip.compress(body, 1))
        case 4:
            return zlib.compress(body)
        case _:
            return gzip.compress(body, 1) + gzip.compress(body, 1)[: chance.choice((0, 5))]


_WAYS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    *(lambda _, body: body,) * 10,
    _cut,
    _flipped,
    _wrapped,
    _elsewhere_encoded,
    *(_packed,) * 2,
    lambda chance, _: chance.randbytes(chance.randint(0, 300)),
    lambda chance, _: chance.choice((b"[" * _DEEP, b'{"a":' * 5000, b"{}", b"[]", b"", b"0", b"null", b'""', b"\0")),
    lambda chance, body: body + b"\0" * chance.randint(1, 4),
    lambda chance, body: b" " * chance.choice((1, 33_000, 513_000)) + body,
)
