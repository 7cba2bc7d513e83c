-- name: histories
-- One index look-up for each profile and journey, and one for its goal, however many runs and events there are.
SELECT asked.profile_id, asked.journey, run.id, run.ended_at, goal.occurred_at AS goal_at
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS asked (profile_id, journey, goal)
LEFT JOIN LATERAL (
    SELECT r.id, r.ended_at FROM journey_runs r
    WHERE r.profile_id = asked.profile_id AND r.journey = asked.journey
    ORDER BY r.started_at DESC, r.id DESC
    LIMIT 1
) run ON true
LEFT JOIN LATERAL (
    SELECT e.occurred_at FROM events e
    WHERE e.profile_id = asked.profile_id AND e.name = asked.goal
    ORDER BY e.occurred_at DESC
    LIMIT 1
) goal ON true

-- name: enrol
INSERT INTO journey_runs (id, journey, profile_id, workflow_id, trigger_event_id, state, reason, started_at, ended_at)
SELECT id, journey, profile_id, journey || '/' || profile_id, trigger_event_id,
       CASE WHEN holdout THEN 'holdout' ELSE 'active' END,
       CASE WHEN holdout THEN 'holdout_journey' END,
       $6::timestamptz, CASE WHEN holdout THEN $6::timestamptz END
FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::bool[])
    AS new (id, journey, profile_id, trigger_event_id, holdout)

-- name: name_run
-- No row where the id belongs to another enrolment: an earlier run of the same workflow id that has not quite ended.
UPDATE journey_runs SET temporal_run_id = $2
WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM journey_runs other WHERE other.temporal_run_id = $2 AND other.id <> $1)
