"""What a form of ours, or a mail program's one click, says; and who sent it, for evidence."""

from typing import Any
from urllib.parse import parse_qs

from fastapi import Request

from api.body import read_body

_LARGEST = 16 * 1024  # bytes
_LONGEST = 500  # characters of a browser's name
Form = dict[str, list[str]]


async def read_form(request: Request, *, most: int = _LARGEST) -> Form:
    """Reads a form of up to so many bytes.

    A mail program may send its one click as ``multipart/form-data`` too (RFC 8058, section 3.2). It says one thing
    only, so that nothing in it needs to be read: such a body is an empty form.
    """
    body = await read_body(request, most=most)
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    return parse_qs(body.decode("utf-8", "replace"), max_num_fields=500)


def sent_by(request: Request) -> dict[str, Any]:
    """Address and program of whoever sent a form, as far as they are known."""
    told = {
        "ip": request.client.host if request.client is not None else None,
        "user_agent": request.headers.get("user-agent", "")[:_LONGEST],
    }
    return {name: value for name, value in told.items() if value}
