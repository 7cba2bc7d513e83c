"""``/healthz`` (the process is there) and ``/readyz`` (it can do its work)."""

import asyncpg
from fastapi import APIRouter, Response, status

from api.json_response import JsonResponse
from fermata.database import AWAY, Pool

_PATIENCE = 2.0  # seconds; whoever asks asks again


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
        """Answers 200 when Postgres answers and has the schema, else 503 with what is missing."""
        missing = await _missing(pool)
        if missing is None:
            return JsonResponse({"status": "ready"})
        answer = {"status": "not ready", "missing": missing}
        return JsonResponse(answer, status_code=status.HTTP_503_SERVICE_UNAVAILABLE, headers={"Retry-After": "1"})

    return routes


async def _missing(pool: Pool) -> str | None:
    try:
        async with pool.acquire(timeout=_PATIENCE) as connection:
            await connection.fetchval("SELECT version_num FROM alembic_version", timeout=_PATIENCE)
    except asyncpg.UndefinedTableError:
        return "the schema: run `fermata migrate`"
    except AWAY:
        return "Postgres does not answer"
    return None
