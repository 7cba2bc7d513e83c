"""What Alembic runs: the scripts, on the connection that ``migrate`` opened."""

from alembic import context
from sqlmodel import SQLModel

import fermata.database.tables  # noqa: F401 - fills SQLModel.metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=SQLModel.metadata)
context.run_migrations()
