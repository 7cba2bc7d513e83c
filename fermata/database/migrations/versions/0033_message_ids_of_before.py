"""The messageIds of the events of before are taken, and that all of these come before the bound is looked up.

Takes as long as the table is large, and holds up nobody but erasures, so that none of theirs is written down again.
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_LOOK = """
DO $$
DECLARE
    bound uuid := (
        SELECT substring(pg_get_constraintdef(oid) FROM '[0-9a-f]{8}-[0-9a-f-]{27}')::uuid
        FROM pg_constraint WHERE conname = 'events_before' AND conrelid = 'events'::regclass
    );
BEGIN
    -- An id beyond it was made by no clock of today: the next migration puts its event where it belongs.
    IF bound IS NOT NULL AND NOT EXISTS (SELECT FROM events WHERE id >= bound) THEN
        ALTER TABLE events VALIDATE CONSTRAINT events_before;
    END IF;
END
$$
"""


def upgrade() -> None:
    op.execute("LOCK TABLE erasures IN EXCLUSIVE MODE")
    op.execute(
        "INSERT INTO message_ids (message_id, event_id) SELECT message_id, id FROM events ON CONFLICT DO NOTHING"
    )
    op.execute(_LOOK)
