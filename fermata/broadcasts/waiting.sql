-- name: due
-- From one place on in the order in which they are due; the rows before it are gone, and need not be stepped over.
SELECT profile_id, due_at FROM broadcast_waiting
WHERE broadcast_id = $1 AND (due_at, profile_id) > ($2, $3) AND due_at <= $4
ORDER BY due_at, profile_id
LIMIT $5

-- name: next_due
SELECT due_at FROM broadcast_waiting
WHERE broadcast_id = $1 AND (due_at, profile_id) > ($2, $3)
ORDER BY due_at, profile_id
LIMIT 1

-- name: held_out
-- Since they were chosen a merge may have made them one with somebody who is held out.
SELECT profile_id FROM holdouts WHERE profile_id = ANY($3::uuid[]) AND scope = $1 AND salt = $2 AND held_out

-- name: names
-- The name that says most surely who somebody is, of several the first.
SELECT DISTINCT ON (profile_id) profile_id, kind, value
FROM identities
WHERE profile_id = ANY($1::uuid[]) AND NOT assumed
ORDER BY profile_id, array_position($2::text[], kind), first_seen_at, value

-- name: leave
DELETE FROM broadcast_waiting WHERE broadcast_id = $1 AND profile_id = ANY($2::uuid[]) RETURNING profile_id

-- name: routed
-- What the door did with the events of these people, in this very transaction.
SELECT coalesce(routing ->> $2, 'event_no_journey') AS result, count(*) AS people
FROM message_ids m JOIN events e ON e.id = m.event_id
WHERE m.message_id = ANY($1::text[])
GROUP BY 1

-- name: count
UPDATE broadcasts b
SET outcomes = b.outcomes || (
    SELECT coalesce(jsonb_object_agg(code, number + coalesce((b.outcomes ->> code)::bigint, 0)), '{}')
    FROM unnest($2::text[], $3::bigint[]) AS new (code, number)
)
WHERE id = $1

-- name: give_up
-- A portion at a time: a million in one statement would hold up whoever merges one of them.
DELETE FROM broadcast_waiting
WHERE (profile_id, broadcast_id) IN (
    SELECT profile_id, broadcast_id FROM broadcast_waiting WHERE broadcast_id = $1
    ORDER BY due_at, profile_id LIMIT $2
)

-- name: forget_entered
-- Whichever of the two has had it: one person gets it once.
DELETE FROM broadcast_waiting w
WHERE w.profile_id IN ($1::uuid, $2::uuid) AND EXISTS (
    SELECT 1 FROM message_ids m
    WHERE m.message_id IN (
        'broadcast:' || w.broadcast_id || ':' || $1::uuid, 'broadcast:' || w.broadcast_id || ':' || $2::uuid
    )
)

-- name: follow_merge
WITH moved AS (
    DELETE FROM broadcast_waiting WHERE profile_id = $2 RETURNING broadcast_id, due_at
)
INSERT INTO broadcast_waiting (profile_id, broadcast_id, due_at)
SELECT $1, broadcast_id, due_at FROM moved
ON CONFLICT (profile_id, broadcast_id) DO UPDATE SET due_at = greatest(broadcast_waiting.due_at, excluded.due_at)
