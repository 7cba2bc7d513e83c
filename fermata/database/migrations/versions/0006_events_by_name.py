"""Events are found by name and time, so that a segment of the whole population reads no others."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("events_by_name", "events", ["name", "occurred_at"], postgresql_include=["profile_id"])
