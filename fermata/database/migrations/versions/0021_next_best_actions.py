"""The next best actions that were chosen, and for whom; and which run has started which other."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "next_best_actions",
        sa.Column("run_id", sa.Uuid(), sa.ForeignKey("journey_runs.id"), primary_key=True),
        sa.Column("step", sa.Text(), primary_key=True),
        sa.Column("profile_id", sa.Uuid(), sa.ForeignKey("profiles.id"), nullable=False),
        sa.Column("journey", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=True),
        sa.Column("held_out", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("considered", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("propensity", sa.Double(), nullable=True),
        sa.Column("chosen_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
    )
    op.create_index("next_best_actions_by_profile", "next_best_actions", ["profile_id", "chosen_at"])
    op.create_table(
        "child_runs",
        sa.Column("run_id", sa.Uuid(), sa.ForeignKey("journey_runs.id"), primary_key=True),
        sa.Column("parent_run_id", sa.Uuid(), sa.ForeignKey("journey_runs.id"), nullable=False),
        sa.Column("awaited", sa.Boolean(), nullable=False),
    )
    op.create_index("child_runs_of_parent", "child_runs", ["parent_run_id"])
