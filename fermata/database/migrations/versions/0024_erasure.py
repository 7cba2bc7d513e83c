"""Erasures with their receipts, and suppressed addresses that are known by a salted hash alone.

Two keys go that no index stands behind: each event and decision that is removed would cost a look at a whole table.

``suppressed_as`` is the hash under which an erased person's address stands in ``suppressions``.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_HASH = """
CREATE FUNCTION suppressed_as(channel text, address text) RETURNS text LANGUAGE plpgsql STABLE STRICT AS $$
BEGIN
    RETURN 'sha256:' || encode(
        sha256((SELECT salt FROM suppression_salt) || convert_to(channel || ':' || lower(btrim(address)), 'UTF8')),
        'hex'
    );
END
$$
"""
_SALT = """
INSERT INTO suppression_salt (salt) VALUES (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
"""


def upgrade() -> None:
    op.create_table("suppression_salt", sa.Column("salt", sa.LargeBinary(), primary_key=True))
    op.execute(_SALT)
    op.execute(_HASH)
    op.add_column("profiles", sa.Column("erased_at", postgresql.TIMESTAMP(timezone=True), nullable=True))
    nothing = sa.text("'{}'::jsonb")
    op.create_table(
        "erasures",
        sa.Column("erased_id", sa.Uuid(), primary_key=True),
        sa.Column("begun_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("finished_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), server_default="0", nullable=False)
            for name in ("runs_ended", "suppressions_kept", "histories_deleted", "histories_not_there")
        ),
        sa.Column("removed", postgresql.JSONB(), server_default=nothing, nullable=False),
        sa.Column("nameless", postgresql.JSONB(), server_default=nothing, nullable=False),
    )
    op.execute("ALTER TABLE dispatches DROP CONSTRAINT IF EXISTS dispatches_event_id_fkey")
    op.execute("ALTER TABLE deferrals DROP CONSTRAINT IF EXISTS deferrals_decision_id_fkey")
    op.create_index("erasures_begun", "erasures", ["begun_at"], postgresql_where=sa.text("finished_at IS NULL"))
