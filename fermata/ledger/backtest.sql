-- name: count
SELECT count(*) FROM decisions WHERE decided_at >= $1 AND decided_at < $2

-- name: recorded
SELECT id, journey, action, reason, channel, next_eligible_at, policy, facts::text AS facts
FROM decisions
WHERE decided_at >= $1 AND decided_at < $2
ORDER BY decided_at, id
