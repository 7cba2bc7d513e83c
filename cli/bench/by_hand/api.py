"""A bare endpoint that inserts one row, served as the API is: what ``/v1/track`` is compared with.

``python -m cli.bench.by_hand.api`` listens where ``FERMATA_API_PORT`` says, until SIGTERM.
"""

from datetime import UTC, datetime

import orjson
import uvicorn
import uvloop
from fastapi import FastAPI, Request, Response

from fermata.database import Pool, new_id, open_pool
from fermata.settings import Settings, read_settings

TABLE = "CREATE TABLE bare_events (id uuid PRIMARY KEY, received_at timestamptz NOT NULL, payload jsonb NOT NULL)"
_INSERT = "INSERT INTO bare_events (id, received_at, payload) VALUES ($1, $2, $3)"


def _app(pool: Pool) -> FastAPI:
    app = FastAPI()

    @app.post("/track")
    async def _(request: Request) -> Response:
        await pool.execute(_INSERT, new_id(), datetime.now(UTC), orjson.loads(await request.body()))
        return Response(b'{"success":true}', media_type="application/json")

    return app


async def _serve(settings: Settings) -> None:
    async with open_pool(settings.database_url, most=settings.database_connections) as pool:
        config = uvicorn.Config(
            _app(pool),
            host=settings.api_host,
            port=settings.api_port,
            http="httptools",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
        )
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    uvloop.run(_serve(read_settings()))
