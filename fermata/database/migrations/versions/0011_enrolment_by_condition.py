"""Runs may have a key of their own, and what did not enrol is on record with its reason."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Whoever was enrolled in a journey that held somebody out was drawn then. The share is what it came to.
_DRAWN_BEFORE = """
INSERT INTO holdouts (profile_id, scope, salt, held_out, share, drawn_at)
SELECT profile_id, journey, 'fermata-holdout', bool_or(state = 'holdout'), min(share), min(started_at)
FROM (SELECT *, avg((state = 'holdout')::int) OVER (PARTITION BY journey) AS share FROM journey_runs) runs
WHERE share > 0
GROUP BY profile_id, journey
"""


def upgrade() -> None:
    op.add_column("journey_runs", sa.Column("key", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.drop_index("journey_runs_active", table_name="journey_runs")
    op.drop_index("journey_runs_latest", table_name="journey_runs")
    op.create_index(
        "journey_runs_active",
        "journey_runs",
        ["profile_id", "journey", "key"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("journey_runs_latest", "journey_runs", ["profile_id", "journey", "key", "started_at"])
    op.create_table(
        "holdouts",
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("held_out", sa.Boolean(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("drawn_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["profile_id"], ["profiles.id"]),
        sa.PrimaryKeyConstraint("profile_id", "scope", "salt"),
    )
    op.execute(_DRAWN_BEFORE)
    op.add_column(
        "events",
        sa.Column("explanations", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
    )
    op.create_index(
        "events_by_routing",
        "events",
        ["routing"],
        postgresql_using="gin",
        postgresql_ops={"routing": "jsonb_path_ops"},
        postgresql_where=sa.text("routing <> '{}'::jsonb"),
    )
