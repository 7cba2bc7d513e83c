"""Erasures are listed, the newest first."""

from alembic import op

revision = "0030"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX erasures_newest ON erasures (begun_at, erased_id)")
