"""What could not be processed or delivered, with its reason; and how often a dispatch failed for one of its own."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dispatches", sa.Column("failures", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.create_table(
        "dead_letters",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("died_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("dispatch_id", sa.BigInteger(), sa.ForeignKey("dispatches.id", ondelete="CASCADE"), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("ended_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("ended_as", sa.Text(), nullable=True),
    )
    op.create_index("dead_letters_by_time", "dead_letters", ["died_at", "id"])
    waiting = sa.text("ended_at IS NULL")
    op.create_index("dead_letters_waiting", "dead_letters", ["died_at", "id"], postgresql_where=waiting)
    op.create_index("dead_letters_of_message", "dead_letters", ["message_id"], unique=True, postgresql_where=waiting)
    op.create_index("dead_letters_of_dispatch", "dead_letters", ["dispatch_id"])
