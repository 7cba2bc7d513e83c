-- name: names
SELECT kind, value, first_seen_at FROM identities WHERE profile_id = $1 ORDER BY first_seen_at, kind, value

-- name: suppressions
-- One look-up an address.
SELECT s.channel, s.address, s.reason, s.created_at
FROM jsonb_each_text($1::jsonb) a CROSS JOIN LATERAL (
    SELECT channel, a.value AS address, reason, created_at FROM suppressions
    WHERE channel = a.key AND address IN (a.value, suppressed_as(a.key, a.value)) LIMIT 1
) s
ORDER BY s.channel

-- name: active_runs
SELECT r.id, r.journey, r.key, r.workflow_id, r.state, r.reason, e.name AS trigger, r.started_at, r.ended_at
FROM journey_runs r LEFT JOIN events e ON e.id = r.trigger_event_id
WHERE r.profile_id = $1 AND r.ended_at IS NULL
ORDER BY r.started_at DESC, r.id DESC
LIMIT $2

-- name: past_runs
SELECT r.id, r.journey, r.key, r.workflow_id, r.state, r.reason, e.name AS trigger, r.started_at, r.ended_at
FROM (
    SELECT * FROM journey_runs WHERE profile_id = $1 AND ended_at IS NOT NULL ORDER BY ended_at DESC, id DESC LIMIT $2
) r LEFT JOIN events e ON e.id = r.trigger_event_id
ORDER BY r.ended_at DESC, r.id DESC

-- name: exposures
SELECT channel, purpose, count(*) FILTER (WHERE exposed_at > $2) AS last_24_hours, count(*) AS last_7_days,
       max(exposed_at) AS latest_at
FROM reservations
WHERE profile_id = $1 AND state NOT IN ('released', 'failed') AND exposed_at > $3 AND exposed_at <= $4
GROUP BY channel, purpose
ORDER BY channel, purpose

-- name: waiting
SELECT w.decision_id, w.run_id, r.journey, w.message, w.step, w.channel, w.reason, w.purpose, w.priority,
       w.deferred_at, w.next_eligible_at, w.expires_at
FROM deferrals w JOIN journey_runs r ON r.id = w.run_id
WHERE w.profile_id = $1
ORDER BY w.next_eligible_at NULLS LAST, w.priority DESC, w.run_id, w.step
LIMIT $2

-- name: merges
SELECT loser_id AS id, merged_at, name, other_name, message_id
FROM profile_merges
WHERE survivor_id = $1
ORDER BY merged_at DESC, loser_id DESC
LIMIT $2

-- name: profile
SELECT * FROM profiles WHERE id = $1

-- name: known
SELECT id FROM profiles WHERE id = $1 AND erased_at IS NULL

-- name: by_name
SELECT profile_id FROM identities WHERE kind = $1 AND value = $2

-- name: latest_consent
-- The newest word of each kind on each matter.
SELECT channel, purpose, status, max(occurred_at) AS occurred_at
FROM consent_log
WHERE profile_id = $1
GROUP BY channel, purpose, status

-- name: consent_history
SELECT id, channel, purpose, status, occurred_at, recorded_at, source, region, stated_as, message_id, evidence
FROM consent_log
WHERE profile_id = $1
ORDER BY occurred_at DESC, id DESC
LIMIT $2

-- name: holdouts
SELECT scope, held_out, drawn_at FROM holdouts WHERE profile_id = $1 ORDER BY scope, drawn_at
