"""What providers tell afterwards: delivered, bounced, opened, clicked, answered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("received_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("stated_decision", sa.Uuid(), nullable=True),
        sa.Column("dedupe_key", sa.Text(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("provider_message_id", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("bounce", sa.Text(), nullable=True),
        sa.Column("machine", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("link_url", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("feedback_once", "feedback", ["source", "source_id"], unique=True)
    op.create_index(
        "feedback_by_decision", "feedback", ["decision_id"], postgresql_where=sa.text("decision_id IS NOT NULL")
    )
    op.create_index("feedback_unknown", "feedback", ["received_at"], postgresql_where=sa.text("decision_id IS NULL"))
    op.create_index(
        "feedback_soft_bounces",
        "feedback",
        ["channel", "address", "occurred_at"],
        postgresql_where=sa.text("bounce = 'soft'"),
    )
    op.create_index(
        "reservations_by_provider",
        "reservations",
        ["provider_message_id"],
        postgresql_where=sa.text("provider_message_id IS NOT NULL"),
    )
    op.create_index("profiles_by_phone", "profiles", [sa.text("(addresses ->> 'sms'::text)")])
