"""Puts the HTTP surface together."""

from fastapi import FastAPI

from api import decisions, health, inbox, ingest, policy, problems
from fermata.access import Keys
from fermata.database import Pool
from fermata.ingest import Ingest
from fermata.journeys import Registry


def create_app(*, pool: Pool, registry: Registry) -> FastAPI:
    """The application. What it is given stays the caller's: opened before, closed after.

    Args:
        pool: Connections to the database.
        registry: The journeys that events may start or reach.
    """
    app = FastAPI(
        title="Fermata",
        summary="Durable customer journeys that know when to hold.",
        version="1",
        redoc_url=None,
    )
    keys = Keys(pool)
    problems.install(app)
    app.include_router(ingest.router(Ingest(pool, registry), keys))
    app.include_router(inbox.router(pool, keys))
    app.include_router(decisions.router(pool, keys))
    app.include_router(policy.router(pool, keys))
    app.include_router(health.router(pool))
    return app
