"""Postgres: the pool and the schema. Its migrations are ``fermata.database.migrate``, which few processes load."""

from fermata.database.pool import AWAY, Connection, Pool, connect_pool, new_id, open_pool
from fermata.database.queries import Queries
from fermata.database.survivors import survivor_of

__all__ = ["AWAY", "Connection", "Pool", "Queries", "connect_pool", "new_id", "open_pool", "survivor_of"]
