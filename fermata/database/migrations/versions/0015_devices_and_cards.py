"""Several devices a person, and what becomes of cards."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "devices",
        sa.Column("profile_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=True),
        sa.Column("app", sa.Text(), nullable=True),
        sa.Column("keys", postgresql.JSONB(), nullable=True),
        sa.Column("added_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("last_seen_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("removed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["profile_id"], ["profiles.id"]),
        sa.PrimaryKeyConstraint("profile_id", "token_hash"),
    )
    op.create_index("devices_by_token", "devices", ["token_hash"])
    # The one token that each person had until now is their first device.
    op.execute(
        """
        INSERT INTO devices (profile_id, token_hash, token, added_at, last_seen_at)
        SELECT id, encode(sha256(convert_to(addresses->>'push', 'UTF8')), 'hex'), addresses->>'push', seen.at, seen.at
        FROM profiles CROSS JOIN LATERAL (
            SELECT coalesce(
                timestamptz 'epoch' + (facts_at->>'addresses.push')::bigint * interval '1 microsecond', created_at
            ) AS at
        ) seen
        WHERE addresses->>'push' <> ''
        """
    )
    for name in ("shown_at", "clicked_at", "dismissed_at"):
        op.add_column("inbox_items", sa.Column(name, postgresql.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("inbox_items", sa.Column("changed_in", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
