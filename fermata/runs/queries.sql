-- name: run
SELECT r.id, r.journey, r.key, r.profile_id, r.workflow_id, r.temporal_run_id, r.state, r.reason, e.name AS trigger,
       r.started_at, r.ended_at
FROM journey_runs r LEFT JOIN events e ON e.id = r.trigger_event_id
WHERE r.id = $1

-- name: journeys
-- From one name to the next by leaps through the index, however many runs lie between.
WITH RECURSIVE names AS (
    (SELECT journey FROM journey_runs ORDER BY journey LIMIT 1)
    UNION ALL
    SELECT (SELECT r.journey FROM journey_runs r WHERE r.journey > names.journey ORDER BY r.journey LIMIT 1)
    FROM names WHERE names.journey IS NOT NULL
)
SELECT journey FROM names WHERE journey IS NOT NULL

-- name: listed
-- One look into the index for each journey and state: however rare a state is, it is found at once.
SELECT r.id, r.journey, r.key, r.profile_id, r.workflow_id, r.state, r.reason, e.name AS trigger, r.started_at,
       r.ended_at
FROM (
    SELECT found.*
    FROM unnest($4::text[]) AS wanted_journey, unnest($5::text[]) AS wanted_state
    CROSS JOIN LATERAL (
        SELECT * FROM journey_runs
        WHERE journey = wanted_journey AND state = wanted_state AND (started_at, id) < ($1, $2)
        ORDER BY started_at DESC, id DESC
        LIMIT $3
    ) found
    ORDER BY found.started_at DESC, found.id DESC
    LIMIT $3
) r LEFT JOIN events e ON e.id = r.trigger_event_id
ORDER BY r.started_at DESC, r.id DESC

-- name: of_profile
SELECT r.id, r.journey, r.key, r.profile_id, r.workflow_id, r.state, r.reason, e.name AS trigger, r.started_at,
       r.ended_at
FROM (
    SELECT * FROM journey_runs
    WHERE profile_id = $4 AND (journey = $5::text OR $5::text IS NULL) AND state = ANY($6::text[]) AND (started_at, id) < ($1, $2)
    ORDER BY started_at DESC, id DESC
    LIMIT $3
) r LEFT JOIN events e ON e.id = r.trigger_event_id
ORDER BY r.started_at DESC, r.id DESC

-- name: at_workflows
SELECT r.id, r.journey, r.key, r.profile_id, r.workflow_id, r.state, r.reason, e.name AS trigger, r.started_at,
       r.ended_at
FROM unnest($1::uuid[], $2::text[]) AS asked (profile_id, workflow_id)
JOIN journey_runs r
  ON r.profile_id = asked.profile_id AND r.workflow_id = asked.workflow_id AND r.ended_at IS NULL
LEFT JOIN events e ON e.id = r.trigger_event_id
ORDER BY r.started_at DESC, r.id DESC

-- name: counts
SELECT state, count(*) AS runs FROM journey_runs WHERE journey = $1 GROUP BY state

-- name: waiting
SELECT decision_id, message, step, channel, reason, purpose, priority, deferred_at, next_eligible_at, expires_at
FROM deferrals
WHERE run_id = $1
ORDER BY next_eligible_at NULLS LAST, priority DESC, step

-- name: decisions
SELECT id, profile_id, run_id, journey, message, step, visit, purpose, priority, action, reason, channel,
       next_eligible_at, decided_at, policy
FROM decisions
WHERE run_id = $1
ORDER BY decided_at DESC, id DESC
LIMIT $2

-- name: actions
SELECT action, by, why, at, result, detail
FROM operator_actions
WHERE run_id = $1
ORDER BY at DESC, id DESC
LIMIT $2

-- name: record_action
INSERT INTO operator_actions (id, run_id, action, by, why, at, result, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
