"""Policies in the database: each document once, who put it in force and when; decisions found by time and reason."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policies",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("stored_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_table(
        "policy_activations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("activated_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["version"], ["policies.version"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("policy_activations_by_version", "policy_activations", ["version", "activated_at"])
    op.create_index("decisions_by_time", "decisions", ["decided_at", "id"])
    op.create_index("decisions_by_reason", "decisions", ["action", "reason", "decided_at", "id"])
