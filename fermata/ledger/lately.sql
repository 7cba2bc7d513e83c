-- name: decided
-- One count in the index for each pair: no decision is read.
SELECT wanted_action AS action, wanted_reason AS reason, counted.decisions
FROM unnest($2::text[]) AS wanted_action, unnest($3::text[]) AS wanted_reason
CROSS JOIN LATERAL (
    SELECT count(*) AS decisions FROM decisions
    WHERE action = wanted_action AND reason = wanted_reason
      AND decided_at >= $1 AND decided_at < coalesce($4::timestamptz, 'infinity')
) counted
WHERE counted.decisions > 0
ORDER BY counted.decisions DESC, action, reason

-- name: held
-- By hour for a day, then all later ones together; those without a time wait for a visit.
SELECT CASE WHEN next_eligible_at < $1 THEN date_trunc('hour', $1)
            WHEN next_eligible_at < $1 + interval '24 hours' THEN date_trunc('hour', next_eligible_at)
       END AS hour,
       next_eligible_at IS NULL AS at_visit, reason, count(*) AS messages
FROM deferrals
GROUP BY 1, 2, 3
ORDER BY 2, 1 NULLS LAST, 4 DESC

-- name: next_held
SELECT decision_id, run_id, profile_id, message, channel, reason, priority, deferred_at, next_eligible_at
FROM deferrals
ORDER BY next_eligible_at
LIMIT $1
