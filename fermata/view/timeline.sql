-- name: event
-- The index has a person's events by name: the names are found one after the other, each by one step, and the newest of
-- every name are merged. So it costs the same however many events there are of a name.
WITH RECURSIVE names AS (
    (SELECT name FROM events WHERE profile_id = $1 ORDER BY name LIMIT 1)
    UNION ALL
    SELECT (SELECT e.name FROM events e WHERE e.profile_id = $1 AND e.name > names.name ORDER BY e.name LIMIT 1)
    FROM names
    WHERE names.name IS NOT NULL
)
SELECT e.*
FROM names CROSS JOIN LATERAL (
    SELECT id, occurred_at AS at, received_at, type, name, original_name, message_id, properties, routing, marks
    FROM events
    WHERE profile_id = $1 AND name = names.name AND (occurred_at, id) < ($2, $3)
    ORDER BY occurred_at DESC, id DESC
    LIMIT $4
) e
ORDER BY e.at DESC, e.id DESC
LIMIT $4

-- name: merge
SELECT loser_id AS id, merged_at AS at, name, other_name, message_id
FROM profile_merges
WHERE survivor_id = $1 AND (merged_at, loser_id) < ($2, $3)
ORDER BY merged_at DESC, loser_id DESC
LIMIT $4

-- name: enrolment
SELECT id, started_at AS at, journey, key, workflow_id, trigger_event_id, state = 'holdout' AS holdout
FROM journey_runs
WHERE profile_id = $1 AND (started_at, id) < ($2, $3)
ORDER BY started_at DESC, id DESC
LIMIT $4

-- name: decision
SELECT id, decided_at AS at, run_id, journey, message, step, visit, purpose, action, reason, channel, next_eligible_at
FROM decisions
WHERE profile_id = $1 AND (decided_at, id) < ($2, $3)
ORDER BY decided_at DESC, id DESC
LIMIT $4

-- name: delivery
-- In the place of its reservation, which is the decision's instant: it does not move while its state does.
SELECT d.id, d.decided_at AS at, d.run_id, d.journey, d.message, r.channel, r.state, r.updated_at, r.provider, r.reason
FROM decisions d JOIN reservations r ON r.decision_id = d.id
WHERE d.profile_id = $1 AND (d.decided_at, d.id) < ($2, $3)
ORDER BY d.decided_at DESC, d.id DESC
LIMIT $4

-- name: card
SELECT id, created_at AS at, kind AS card, message, title, read_at, expires_at
FROM inbox_items
WHERE profile_id = $1 AND (created_at, id) < ($2, $3)
ORDER BY created_at DESC, id DESC
LIMIT $4

-- name: run_end
SELECT id, ended_at AS at, journey, key, state, reason
FROM journey_runs
WHERE profile_id = $1 AND ended_at IS NOT NULL AND (ended_at, id) < ($2, $3)
ORDER BY ended_at DESC, id DESC
LIMIT $4

-- name: consent
SELECT id, occurred_at AS at, recorded_at, channel, purpose, status, source, region, stated_as, message_id
FROM consent_log
WHERE profile_id = $1 AND (occurred_at, id) < ($2, $3)
ORDER BY occurred_at DESC, id DESC
LIMIT $4
