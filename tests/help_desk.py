"""A stand-in, on loopback, for a CRM or a help desk: it checks who hands over, and makes one task of one webhook-id."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cli.stack.http_server import HttpServer
from fermata.channels.hand_off_desks import Desk

SECRET = "whsec_" + base64.b64encode(b"a secret of the tests' own").decode()


@dataclass
class Refusal:
    """What goes wrong with the next request.

    Args:
        status: What is answered.
        taken: Whether a task is made of it all the same: the answer is lost, so to say.
        retry_after: In seconds.
    """

    status: int
    taken: bool = False
    retry_after: int | None = None


@dataclass
class HelpDesk(HttpServer):
    """Tasks, by the id of the webhook that asked for each."""

    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    answers_with_id: bool = True

    def __post_init__(self) -> None:
        super().__init__(Starlette(routes=[Route("/{desk}", self._take, methods=["POST"])]))

    def desks(self, secret: str = SECRET) -> dict[str, Desk]:
        """Two desks, as a deployment declares them."""
        return {
            "sales": Desk("sales", f"{self.url}/sales", SecretStr(secret)),
            "support": Desk("support", f"{self.url}/support", SecretStr(secret), "high"),
        }

    async def _take(self, request: Request) -> Response:
        self.requests += 1
        body = await request.body()
        try:
            Webhook(SECRET).verify(body, dict(request.headers))
        except WebhookVerificationError:
            return JSONResponse({"error": "the signature does not fit"}, 401)
        refusal = self.refusals.pop(0) if self.refusals else None
        identifier = request.headers["webhook-id"]
        if refusal is None or refusal.taken:
            self.tasks.setdefault(identifier, {"desk": request.path_params["desk"], **json.loads(body)})
        if refusal is not None:
            headers = {} if refusal.retry_after is None else {"Retry-After": str(refusal.retry_after)}
            return JSONResponse({}, refusal.status, headers)
        if not self.answers_with_id:
            return Response(status_code=204)
        return JSONResponse({"id": f"T-{list(self.tasks).index(identifier) + 1}"}, 201)
