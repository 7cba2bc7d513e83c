-- name: chosen
-- What was chosen over a time, by journey and action; NULL where no signal held. The reason is that of the last one.
SELECT journey, action, count(*) AS times, count(DISTINCT profile_id) AS people,
       count(*) FILTER (WHERE held_out) AS held_out, max(chosen_at) AS last_at,
       (array_agg(why ORDER BY chosen_at DESC))[1] AS last_why
FROM next_best_actions
WHERE chosen_at >= $1 AND chosen_at < $2 AND ($3::text IS NULL OR journey = $3)
GROUP BY journey, action
ORDER BY journey, times DESC, action
