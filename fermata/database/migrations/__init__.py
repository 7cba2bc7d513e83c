"""The history of the schema, as Alembic scripts."""
