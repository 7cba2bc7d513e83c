"""Consent is a log that only grows; topics and preferred channels have a place of their own; names know their anchor.

What profiles say today becomes the first entries of the log. To erase a person, a transaction says
``SET LOCAL fermata.erasing = 'on'`` first: only then can entries be deleted or changed.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_INSTANT = postgresql.TIMESTAMP(timezone=True)
_GUARD = """
CREATE FUNCTION consent_log_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('fermata.erasing', true) = 'on'
       OR (TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'profile_id' = to_jsonb(OLD) - 'profile_id') THEN
        IF TG_OP = 'UPDATE' THEN
            RETURN NEW;
        END IF;
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'consent_log only grows: % is refused', TG_OP
        USING ERRCODE = 'restrict_violation',
              HINT = 'Record a new statement; to erase a person, SET LOCAL fermata.erasing = ''on'' first.';
END
$$
"""
_ROWS = """
CREATE TRIGGER consent_log_only_grows BEFORE UPDATE OR DELETE ON consent_log
FOR EACH ROW EXECUTE FUNCTION consent_log_only_grows()
"""
_WHOLE = """
CREATE TRIGGER consent_log_is_never_emptied BEFORE TRUNCATE ON consent_log
FOR EACH STATEMENT EXECUTE FUNCTION consent_log_only_grows()
"""

# Where it is not known when it was said, it was at the latest when the profile was last written.
_SEED = """
WITH said AS (
    SELECT p.id AS profile_id, channel.key AS channel, purpose.key AS purpose, purpose.value AS status,
           nullif(concat_ws('-', coalesce(p.country, p.device_country), p.subdivision), '') AS region,
           coalesce(
               timestamptz 'epoch'
                   + (p.facts_at ->> concat_ws('.', 'consent', channel.key, purpose.key))::bigint
                   * interval '1 microsecond',
               p.updated_at
           ) AS occurred_at
    FROM profiles p, jsonb_each(p.consent) channel, jsonb_each_text(channel.value) purpose
    WHERE purpose.value IN ('granted', 'revoked')
)
INSERT INTO consent_log (
    id, profile_id, channel, purpose, status, source, region, occurred_at, recorded_at, stated_as
)
SELECT gen_random_uuid(), profile_id, channel, purpose, status, 'before the log', region, occurred_at, now(),
       coalesce(
           (SELECT i.kind || ':' || i.value FROM identities i WHERE i.profile_id = said.profile_id
            ORDER BY i.kind = 'user_id' DESC, i.first_seen_at, i.kind, i.value LIMIT 1),
           'profile_id:' || profile_id
       )
FROM said
"""
# From now on one fact is kept of consent: how new the newest word is.
_NEWEST = """
UPDATE profiles p
SET facts_at = (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(p.facts_at)
                WHERE key NOT LIKE 'consent.%')
    || jsonb_build_object('consent', (
           SELECT (extract(epoch FROM max(occurred_at)) * 1000000)::bigint
           FROM consent_log WHERE profile_id = p.id
       ))
WHERE EXISTS (SELECT 1 FROM consent_log WHERE profile_id = p.id)
"""


def upgrade() -> None:
    op.add_column("profiles", _json("topics", "{}"))
    op.add_column("profiles", _json("preferred_channels", "[]"))
    op.add_column("identities", sa.Column("anchor_kind", sa.Text(), nullable=True))
    op.add_column("identities", sa.Column("anchored_at", _INSTANT, nullable=True))
    op.create_table(
        "consent_log",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("profile_id", sa.Uuid(), sa.ForeignKey("profiles.id"), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("channel", "purpose", "status", "source")),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("occurred_at", _INSTANT, nullable=False),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.Column("stated_as", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        _json("evidence", "{}"),
    )
    op.create_index("consent_log_by_profile", "consent_log", ["profile_id", "occurred_at", "id"])
    op.create_index(
        "consent_log_by_message",
        "consent_log",
        ["message_id", "channel", "purpose"],
        unique=True,
        postgresql_where=sa.text("message_id IS NOT NULL"),
    )
    for statement in (_SEED, _NEWEST, _GUARD, _ROWS, _WHOLE):
        op.execute(statement)


def _json(name: str, default: str) -> sa.Column[object]:
    return sa.Column(
        name, postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text(f"'{default}'::jsonb"), nullable=False
    )
