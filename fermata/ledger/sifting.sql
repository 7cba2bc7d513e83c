-- name: sifted
SELECT id, profile_id, run_id, journey, message, step, visit, purpose, priority, action, reason, channel,
       next_eligible_at, decided_at, policy
FROM (
    SELECT * FROM decisions WHERE (decided_at, id) < ($1, $2) ORDER BY decided_at DESC, id DESC LIMIT $3
) near
WHERE (journey = $5 OR $5::text IS NULL) AND (channel = $6 OR $6::text IS NULL)
  AND action = ANY($7::text[]) AND reason = ANY($8::text[])
ORDER BY decided_at DESC, id DESC
LIMIT $4

-- name: end_of_look
SELECT decided_at, id FROM decisions WHERE (decided_at, id) < ($1, $2)
ORDER BY decided_at DESC, id DESC
OFFSET $3 LIMIT 1
