"""Reads a request's body, and never more of it than it may have, packed or unpacked."""

import zlib

import orjson
from fastapi import HTTPException, Request, status

from fermata.errors import InvalidEvent

_PATIENCE = 4 * 1024 * 1024  # bytes
_GZIP = 16 + zlib.MAX_WBITS


async def read_body(request: Request, *, most: int) -> bytes:
    """Reads the body; unpacks it where it comes with ``Content-Encoding: gzip``.

    Args:
        request: Not read from before.
        most: Bytes that it may have, unpacked.

    Raises:
        HTTPException: 413 where it is larger, 415 for another encoding.
        InvalidEvent: What claims to be gzip is not.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip"}:
        problem = f"cannot read Content-Encoding {encoding!r}; send it plain or as gzip"
        raise HTTPException(status.HTTP_415_UNSUPPORTED_MEDIA_TYPE, problem)
    body = bytearray()
    read = 0
    async for chunk in request.stream():
        # Somewhat too large is read to its end: a client that is cut off while it sends never sees the answer.
        read += len(chunk)
        if read > _PATIENCE:
            raise _too_large(most)
        if read <= most:
            body += chunk
    if read > most:
        raise _too_large(most)
    return _unpack(bytes(body), most) if encoding == "gzip" else bytes(body)


def read_json(body: bytes) -> object:
    """Parses JSON.

    Raises:
        InvalidEvent: It is none; says where.
    """
    try:
        parsed: object = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidEvent(f"the body is not JSON: {error}") from None
    return parsed


def _unpack(body: bytes, most: int) -> bytes:
    reader = zlib.decompressobj(wbits=_GZIP)
    try:
        unpacked = reader.decompress(body, most + 1)
    except zlib.error as error:
        raise InvalidEvent(f"the body says Content-Encoding: gzip, but cannot be unpacked: {error}") from None
    if len(unpacked) > most:
        raise _too_large(most)
    if not reader.eof:
        raise InvalidEvent("the body is gzip that breaks off before its end")
    return unpacked


def _too_large(most: int) -> HTTPException:
    return HTTPException(status.HTTP_413_CONTENT_TOO_LARGE, f"the body is larger than {most // 1024} KB")
