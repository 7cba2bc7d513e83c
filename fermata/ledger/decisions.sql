-- name: decision
SELECT d.id, d.profile_id, d.run_id, d.journey, d.message, d.step, d.visit, d.purpose, d.priority, d.action, d.reason,
       d.channel, d.next_eligible_at, d.decided_at, d.policy, d.facts::text AS facts, d.trace::text AS trace,
       (SELECT to_jsonb(r) FROM (
           SELECT channel, state, reserved_at, updated_at, provider, reason FROM reservations WHERE decision_id = d.id
       ) r) AS delivery,
       (SELECT id FROM decisions
         WHERE run_id = d.run_id AND step = d.step AND visit > d.visit ORDER BY visit LIMIT 1) AS decided_again
FROM decisions d
WHERE d.id = $1

-- name: newest
SELECT id, profile_id, run_id, journey, message, step, visit, purpose, priority, action, reason, channel,
       next_eligible_at, decided_at, policy
FROM decisions
WHERE (decided_at, id) < ($1, $2)
ORDER BY decided_at DESC, id DESC
LIMIT $3

-- name: of_profile
SELECT id, profile_id, run_id, journey, message, step, visit, purpose, priority, action, reason, channel,
       next_eligible_at, decided_at, policy
FROM decisions
WHERE (decided_at, id) < ($1, $2) AND profile_id = $4 AND action = ANY($5::text[]) AND reason = ANY($6::text[])
ORDER BY decided_at DESC, id DESC
LIMIT $3

-- name: by_reason
-- One look into the index for each pair: however rare a reason is, it is found at once.
SELECT d.*
FROM unnest($4::text[]) AS wanted_action, unnest($5::text[]) AS wanted_reason
CROSS JOIN LATERAL (
    SELECT id, profile_id, run_id, journey, message, step, visit, purpose, priority, action, reason, channel,
           next_eligible_at, decided_at, policy
    FROM decisions
    WHERE action = wanted_action AND reason = wanted_reason AND (decided_at, id) < ($1, $2)
    ORDER BY decided_at DESC, id DESC
    LIMIT $3
) d
ORDER BY d.decided_at DESC, d.id DESC
LIMIT $3
