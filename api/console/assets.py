"""The console's style, its one small script and its sign."""

from hashlib import sha256
from importlib import resources

from fastapi import APIRouter, HTTPException, Request, Response, status

_KINDS = {"console.css": "text/css", "console.js": "text/javascript", "fermata.svg": "image/svg+xml"}


def router() -> APIRouter:
    """The route; anybody may have them, as the login needs them."""
    routes = APIRouter()
    folder = resources.files("api.console").joinpath("static")
    files = {name: folder.joinpath(name).read_bytes() for name in _KINDS}
    tags = {name: f'"{sha256(content).hexdigest()[:16]}"' for name, content in files.items()}

    @routes.get("/static/{name}")
    async def serve(name: str, request: Request) -> Response:
        if name not in files:
            raise HTTPException(status.HTTP_404_NOT_FOUND, f"the console has no file {name!r}")
        # Asked about each time, and sent once: after an upgrade no browser shows a new page in an old dress.
        headers = {"ETag": tags[name], "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        if request.headers.get("if-none-match") == tags[name]:
            return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
        return Response(files[name], media_type=_KINDS[name], headers=headers)

    return routes
