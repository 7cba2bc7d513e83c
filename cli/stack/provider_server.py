"""A stand-in, on loopback, for the companies that deliver push notifications and text messages for money.

``python -m cli.stack.provider_server --port 8090``

- ``POST [/ACCOUNT]/v1/messages`` with JSON and ``Idempotency-Key``: 202 ``{"id": …}``; the same key again gets the same
  answer, and nothing is delivered a second time. Each account (``push``, ``sms``) has keys of its own.
- ``GET /v1/messages``: ``{"messages": [{"id", "account", "key", "seen", "delivered", "body"}, …]}``.
- ``POST /v1/faults`` with ``{"status", "times", "retry_after", "after_delivery"}``: what goes wrong next.
- ``PUT /v1/hook`` with ``{"url", "secret"}``: where it tells afterwards, by signed webhooks, what became of messages.
- ``POST /v1/messages/ID/feedback`` with ``{"kind": "delivered", …}``: what it tells of one now.
- ``POST /v1/texts`` with ``{"from", "text"}``: a text that somebody writes to us.
- ``PUT /v1/delay`` with ``{"seconds"}``: how long each answer takes.
"""

import argparse
import asyncio
import logging
import sys
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from cli.stack.http_server import HttpServer
from cli.stack.provider_feedback import Hook, pass_on, tell
from cli.stack.provider_ledger import Fault, ProviderLedger, ProviderMessage
from cli.stack.signals import until_signal

_JSON_OBJECT: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


class _Delay(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: float = Field(ge=0, le=600)


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")

    kind: str


class _Text(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    sender: str = Field(alias="from")
    text: str


class ProviderServer(HttpServer):
    """The stand-in, in this process.

    ``async with ProviderServer() as provider: …; assert provider.messages[0].delivered == 1``

    Args:
        port: Where it listens on 127.0.0.1; 0 takes a free port.
    """

    def __init__(self, *, port: int = 0) -> None:
        self.ledger = ProviderLedger()
        self.hook: Hook | None = None
        super().__init__(_application(self), port=port)

    @property
    def messages(self) -> Sequence[ProviderMessage]:
        """All that it was asked to send, the oldest first."""
        return self.ledger.messages


def _application(server: ProviderServer) -> Starlette:
    ledger = server.ledger

    async def send(request: Request) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return _problem("the header Idempotency-Key is missing")
        body = _JSON_OBJECT.validate_json(await request.body())
        # Nothing is awaited between looking the key up and remembering it: two requests at once deliver once.
        reply = ledger.take(request.path_params.get("account", ""), key, body)
        await asyncio.sleep(ledger.delay.total_seconds())
        headers = {} if reply.retry_after is None else {"Retry-After": str(reply.retry_after)}
        answer = {"error": "as told"} if reply.message_id is None else {"id": reply.message_id}
        return JSONResponse(answer, status_code=reply.status, headers=headers)

    async def messages(request: Request) -> Response:
        del request
        return JSONResponse({"messages": [message.model_dump(mode="json") for message in ledger.messages]})

    async def fault(request: Request) -> Response:
        ledger.fail_next(Fault.model_validate_json(await request.body()))
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def delay(request: Request) -> Response:
        ledger.delay = timedelta(seconds=_Delay.model_validate_json(await request.body()).seconds)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def invalid(request: Request, error: Exception) -> Response:
        del request
        return _problem(str(error))

    return Starlette(
        routes=[
            Route("/v1/messages", send, methods=["POST"]),
            Route("/{account}/v1/messages", send, methods=["POST"]),
            Route("/v1/messages", messages, methods=["GET"]),
            Route("/v1/faults", fault, methods=["POST"]),
            *_telling(server),
            Route("/v1/delay", delay, methods=["PUT"]),
        ],
        exception_handlers={ValidationError: invalid},
    )


def _telling(server: ProviderServer) -> list[Route]:
    async def hook(request: Request) -> Response:
        server.hook = Hook.model_validate_json(await request.body())
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def feedback(request: Request) -> Response:
        told = _Told.model_validate_json(await request.body())
        message = next((each for each in server.messages if each.id == request.path_params["message"]), None)
        if server.hook is None or message is None:
            return _problem("there is no such message, or no hook to tell of it")
        answered = await tell(server.hook, message, told.kind, **(told.model_extra or {}))
        return JSONResponse({"answered": answered})

    async def text(request: Request) -> Response:
        written = _Text.model_validate_json(await request.body())
        if server.hook is None:
            return _problem("there is no hook to pass it on to")
        return JSONResponse({"answered": await pass_on(server.hook, written.sender, written.text)})

    return [
        Route("/v1/hook", hook, methods=["PUT"]),
        Route("/v1/messages/{message}/feedback", feedback, methods=["POST"]),
        Route("/v1/texts", text, methods=["POST"]),
    ]


def _problem(what: str) -> JSONResponse:
    return JSONResponse({"error": what}, status_code=HTTPStatus.BAD_REQUEST)


async def serve(port: int) -> None:
    """Serves until a signal tells it to end.

    Args:
        port: 0 takes a free port. The port is printed on stdout when it listens.
    """
    async with ProviderServer(port=port) as server:
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        await until_signal()


def main() -> None:
    """Runs the provider as a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m cli.stack.provider_server")
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(serve(arguments.port))


if __name__ == "__main__":
    main()
