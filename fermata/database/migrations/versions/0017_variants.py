"""Which variant of a journey somebody was shown: drawn once, and theirs for ever."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "variant_exposures",
        sa.Column("run_id", sa.Uuid(), sa.ForeignKey("journey_runs.id"), primary_key=True),
        sa.Column("experiment", sa.Text(), primary_key=True),
        sa.Column("profile_id", sa.Uuid(), sa.ForeignKey("profiles.id"), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("exposed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
    )
    op.create_index("variant_exposures_by_profile", "variant_exposures", ["profile_id", "experiment", "exposed_at"])
