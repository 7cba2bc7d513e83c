"""Events are kept in a table for each month of their ids. That of before becomes the first of these, as it is.

No row is read or moved: it takes a moment, in which events are nobody else's. Processes of before cannot store events
from here on, for the key that they name is elsewhere.
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_ALONE = """
LOCK TABLE profiles IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE events IN ACCESS EXCLUSIVE MODE;
DROP TRIGGER events_take_their_message_ids ON events;
DROP FUNCTION take_message_id();
ALTER TABLE events DROP CONSTRAINT events_message_id_key
"""
_SET_ASIDE = """
DO $$
DECLARE
    index name;
BEGIN
    ALTER TABLE events RENAME TO events_before;
    FOR index IN SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                 WHERE i.indrelid = 'events_before'::regclass LOOP
        EXECUTE format('ALTER INDEX %I RENAME TO %I', index, replace(index, 'events', 'events_before'));
    END LOOP;
END
$$
"""
_WHOLE = """
CREATE TABLE events (LIKE events_before INCLUDING DEFAULTS) PARTITION BY RANGE (id);
ALTER TABLE events ADD PRIMARY KEY (id), ADD FOREIGN KEY (profile_id) REFERENCES profiles (id);
CREATE INDEX events_by_profile ON events (profile_id, name, occurred_at);
CREATE INDEX events_by_name ON events (name, occurred_at) INCLUDE (profile_id);
CREATE INDEX events_by_routing ON events USING gin (routing jsonb_path_ops) WHERE routing <> '{}'::jsonb;
CREATE INDEX events_with_touch ON events (profile_id, occurred_at) WHERE enrichment ? 'touch';
CREATE TABLE events_default PARTITION OF events DEFAULT
"""
_FIRST = """
DO $$
DECLARE
    bound uuid := coalesce(
        (SELECT substring(pg_get_constraintdef(oid) FROM '[0-9a-f]{8}-[0-9a-f-]{27}')::uuid
         FROM pg_constraint WHERE conname = 'events_before' AND conrelid = 'events_before'::regclass),
        first_id_at(date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC')
    );
BEGIN
    WITH strayed AS (DELETE FROM events_before WHERE id >= bound RETURNING *) INSERT INTO events SELECT * FROM strayed;
    EXECUTE format('ALTER TABLE events ATTACH PARTITION events_before FOR VALUES FROM (MINVALUE) TO (%L)', bound);
    ALTER TABLE events_before DROP CONSTRAINT IF EXISTS events_before;
END
$$
"""


def upgrade() -> None:
    for statement in (*_ALONE.split(";"), _SET_ASIDE, *_WHOLE.split(";"), _FIRST):
        op.execute(statement)
