"""From a payload in the Segment spec to the event it stands for, or to the field that makes it impossible."""

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any, get_args

import orjson
from pydantic import ValidationError

from fermata.errors import InvalidEvent
from fermata.events.bounds import check_bounds
from fermata.events.incoming import Device, IncomingEvent, Kind, Mark
from fermata.events.meaning import AnyCall, meaning_of
from fermata.events.occurrence import occurrence
from fermata.events.payload import Alias, Context, Group, Identify, Page, Screen, Track
from fermata.vocabulary import Reason

_CALLS: Mapping[Kind, type[AnyCall]] = {
    "track": Track,
    "identify": Identify,
    "page": Page,
    "screen": Screen,
    "group": Group,
    "alias": Alias,
}
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_UNMARKED: frozenset[Mark] = frozenset()
_WANTED = {
    "string_type": "must be text",
    "string_too_short": "must not be blank",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "bool_type": "must be true or false",
}
"""What pydantic says in the words of Python, in those of JSON."""


def parse(
    payload: object,
    *,
    received_at: datetime,
    kind: Kind | None = None,
    position: int = 0,
    historical: bool = False,
) -> IncomingEvent:
    """Checks one payload and says what it means.

    Args:
        payload: One message, as it came out of the JSON parser.
        received_at: When the request came in.
        kind: The call whose endpoint it came to; None reads ``type``.
        position: Its place in the batch: tells apart two messages that have neither id nor time.
        historical: It comes from an archive: its time is believed, and it is marked.

    Raises:
        InvalidEvent: With the dotted field at fault.
    """
    if not isinstance(payload, Mapping):
        raise InvalidEvent(f"a message must be a JSON object, not {type(payload).__name__}")
    check_bounds(payload)
    call = _read(payload, kind)
    _check_identity(call)
    meaning = meaning_of(call, _with_traits(payload))
    occurred = occurrence(call, received_at, historical=historical)
    return IncomingEvent(
        message_id=call.message_id or _derive_id(payload, received_at, position),
        kind=call.type,
        name=meaning.name,
        user_id=call.user_id,
        anonymous_id=call.anonymous_id,
        occurred_at=occurred.at,
        received_at=received_at,
        properties=meaning.properties,
        context=payload.get("context") or {},
        device=_device(call.context),
        traits=meaning.traits,
        other_traits=meaning.other_traits,
        previous_id=meaning.previous_id,
        original_name=meaning.original_name,
        marks=_marks(clamped=occurred.clamped, historical=historical),
    )


def _check_identity(call: AnyCall) -> None:
    if isinstance(call, Alias):
        if call.user_id is None:
            raise InvalidEvent(f"{Reason.EVENT_NO_IDENTITY}: an alias needs userId beside previousId", field="userId")
    elif call.user_id is None and call.anonymous_id is None:
        raise InvalidEvent(f"{Reason.EVENT_NO_IDENTITY}: give userId or anonymousId", field="userId")


def _marks(*, clamped: bool, historical: bool) -> frozenset[Mark]:
    if not clamped and not historical:
        return _UNMARKED
    return frozenset(
        mark for mark, holds in ((Mark.CLAMPED_FROM_FUTURE, clamped), (Mark.HISTORICAL, historical)) if holds
    )


def _read(payload: Mapping[str, Any], kind: Kind | None) -> AnyCall:
    given = payload.get("type")
    call = _CALLS.get(kind or given) if kind or isinstance(given, str) else None  # type: ignore[arg-type]
    if call is None:
        choices = ", ".join(get_args(Kind))
        raise InvalidEvent(f"must be one of {choices}, not {_cut(given)}", field="type")
    if given is not None and given != kind and kind is not None:
        raise InvalidEvent(f"says {_cut(given)}, but came to the endpoint of {kind}", field="type")
    try:
        return call.model_validate(_with_traits(payload) if call is Identify else payload)
    except ValidationError as error:
        raise _first_fault(error) from None


def _with_traits(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """An identify call with its traits where the spec has them: RudderStack's libraries put them into the context."""
    context = payload.get("context")
    if payload.get("traits") is not None or not isinstance(context, Mapping) or context.get("traits") is None:
        return payload
    return {**payload, "traits": context["traits"]}


def _first_fault(error: ValidationError) -> InvalidEvent:
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"] if part != "[key]")
    if first["type"] == "value_error":  # ours: it has the value and the mend
        return InvalidEvent(first["msg"].removeprefix("Value error, "), field=field)
    if first["type"] == "missing":
        return InvalidEvent("is missing", field=field)
    wanted = _WANTED.get(first["type"]) or first["msg"].replace("Input should be", "must be")
    return InvalidEvent(f"{wanted}, not {_cut(first['input'])}", field=field)


def _cut(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _derive_id(payload: Mapping[str, Any], received_at: datetime, position: int) -> str:
    """An id for a message without one. A message with a time gets the same id whenever it is sent again."""
    same = {name: value for name, value in payload.items() if name != "sentAt"}
    digest = blake2b(orjson.dumps(same, option=orjson.OPT_SORT_KEYS), digest_size=16)
    if not (payload.get("timestamp") or payload.get("originalTimestamp")):
        digest.update(f"{received_at.isoformat()} {position}".encode())
    return f"fermata-{digest.hexdigest()}"


def _device(context: Context | None) -> Device:
    if context is None:
        return Device()
    token = context.device.token if context.device is not None else None
    country = context.location.country if context.location is not None else None
    code = country.upper() if country is not None and _COUNTRY.fullmatch(country) else None
    return Device(time_zone=context.timezone, country=code, locale=context.locale, push_token=token)
