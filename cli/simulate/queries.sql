-- name: new_person
-- Known by one name before anything is told of them, so that a seed draws the same person again.
INSERT INTO profiles (id, created_at, updated_at) VALUES ($1, $2, $2)

-- name: new_name
INSERT INTO identities (kind, value, profile_id, first_seen_at) VALUES ('user_id', $1, $2, $3)

-- name: undelivered
SELECT count(*) FROM dispatches WHERE delivered_at IS NULL AND ($1::uuid[] IS NULL OR profile_id = ANY($1))

-- name: words
-- How many signals each workflow must have got by now.
SELECT run.workflow_id, count(*) AS words
FROM dispatches d JOIN journey_runs run ON run.id = d.run_id
WHERE d.result IN ('started', 'signalled') AND ($1::uuid[] IS NULL OR d.profile_id = ANY($1))
GROUP BY run.workflow_id

-- name: events
-- Those of everybody where nobody is named.
SELECT id, message_id, name, profile_id, occurred_at, properties, routing, explanations
FROM events
WHERE ($1::uuid[] IS NULL OR profile_id = ANY($1)) AND name <> 'Identified'
ORDER BY occurred_at, id

-- name: runs
SELECT id, journey, key, profile_id, workflow_id, trigger_event_id, state, reason, started_at, ended_at
FROM journey_runs
WHERE $1::uuid[] IS NULL OR profile_id = ANY($1)
ORDER BY started_at, id

-- name: decisions
SELECT id, run_id, journey, profile_id, message, step, visit, action, reason, channel, next_eligible_at, decided_at
FROM decisions
WHERE $1::uuid[] IS NULL OR profile_id = ANY($1)
ORDER BY decided_at, id

-- name: people
-- Their clocks, and the strongest name that each is known by.
SELECT id, coalesce(time_zone, device_time_zone) AS zone,
       (SELECT value FROM identities
        WHERE profile_id = profiles.id AND kind IN ('user_id', 'anonymous_id')
        ORDER BY kind = 'user_id' DESC, first_seen_at LIMIT 1) AS name
FROM profiles
WHERE $1::uuid[] IS NULL OR id = ANY($1)
