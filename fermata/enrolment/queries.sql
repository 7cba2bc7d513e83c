-- name: histories
-- A few index look-ups for each profile, journey and key, however many runs and events there are. What is not asked for
-- is NULL in the arrays, and costs nothing.
SELECT asked.profile_id, asked.journey, asked.key, run.id, run.ended_at, goal.occurred_at AS goal_at,
       CASE WHEN asked.property IS NOT NULL THEN (
           SELECT array_agg(r.id) FROM journey_runs r
           WHERE r.profile_id = asked.profile_id AND r.journey = asked.journey AND r.ended_at IS NULL
       ) END AS active,
       CASE WHEN asked.drawn_with IS NOT NULL THEN (
           SELECT d.held_out FROM holdouts d
           WHERE d.profile_id = asked.profile_id AND d.scope = asked.journey AND d.salt = asked.drawn_with
       ) END AS drawn_here,
       CASE WHEN $8::text IS NOT NULL THEN (
           SELECT d.held_out FROM holdouts d
           WHERE d.profile_id = asked.profile_id AND d.scope = '' AND d.salt = $8
       ) END AS drawn_everywhere,
       CASE WHEN $9::bool THEN (
           SELECT count(*) FROM journey_runs r WHERE r.profile_id = asked.profile_id AND r.ended_at IS NULL
       ) ELSE 0 END AS active_runs
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
    AS asked (profile_id, journey, key, goal, property, value, drawn_with)
LEFT JOIN LATERAL (
    SELECT r.id, r.ended_at FROM journey_runs r
    WHERE r.profile_id = asked.profile_id AND r.journey = asked.journey AND r.key = asked.key
    ORDER BY r.started_at DESC, r.id DESC
    LIMIT 1
) run ON true
LEFT JOIN LATERAL (
    -- With a key, a goal of the same one, or one that carries none.
    SELECT e.occurred_at FROM events e
    WHERE e.profile_id = asked.profile_id AND e.name = asked.goal
      AND (asked.property IS NULL OR coalesce(btrim(e.properties ->> asked.property), '') IN ('', asked.value))
    ORDER BY e.occurred_at DESC
    LIMIT 1
) goal ON true

-- name: enrol
INSERT INTO journey_runs (id, journey, profile_id, key, workflow_id, trigger_event_id, state, reason, started_at,
                          ended_at)
SELECT id, journey, profile_id, key, concat_ws('/', journey, profile_id, nullif(key, '')), trigger_event_id,
       CASE WHEN held_out IS NULL THEN 'active' ELSE 'holdout' END, held_out,
       $7::timestamptz, CASE WHEN held_out IS NOT NULL THEN $7::timestamptz END
FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::uuid[], $6::text[])
    AS new (id, journey, profile_id, key, trigger_event_id, held_out)

-- name: keep_draws
-- The first draw stands.
INSERT INTO holdouts (profile_id, scope, salt, held_out, share, drawn_at)
SELECT profile_id, scope, salt, held_out, share, $6::timestamptz
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bool[], $5::float8[]) AS new (profile_id, scope, salt, held_out, share)
ON CONFLICT (profile_id, scope, salt) DO NOTHING

-- name: name_run
-- No row where the id belongs to another enrolment: an earlier run of the same workflow id that has not quite ended.
UPDATE journey_runs SET temporal_run_id = $2
WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM journey_runs other WHERE other.temporal_run_id = $2 AND other.id <> $1)
