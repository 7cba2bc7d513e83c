"""An event as a run sees it: id, name, time and a few small properties. It lies in Temporal's history for years."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

_MOST_PROPERTIES = 24
_LONGEST_VALUE = 200
PERSONAL = frozenset({"email", "phone", "first_name", "last_name", "address", "ip", "message_body"})
"""Properties that never leave Postgres: they are in no history, and no run's id is made of one."""

# By their names, however they are spelled (firstName, FIRST NAME): who somebody is, and what people write in words.
_SAYS_WHO = re.compile(
    r"email(address|hash|hashed|md5|sha1|sha256)?$"
    r"|(^|home|work|cell|tele|mobile|user|customer|contact|billing|shipping)(phone|mobile)(number|no)?$"
    r"|(first|last|given|family|middle|full|user|customer|contact|recipient|sender)name$|surname$"
    r"|^(birthday|birthdate|dateofbirth|ip|ipaddress|street|postalcode|zipcode)$|^(home|billing|shipping)?address$"
    r"|^(gift)?(message|text|note|notes|comment|comments)(body)?$"
)
# By what they hold, wherever it stands: an address, a number as E.164 begins it, a SHA-256 as of a hashed address.
_IS_PERSONAL = re.compile(r"[^\s@]@[^\s@]+\.[^\s@]|\+[0-9](?:[ ().-]*[0-9]){6,14}|\b[0-9a-fA-F]{64}\b")
_LETTERS = re.compile(r"[^a-z0-9]")


class JourneyEvent(BaseModel):
    """An event that a run is told of.

    Args:
        id: The event's id here; a second delivery carries the same.
        name: For example ``"Product Added"``.
        occurred_at: When it happened to the person, clock skew corrected, aware.
        properties: Scalars only, as ``project`` cuts them down.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID
    name: str
    occurred_at: datetime
    properties: dict[str, Any] = {}


def project(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Cuts an event's properties down to what may lie in a history: few, short, scalar, and nothing personal.

    What is personal is known by a property's name, and by what addresses and numbers look like. A name in a property
    that is called otherwise is not known for one.

    Args:
        properties: As they came with the event; templates get these in full, from Postgres.
    """
    small = {name: value for name, value in properties.items() if _is_small(value) and not _is_personal(name, value)}
    return dict(sorted(small.items())[:_MOST_PROPERTIES])


def _is_small(value: Any) -> bool:  # noqa: ANN401 - whatever JSON can hold
    return (
        value is None
        or isinstance(value, bool | int | float)
        or (isinstance(value, str) and len(value) <= _LONGEST_VALUE)
    )


def _is_personal(name: str, value: str | float | None) -> bool:
    if name.lower() in PERSONAL:
        return True
    if value is None or isinstance(value, bool):
        return False
    spelled = _LETTERS.sub("", name.lower())
    return bool(_SAYS_WHO.search(spelled)) or (isinstance(value, str) and bool(_IS_PERSONAL.search(value)))
