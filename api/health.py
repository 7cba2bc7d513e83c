"""``/healthz`` (the process is there) and ``/readyz`` (it can do its work)."""

from fastapi import APIRouter, Response, status

from api.json_response import JsonResponse
from fermata.database import Pool
from fermata.database.readiness import missing_from


def router(pool: Pool) -> APIRouter:
    """The routes.

    Args:
        pool: What work needs.
    """
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Answers as long as the process runs."""
        return {"status": "ok"}

    @routes.get("/readyz")
    async def readyz() -> Response:
        """Answers 200 when Postgres answers and has the schema of this release, else 503 with what is missing."""
        missing = await missing_from(pool)
        if missing is None:
            return JsonResponse({"status": "ready"})
        answer = {"status": "not ready", "missing": missing}
        return JsonResponse(answer, status_code=status.HTTP_503_SERVICE_UNAVAILABLE, headers={"Retry-After": "1"})

    return routes
