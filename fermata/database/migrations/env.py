"""What Alembic runs: the scripts, on the connection that ``migrate`` opened, each in a transaction of its own."""

from alembic import context
from sqlmodel import SQLModel

import fermata.database.tables  # noqa: F401 - fills SQLModel.metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
