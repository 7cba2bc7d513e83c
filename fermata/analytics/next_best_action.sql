-- name: recorded
SELECT action AS key, why, held_out FROM next_best_actions WHERE run_id = $1 AND step = $2

-- name: record
INSERT INTO next_best_actions (run_id, step, profile_id, journey, action, held_out, why, considered, propensity, chosen_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (run_id, step) DO UPDATE SET step = excluded.step
RETURNING action AS key, why, held_out

-- name: follow_merge
UPDATE next_best_actions SET profile_id = $1 WHERE profile_id = $2
