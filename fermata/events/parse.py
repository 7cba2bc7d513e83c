"""From a payload in the Segment spec to the event it stands for, or to the field that makes it impossible."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any, get_args

import orjson
from pydantic import ValidationError

from fermata.errors import InvalidEvent
from fermata.events.bounds import check_bounds
from fermata.events.faults import cut, first_fault
from fermata.events.incoming import Device, IncomingEvent, Kind, Mark
from fermata.events.meaning import AnyCall, meaning_of
from fermata.events.naming import naming_of
from fermata.events.occurrence import occurrence
from fermata.events.payload import Alias, Context, Group, Identify, LocationContext, Page, Screen, Track
from fermata.events.places import country_code, subdivision_code
from fermata.events.verbs import Verbs

_CALLS: Mapping[Kind, type[AnyCall]] = {
    "track": Track,
    "identify": Identify,
    "page": Page,
    "screen": Screen,
    "group": Group,
    "alias": Alias,
}
_UNMARKED: frozenset[Mark] = frozenset()


def parse(
    payload: object,
    *,
    received_at: datetime,
    kind: Kind | None = None,
    position: int = 0,
    historical: bool = False,
    verbs: Verbs | None = None,
) -> IncomingEvent:
    """Checks one payload and says what it means.

    Args:
        payload: One message, as it came out of the JSON parser.
        received_at: When the request came in.
        kind: The call whose endpoint it came to; None reads ``type``.
        position: Its place in the batch: tells apart two messages that have neither id nor time.
        historical: It comes from an archive: its time is believed, and it is marked.
        verbs: The standard events; those that ship where it is None.

    Raises:
        InvalidEvent: With the dotted field at fault.
    """
    if not isinstance(payload, Mapping):
        raise InvalidEvent(f"a message must be a JSON object, not {type(payload).__name__}")
    check_bounds(payload)
    call = _read(payload, kind)
    named = naming_of(call)
    meaning = meaning_of(call, _with_traits(payload), verbs)
    occurred = occurrence(call, received_at, historical=historical)
    return IncomingEvent(
        message_id=call.message_id or _derive_id(payload, received_at, position),
        kind=call.type,
        name=meaning.name,
        user_id=named.user_id,
        anonymous_id=named.anonymous_id,
        occurred_at=occurred.at,
        received_at=received_at,
        properties=meaning.properties,
        context=payload.get("context") or {},
        device=_device(call.context),
        traits=meaning.traits,
        other_traits=meaning.other_traits,
        previous_id=meaning.previous_id,
        original_name=meaning.original_name,
        names=named.names,
        marks=_marks(clamped=occurred.clamped, historical=historical, nobodys=named.nobodys),
    )


def _marks(*, clamped: bool, historical: bool, nobodys: bool) -> frozenset[Mark]:
    if not (clamped or historical or nobodys):
        return _UNMARKED
    marks = ((Mark.CLAMPED_FROM_FUTURE, clamped), (Mark.HISTORICAL, historical), (Mark.NOBODYS_NAME, nobodys))
    return frozenset(mark for mark, holds in marks if holds)


def _read(payload: Mapping[str, Any], kind: Kind | None) -> AnyCall:
    given = payload.get("type")
    call = _CALLS.get(kind or given) if kind or isinstance(given, str) else None  # type: ignore[arg-type]
    if call is None:
        choices = ", ".join(get_args(Kind))
        raise InvalidEvent(f"must be one of {choices}, not {cut(given)}", field="type")
    if given is not None and given != kind and kind is not None:
        raise InvalidEvent(f"says {cut(given)}, but came to the endpoint of {kind}", field="type")
    try:
        return call.model_validate(_with_traits(payload) if call is Identify else payload)
    except ValidationError as error:
        raise first_fault(error) from None


def _with_traits(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """An identify call with its traits where the spec has them: RudderStack's libraries put them into the context."""
    context = payload.get("context")
    if payload.get("traits") is not None or not isinstance(context, Mapping) or context.get("traits") is None:
        return payload
    return {**payload, "traits": context["traits"]}


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
    location = context.location or LocationContext()
    country = country_code(location.country)
    return Device(
        time_zone=context.timezone,
        country=country,
        locale=context.locale,
        push_token=token,
        city=location.city,
        subdivision=subdivision_code(location.region, country),
    )
