"""Keys with an expiry and a limit of their own, hashed slowly.

Only adds and loosens: processes of the version before go on finding the keys that they know.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_INSTANT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.alter_column("api_keys", "hash", nullable=True)
    op.add_column("api_keys", sa.Column("hash_ends_at", _INSTANT, nullable=True))
    op.add_column("api_keys", sa.Column("last_used_at", _INSTANT, nullable=True))
    op.add_column("api_keys", sa.Column("lifetime", sa.Interval(), nullable=True))
    op.add_column("api_keys", sa.Column("rate_limit", sa.Text(), nullable=True))
    op.create_table(
        "api_key_secrets",
        sa.Column("public_id", sa.Text(), primary_key=True),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=True),
        sa.Column("last_used_at", _INSTANT, nullable=True),
    )
    op.create_index("api_key_secrets_of_key", "api_key_secrets", ["key_id"])
    op.alter_column("console_sessions", "key_hash", nullable=True)
    op.add_column("console_sessions", sa.Column("secret_id", sa.Text(), nullable=True))
