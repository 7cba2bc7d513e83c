-- name: newest
SELECT id, message_id, type, name, profile_id, occurred_at, received_at, routing, explanations
FROM events
WHERE id < $1
ORDER BY id DESC
LIMIT $2

-- name: nowhere
-- Most events concern no journey, so a page is full after a few.
SELECT id, message_id, type, name, profile_id, occurred_at, received_at, routing, explanations
FROM events
WHERE id < $1 AND routing = '{}'::jsonb
ORDER BY id DESC
LIMIT $2

-- name: so
-- One look into the index for each journey and result.
SELECT DISTINCT ON (e.id) e.*
FROM unnest($3::jsonb[]) AS wanted (routing)
CROSS JOIN LATERAL (
    SELECT id, message_id, type, name, profile_id, occurred_at, received_at, routing, explanations
    FROM events
    WHERE events.routing <> '{}'::jsonb AND events.routing @> wanted.routing AND id < $1
    ORDER BY id DESC
    LIMIT $2
) e
ORDER BY e.id DESC
LIMIT $2

-- name: of_profile
-- All of one person's are read: they are as many as one person makes.
SELECT id, message_id, type, name, profile_id, occurred_at, received_at, routing, explanations
FROM events
WHERE profile_id = $3 AND id < $1
  AND ($4::jsonb[] IS NULL OR routing @> ANY($4)) AND (NOT $5::bool OR routing = '{}'::jsonb)
ORDER BY id DESC
LIMIT $2
