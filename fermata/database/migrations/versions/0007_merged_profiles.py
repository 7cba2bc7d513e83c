"""Two profiles that turn out to be one person become one, and every merge is on record."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_INSTANT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.add_column("identities", sa.Column("linked_at", _INSTANT, nullable=True))
    op.add_column("identities", sa.Column("assumed", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.create_table(
        "profile_merges",
        sa.Column("loser_id", sa.Uuid(), primary_key=True),
        sa.Column("survivor_id", sa.Uuid(), sa.ForeignKey("profiles.id"), nullable=False),
        sa.Column("merged_at", _INSTANT, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("other_name", sa.Text(), nullable=False),
    )
    op.create_index("ix_profile_merges_survivor_id", "profile_merges", ["survivor_id"])
    # Every decision took a check of this for nothing: its decision is of the same profile. And a profile can be removed
    # without a look at every reservation there ever was.
    op.drop_constraint("reservations_profile_id_fkey", "reservations", type_="foreignkey")
    op.create_index(
        "dispatches_of_run",
        "dispatches",
        ["run_id", "id"],
        postgresql_where=sa.text("delivered_at IS NULL"),
    )
