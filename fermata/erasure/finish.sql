-- name: hold
SELECT * FROM erasures WHERE erased_id = $1 AND finished_at IS NULL FOR UPDATE

-- name: lock
SELECT id FROM profiles WHERE id = $1 FOR UPDATE

-- name: undelivered
SELECT EXISTS (
    SELECT 1 FROM journey_runs r JOIN dispatches d ON d.run_id = r.id
    WHERE r.profile_id = $1 AND d.delivered_at IS NULL
)

-- name: workflows
-- Those that never began have no history.
SELECT DISTINCT workflow_id FROM journey_runs WHERE profile_id = $1 AND state <> 'holdout' ORDER BY workflow_id

-- name: short_links
DELETE FROM short_links t USING decisions d WHERE t.decision_id = d.id AND d.profile_id = $1

-- name: feedback
DELETE FROM feedback f USING decisions d WHERE f.decision_id = d.id AND d.profile_id = $1

-- name: unknown_feedback
-- What was about no message that was known when it came, and is about one of theirs, or came from an address of theirs.
DELETE FROM feedback f USING decisions d JOIN reservations r ON r.decision_id = d.id
WHERE f.decision_id IS NULL AND d.profile_id = $1
  AND ((r.channel = f.channel AND r.address = f.address) OR d.id = f.stated_decision
       OR d.dedupe_key = f.dedupe_key OR r.provider_message_id = f.provider_message_id)

-- name: deferrals
DELETE FROM deferrals WHERE profile_id = $1

-- name: next_best_actions
DELETE FROM next_best_actions WHERE profile_id = $1

-- name: reservations
DELETE FROM reservations t USING decisions d WHERE t.decision_id = d.id AND d.profile_id = $1

-- name: decisions
DELETE FROM decisions WHERE profile_id = $1

-- name: inbox_items
DELETE FROM inbox_items WHERE profile_id = $1

-- name: devices
DELETE FROM devices WHERE profile_id = $1

-- name: broadcast_waiting
DELETE FROM broadcast_waiting WHERE profile_id = $1

-- name: consent_log
DELETE FROM consent_log WHERE profile_id = $1

-- name: operator_actions
DELETE FROM operator_actions t USING journey_runs r WHERE t.run_id = r.id AND r.profile_id = $1

-- name: child_runs
DELETE FROM child_runs
WHERE run_id = ANY(ARRAY(SELECT id FROM journey_runs WHERE profile_id = $1))
   OR parent_run_id = ANY(ARRAY(SELECT id FROM journey_runs WHERE profile_id = $1))

-- name: dispatches
DELETE FROM dispatches t USING journey_runs r WHERE t.run_id = r.id AND r.profile_id = $1

-- name: profile_merges
DELETE FROM profile_merges WHERE survivor_id = $1

-- name: identities
DELETE FROM identities WHERE profile_id = $1

-- name: message_ids
-- Before `nameless_events`, after which nobody knows which they were.
DELETE FROM message_ids m USING events e WHERE m.message_id = e.message_id AND e.profile_id = $1

-- name: events
-- What is left after `nameless_events`.
DELETE FROM events WHERE profile_id = $1

-- name: profile_keys
-- Whatever of their histories is left, in an archive for example, can be read by nobody from here on.
DELETE FROM profile_keys WHERE profile_id = $1

-- name: profiles
-- Postgres refuses it where something that points to the person was forgotten.
DELETE FROM profiles WHERE id = $1

-- name: is_measured
SELECT EXISTS (SELECT 1 FROM journey_runs WHERE profile_id = $1) OR EXISTS (SELECT 1 FROM holdouts WHERE profile_id = $1)

-- name: nobody
-- An id that no clock made, and no instant of this erasure: nothing leads from one to the other.
INSERT INTO profiles (id, created_at, updated_at, erased_at, do_not_disturb)
VALUES ($1, 'epoch', 'epoch', 'epoch', true)

-- name: nameless_events
UPDATE events SET
    profile_id = $2, message_id = id::text, type = 'track', context = '{}', routing = '{}', explanations = '{}',
    enrichment = '{}', marks = '[]', original_name = NULL,
    properties = (
        SELECT coalesce(jsonb_object_agg(key, value), '{}'::jsonb) FROM jsonb_each(properties)
        WHERE (key IN ('revenue', 'total', 'value', 'subtotal') AND value::text ~ '^"?[0-9]{1,12}(\.[0-9]{1,6})?"?$')
           OR (key = 'currency' AND value::text ~ '^"[A-Za-z]{3}"$')
    )
WHERE profile_id = $1 AND name = ANY($3::text[])

-- name: nameless_runs
UPDATE journey_runs SET
    profile_id = $2, key = '', workflow_id = '', temporal_run_id = NULL,
    trigger_event_id = '00000000-0000-0000-0000-000000000000',
    reason = CASE WHEN reason ~ '^[a-z_]+$' THEN reason END
WHERE profile_id = $1

-- name: nameless_holdouts
UPDATE holdouts SET profile_id = $2 WHERE profile_id = $1

-- name: nameless_variants
UPDATE variant_exposures SET profile_id = $2 WHERE profile_id = $1

-- name: finished
UPDATE erasures SET finished_at = $2, suppressions_kept = $3, histories_deleted = $4, histories_not_there = $5,
    removed = $6, nameless = $7, runs_ended = $8
WHERE erased_id = $1
RETURNING *
