-- name: recorded
SELECT action AS key, why, held_out FROM next_best_actions WHERE run_id = $1 AND step = $2

-- name: record
INSERT INTO next_best_actions (run_id, step, profile_id, journey, action, held_out, why, considered, propensity, chosen_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (run_id, step) DO UPDATE SET step = excluded.step
RETURNING action AS key, why, held_out

-- name: effects
-- A goal counts from the choice on, whoever it was done for. What follows on it is looked up person by person.
WITH first AS (
    SELECT DISTINCT ON (action, profile_id) action, profile_id, held_out, chosen_at
    FROM next_best_actions
    WHERE journey = $1 AND action IS NOT NULL AND chosen_at >= $3 AND chosen_at < $4
    ORDER BY action, profile_id, chosen_at
), followed AS (
    SELECT first.*, EXISTS (
        SELECT 1 FROM (
            SELECT occurred_at FROM events WHERE profile_id = first.profile_id AND name = $2 OFFSET 0
        ) goal WHERE goal.occurred_at >= first.chosen_at
    ) AS converted
    FROM first
)
SELECT action,
       count(*) FILTER (WHERE NOT held_out) AS done, count(*) FILTER (WHERE NOT held_out AND converted) AS done_converted,
       count(*) FILTER (WHERE held_out) AS held_out, count(*) FILTER (WHERE held_out AND converted) AS held_out_converted
FROM followed
GROUP BY action
ORDER BY action

-- name: follow_merge
UPDATE next_best_actions SET profile_id = $1 WHERE profile_id = $2
