"""From a call of the spec to the names that it gives its person, without those that are nobody's."""

from dataclasses import dataclass

from fermata.errors import InvalidEvent
from fermata.events.meaning import AnyCall
from fermata.events.names import NO_NAMES, Names, email_name, is_nobody, phone_name
from fermata.events.payload import Alias, Context, ContextTraits, ExternalId, Identify
from fermata.events.traits import Traits
from fermata.vocabulary import Reason

_SHORTEST_SESSION = 16


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a call means.

    Args:
        user_id, anonymous_id: None where the call gives none, or nobody's.
        names: All others.
        nobodys: It gives an id that is nobody's.
    """

    user_id: str | None
    anonymous_id: str | None
    names: Names
    nobodys: bool


def naming_of(call: AnyCall) -> Named:
    """Says whom a call means.

    Args:
        call: As it was checked.

    Raises:
        InvalidEvent: Nobody, since it gives no name or only nobody's.
    """
    user_id = _somebodys(call.user_id)
    anonymous_id = _somebodys(call.anonymous_id)
    named = Named(
        user_id=user_id,
        anonymous_id=anonymous_id,
        names=_names(call),
        nobodys=user_id != call.user_id or anonymous_id != call.anonymous_id,
    )
    if isinstance(call, Alias):
        _check_alias(call, user_id)
    elif user_id is None and anonymous_id is None and not named.names:
        raise InvalidEvent(f"{Reason.EVENT_NO_IDENTITY}: {_mend(call)}", field="userId")
    return named


def _check_alias(call: Alias, user_id: str | None) -> None:
    if call.user_id is None:
        raise InvalidEvent(f"{Reason.EVENT_NO_IDENTITY}: an alias needs userId beside previousId", field="userId")
    for field, value in (("userId", user_id), ("previousId", _somebodys(call.previous_id))):
        if value is None:
            raise InvalidEvent(f"{Reason.EVENT_NO_IDENTITY}: an alias from or to nobody joins strangers", field=field)


def _mend(call: AnyCall) -> str:
    given = call.user_id or call.anonymous_id
    return f"{given!r} is nobody's id; send a person's" if given is not None else "give userId or anonymousId"


def _somebodys(value: str | None) -> str | None:
    return None if value is None or is_nobody(value) else value


def _names(call: AnyCall) -> Names:
    context = call.context
    traits = call.traits if isinstance(call, Identify) else context.traits if context is not None else None
    if traits is None and (context is None or not _tells_names(context)):
        return NO_NAMES  # most events
    known = traits or ContextTraits()
    elsewhere = (context.external_ids or []) if context is not None else []
    country = _country(traits, context)
    return Names(
        external_ids=tuple(dict.fromkeys(f"{each.type}:{each.id}" for each in elsewhere if _is_external(each))),
        emails=_addresses(known.email, known.email_sha256, "email", elsewhere, None),
        phones=_addresses(known.phone, known.phone_sha256, "phone", elsewhere, country),
        device=_somebodys(context.device.id) if context is not None and context.device is not None else None,
        session=_session(context),
    )


def _tells_names(context: Context) -> bool:
    has_device = context.device is not None and context.device.id is not None
    return has_device or context.external_ids is not None or context.session_id is not None


def _country(traits: Traits | ContextTraits | None, context: Context | None) -> str | None:
    if isinstance(traits, Traits) and traits.address is not None and traits.address.country is not None:
        return traits.address.country.upper()
    location = context.location if context is not None else None
    return location.country.upper() if location is not None and location.country is not None else None


def _is_external(each: ExternalId) -> bool:
    return each.type not in ("email", "phone") and not is_nobody(each.id)


def _addresses(
    plain: str | None, hashed: str | None, kind: str, elsewhere: list[ExternalId], country: str | None
) -> tuple[str, ...]:
    told = [plain] if plain is not None else []
    names = [hashed] if hashed is not None else []
    for each in elsewhere:
        if each.type == kind:
            (names if (each.encoding or "").lower() == "sha256" else told).append(each.id.lower())
    made = (email_name(address) if kind == "email" else phone_name(address, country) for address in told)
    return tuple(dict.fromkeys(name for name in (*made, *names) if name is not None))


def _session(context: Context | None) -> str | None:
    """A session's id that is no name of one session alone, such as the second in which it began, is left out."""
    session = context.session_id if context is not None else None
    if session is None or len(session) < _SHORTEST_SESSION or session.isdecimal():
        return None
    return _somebodys(session)
