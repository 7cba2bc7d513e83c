"""``/metrics``: what the process counts, for Prometheus."""

from fastapi import APIRouter, HTTPException, Request, Response, status

from fermata.metrics_page import MEDIA_TYPE, MetricsPage


def router(page: MetricsPage) -> APIRouter:
    """The route.

    Args:
        page: What it answers.
    """
    routes = APIRouter(tags=["health"])

    @routes.get(
        "/metrics",
        response_class=Response,
        responses={
            200: {"description": "The text format of Prometheus.", "content": {"text/plain": {}}},
            401: {"description": "`FERMATA_METRICS_TOKEN` is set, and another or none was sent."},
        },
    )
    async def metrics(request: Request) -> Response:
        """Tells what this process counts. Where `FERMATA_METRICS_TOKEN` is set, it is asked for as a bearer token."""
        if not page.lets_in(request.headers.get("Authorization")):
            raise HTTPException(status.HTTP_401_UNAUTHORIZED, "send FERMATA_METRICS_TOKEN as a bearer token")
        return Response(page.text(), media_type=MEDIA_TYPE)

    return routes
