"""Months of events are made and dropped by functions of the owner.

The application's role, which may make and drop nothing, may call two of them and has no say in what they do.
"""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_MONTHS = """
CREATE FUNCTION event_months(OUT name text, OUT begins timestamptz, OUT ends timestamptz) RETURNS SETOF record
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    -- The tables of events, but for that which takes what none of them does. The first has no beginning.
    SELECT relname, coalesce(public.made_at(substring(bounds FROM 'FROM ..([0-9a-f-]{36})')::uuid), '-infinity'),
           public.made_at(substring(bounds FROM 'TO ..([0-9a-f-]{36})')::uuid)
    FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid, pg_get_expr(relpartbound, pg_class.oid) AS bounds
    WHERE inhparent = 'public.events'::regclass AND bounds <> 'DEFAULT'
    ORDER BY 3
$$
"""
_MAKE_ONE = """
CREATE FUNCTION make_event_month(month timestamptz) RETURNS boolean LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '500ms' AS $$
DECLARE
    named text := to_char(month, '"events_"YYYY_MM');
    first uuid := public.first_id_at(month);
    beyond uuid := public.first_id_at(month + interval '1 month');
    most constant integer := 10000;
BEGIN
    IF EXISTS (SELECT FROM public.event_months() WHERE begins <= month AND ends > month) THEN
        RETURN false;
    END IF;
    -- To move more than so many would take longer than anybody should wait: they stay where they are.
    IF most < (SELECT count(*) FROM (
        SELECT FROM public.events_default WHERE id >= first AND id < beyond LIMIT most + 1
    ) AS strayed) THEN
        RETURN false;
    END IF;
    -- In the order in which the door takes them.
    LOCK TABLE public.profiles IN SHARE ROW EXCLUSIVE MODE;
    LOCK TABLE ONLY public.events IN SHARE UPDATE EXCLUSIVE MODE;
    LOCK TABLE public.events_default IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('CREATE TABLE public.%I (LIKE public.events INCLUDING ALL)', named);
    EXECUTE format(
        'WITH strayed AS (DELETE FROM public.events_default WHERE id >= %L AND id < %L RETURNING *)'
        ' INSERT INTO public.%I SELECT * FROM strayed',
        first, beyond, named
    );
    EXECUTE format(
        'ALTER TABLE public.events ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', named, first, beyond
    );
    RETURN true;
END
$$
"""
_MAKE = """
CREATE FUNCTION make_event_months() RETURNS integer LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
    -- This one and the three after it, where they are not there yet. How many it made.
    SELECT count(*) FILTER (WHERE public.make_event_month(date_trunc('month', now()) + make_interval(months => ahead)))
    FROM generate_series(0, 3) AS ahead
$$
"""
_DROP = """
CREATE FUNCTION drop_event_month(before timestamptz) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
    -- What an active run may look at came in after it began, or began it.
    month text := (
        SELECT name FROM public.event_months() WHERE ends <= before AND NOT EXISTS (
            SELECT FROM public.journey_runs WHERE ended_at IS NULL AND started_at < ends
        ) LIMIT 1
    );
BEGIN
    IF month IS NOT NULL THEN
        -- In the order in which the door takes them.
        LOCK TABLE public.profiles IN ACCESS EXCLUSIVE MODE;
        LOCK TABLE ONLY public.events IN ACCESS EXCLUSIVE MODE;
        EXECUTE format('DROP TABLE public.%I', month);
    END IF;
    RETURN month;
END
$$
"""
_ANALYZE = """
CREATE FUNCTION analyze_events() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '500ms' AS $$
BEGIN
    -- Autovacuum looks at each month, and never at all of them together.
    IF pg_stat_get_last_analyze_time('public.events'::regclass) > now() - interval '1 day' THEN
        RETURN false;
    END IF;
    ANALYZE public.events;
    RETURN true;
END
$$
"""


def upgrade() -> None:
    op.create_index("journey_runs_active_since", "journey_runs", ["started_at"], postgresql_where="ended_at IS NULL")
    for statement in (_MONTHS, _MAKE_ONE, _MAKE, _DROP, _ANALYZE):
        op.execute(statement)
    op.execute(
        "REVOKE EXECUTE ON FUNCTION make_event_month, make_event_months, drop_event_month, analyze_events FROM PUBLIC"
    )
    op.execute("SELECT make_event_months()")
