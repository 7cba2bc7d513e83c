"""What was done with an event is marked on it; rejects know their door and whether they were sent again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "events",
        sa.Column(
            "marks", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
    )
    # Rejects from before know no door; a batch reads the kind of each message from the message itself.
    op.add_column("rejected_events", sa.Column("door", sa.Text(), server_default="batch", nullable=False))
    op.alter_column("rejected_events", "door", server_default=None)
    op.add_column("rejected_events", sa.Column("resent_at", postgresql.TIMESTAMP(timezone=True), nullable=True))
    op.drop_index("ix_rejected_events_received_at", table_name="rejected_events")
    op.create_index("rejected_events_by_time", "rejected_events", ["received_at", "id"])
