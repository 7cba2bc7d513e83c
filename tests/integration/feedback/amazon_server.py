"""A stand-in for Amazon SNS on loopback: it has a certificate, and confirms subscriptions."""

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cli.stack.http_server import HttpServer
from tests.unit.feedback.provider_signing import CERTIFICATE_URL, amazons_certificate


class AmazonServer(HttpServer):
    """The stand-in, in this process.

    Args:
        status: What it answers to all that it is asked.
    """

    def __init__(self) -> None:
        self.status = 200
        self.fetched = 0
        self.confirmed: list[str] = []
        routes = [Route("/", self._confirm), Route("/{file}", self._certificate)]
        super().__init__(Starlette(routes=routes))

    def transport(self) -> httpx.AsyncBaseTransport:
        """Leads every call to Amazon here, and no other one anywhere."""
        return _ToLoopback(self)

    async def _confirm(self, request: Request) -> Response:
        if self.status == 200:
            self.confirmed.append(request.url.query)
        return Response("<ConfirmSubscriptionResponse/>", self.status)

    async def _certificate(self, request: Request) -> Response:
        self.fetched += 1
        known = request.url.path == httpx.URL(CERTIFICATE_URL).path
        return Response(amazons_certificate() if known else "", self.status if known else 404)


class _ToLoopback(httpx.AsyncBaseTransport):
    def __init__(self, server: HttpServer) -> None:
        self._server = server

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.scheme == "https"
        assert request.url.host == "sns.eu-west-1.amazonaws.com"
        here = httpx.URL(self._server.url)
        there = request.url.copy_with(scheme="http", host=here.host, port=here.port)
        async with httpx.AsyncClient() as client:
            answer = await client.request(request.method, there)
        return httpx.Response(answer.status_code, content=answer.content)
