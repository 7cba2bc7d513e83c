"""Postgres: the pool, the schema and its migrations."""

from fermata.database.migrate import migrate
from fermata.database.pool import AWAY, Connection, Pool, new_id, open_pool
from fermata.database.queries import Queries
from fermata.database.survivors import survivor_of

__all__ = ["AWAY", "Connection", "Pool", "Queries", "migrate", "new_id", "open_pool", "survivor_of"]
