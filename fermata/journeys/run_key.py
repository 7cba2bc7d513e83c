"""What tells the runs of one profile in one journey apart: the id of an order or a ticket, fit to stand in an id."""

import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

# Ids as shops and help desks make them: a digit somewhere, and neither spaces, "@" nor "+" as in what people write.
_ID = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_HASHED = 12  # bytes: two keys of one profile never meet


def key_value(properties: Mapping[str, Any], name: str | None) -> str | None:
    """The value that an event carries for a journey's key, as text.

    Args:
        properties: The event's.
        name: Of the property; None for a journey without a key.

    Returns:
        The text, or of a whole number its digits. None where there is neither, or it is blank.
    """
    value = properties.get(name) if name is not None else None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return (value.strip(" ") or None) if isinstance(value, str) else None


def run_key(value: str | None) -> str:
    """The key as it stands in the run's row and in the workflow's id, which is plain text to whoever runs Temporal.

    A value that does not look like an id (an e-mail address, a sentence, more than 64 characters) becomes a hash, so
    that nothing personal lands there.

    Args:
        value: Of ``key_value``; None gives "".
    """
    if value is None or _ID.fullmatch(value):
        return value or ""
    return f"~{blake2b(value.encode('utf-8', 'surrogatepass'), digest_size=_HASHED).hexdigest()}"
