"""Who is to be in an audience, and who is."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = postgresql.TIMESTAMP(timezone=True)
    op.create_table(
        "audience_members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("profile_id", sa.Uuid(), nullable=True),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("wanted_since", instant, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("returns_at", instant, nullable=True),
        sa.Column("leave_on", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("claim", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", instant, nullable=True),
        sa.Column("told", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("told_at", instant, nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["profile_id"], ["profiles.id"]),
        sa.ForeignKeyConstraint(["run_id"], ["journey_runs.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "audience_members_of_profile", "audience_members", ["profile_id", "platform", "audience"], unique=True
    )
    for name, columns, where in (
        ("audience_members_of_run", ["run_id"], "wanted OR returns_at IS NOT NULL"),
        ("audience_members_due", ["wanted", "due_at"], "due_at IS NOT NULL"),
        ("audience_members_returning", ["returns_at"], "returns_at IS NOT NULL"),
    ):
        op.create_index(name, "audience_members", columns, postgresql_where=sa.text(where))
