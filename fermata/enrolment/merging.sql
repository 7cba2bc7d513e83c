-- name: runs_that_meet
-- The loser's active runs where the survivor is in the same journey already, with the same key.
SELECT theirs.id
FROM journey_runs theirs
JOIN journey_runs mine
  ON mine.profile_id = $1 AND mine.journey = theirs.journey AND mine.key = theirs.key AND mine.ended_at IS NULL
WHERE theirs.profile_id = $2 AND theirs.ended_at IS NULL

-- name: active_runs
SELECT run.id, run.journey, run.key, run.profile_id, trigger.occurred_at AS triggered_at
FROM journey_runs run JOIN events trigger ON trigger.id = run.trigger_event_id
WHERE run.profile_id = ANY($1::uuid[]) AND run.ended_at IS NULL
ORDER BY run.started_at, run.id

-- name: follow_merge
UPDATE journey_runs SET profile_id = $1 WHERE profile_id = $2

-- name: variants_follow_merge
UPDATE variant_exposures SET profile_id = $1 WHERE profile_id = $2

-- name: draws_follow_merge
-- Held out on either side is held out for good: a merge brings nobody back whom a comparison counts as never reached.
WITH moved AS (
    DELETE FROM holdouts WHERE profile_id = $2 RETURNING scope, salt, held_out, share, drawn_at
)
INSERT INTO holdouts (profile_id, scope, salt, held_out, share, drawn_at)
SELECT $1, scope, salt, held_out, share, drawn_at FROM moved
ON CONFLICT (profile_id, scope, salt) DO UPDATE SET held_out = holdouts.held_out OR excluded.held_out
