"""What pydantic says of bad input, in the words of JSON and with the field at fault."""

from pydantic import ValidationError

from fermata.errors import InvalidEvent

_WANTED = {
    "string_type": "must be text",
    "string_too_short": "must not be blank",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "list_type": "must be a list",
    "bool_type": "must be true or false",
}


def first_fault(error: ValidationError) -> InvalidEvent:
    """The first of what is wrong.

    Args:
        error: Of a payload.
    """
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"] if part != "[key]")
    if first["type"] == "value_error":  # ours: it has the value and the mend
        return InvalidEvent(first["msg"].removeprefix("Value error, "), field=field)
    if first["type"] == "missing":
        return InvalidEvent("is missing", field=field)
    wanted = _WANTED.get(first["type"]) or first["msg"].replace("Input should be", "must be")
    return InvalidEvent(f"{wanted}, not {cut(first['input'])}", field=field)


def cut(value: object) -> str:
    """A value as an error shows it: not at any length."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
