"""The messageIds that are taken, in a table of their own: events can then be kept in a table for each month.

A trigger fills it until events are moved. Where there are events, a constraint says that they come before a month that
is far enough away. Whether those of before do, the next migration looks up: nobody waits for that.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_FIRST_ID = """
CREATE FUNCTION first_id_at(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp AS $$
    -- The least UUIDv7 (RFC 9562) of an instant.
    SELECT (lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid
$$
"""
_MADE_AT = """
CREATE FUNCTION made_at(id uuid) RETURNS timestamptz LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp AS $$
    -- The instant that a UUIDv7 begins with. Postgres has this itself from 17 on.
    SELECT to_timestamp(('x' || left(translate(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0)
$$
"""
_TAKE = """
CREATE FUNCTION take_message_id() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN  -- an erasure: what is left of the event is nobody's
        DELETE FROM message_ids WHERE message_id = OLD.message_id;
    ELSE
        INSERT INTO message_ids (message_id, event_id) VALUES (NEW.message_id, NEW.id) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$
"""
_TRIGGER = """
CREATE TRIGGER events_take_their_message_ids AFTER INSERT OR UPDATE OF message_id ON events
FOR EACH ROW EXECUTE FUNCTION take_message_id()
"""
_BOUND = """
DO $$
DECLARE
    bound timestamptz := (date_trunc('month', now() AT TIME ZONE 'UTC') + interval '2 months') AT TIME ZONE 'UTC';
BEGIN
    IF EXISTS (SELECT FROM events) THEN
        EXECUTE format('ALTER TABLE events ADD CONSTRAINT events_before CHECK (id < %L) NOT VALID', first_id_at(bound));
    END IF;
END
$$
"""


def upgrade() -> None:
    op.create_table(
        "message_ids",
        sa.Column("message_id", sa.Text(), primary_key=True),
        sa.Column("event_id", sa.Uuid(), nullable=False),
    )
    op.create_index("message_ids_by_event", "message_ids", ["event_id"])
    for statement in (_FIRST_ID, _MADE_AT, _TAKE, _TRIGGER, _BOUND):
        op.execute(statement)
