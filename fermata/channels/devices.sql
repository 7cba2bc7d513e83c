-- name: state
-- In the order of their keys, so that two transactions that state the same ones wait in one direction only. However
-- statements come in, the first and the latest instant stand.
INSERT INTO devices (profile_id, token_hash, token, platform, app, keys, added_at, last_seen_at)
SELECT profile_id, token_hash, token, platform, app, keys, added_at, last_seen_at
FROM unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::timestamptz[], $8::timestamptz[]
) AS stated (profile_id, token_hash, token, platform, app, keys, added_at, last_seen_at)
ORDER BY profile_id, token_hash
ON CONFLICT (profile_id, token_hash) DO UPDATE SET
    platform = coalesce(excluded.platform, devices.platform),
    app = coalesce(excluded.app, devices.app),
    keys = coalesce(excluded.keys, devices.keys),
    added_at = least(devices.added_at, excluded.added_at),
    last_seen_at = greatest(devices.last_seen_at, excluded.last_seen_at)

-- name: of_profile
-- A device is live where nothing stands against its latest statement: no word of a provider that it is dead, no word of
-- the person that they have none, and nobody else who stated the same token later.
SELECT d.token_hash, d.token, d.platform, d.app, d.keys, d.added_at, d.last_seen_at, d.removed_at, d.reason,
       (d.removed_at IS NULL OR d.last_seen_at > d.removed_at)
       AND NOT EXISTS (
           SELECT 1 FROM devices none
           WHERE none.profile_id = d.profile_id AND none.token_hash = '' AND none.last_seen_at >= d.last_seen_at
       )
       AND NOT EXISTS (
           SELECT 1 FROM devices other
           WHERE other.token_hash = d.token_hash AND other.profile_id <> d.profile_id
             AND other.last_seen_at > d.last_seen_at
       ) AS live
FROM devices d
WHERE d.profile_id = $1 AND d.token_hash <> ''
ORDER BY live DESC, d.last_seen_at DESC, d.token_hash
LIMIT $2

-- name: remove
-- The latest word stands.
UPDATE devices SET removed_at = $3, reason = $4
WHERE profile_id = $1 AND token_hash = ANY($2::text[]) AND (removed_at IS NULL OR removed_at < $3)

-- name: lock_profile
SELECT id FROM profiles WHERE id = $1 FOR UPDATE

-- name: settle_address
-- The latest live token is the address that decisions read. $3 is an instant that bears on it, in microseconds.
UPDATE profiles
SET addresses = CASE
        WHEN $2::text IS NULL THEN addresses - 'push'
        ELSE addresses || jsonb_build_object('push', $2::text)
    END,
    facts_at = facts_at || jsonb_build_object(
        'addresses.push', greatest(coalesce((facts_at->>'addresses.push')::bigint, 0), $3::bigint)
    )
WHERE id = $1

-- name: follow_merge
WITH moved AS (
    DELETE FROM devices WHERE profile_id = $2 RETURNING *
)
INSERT INTO devices (profile_id, token_hash, token, platform, app, keys, added_at, last_seen_at, removed_at, reason)
SELECT $1, token_hash, token, platform, app, keys, added_at, last_seen_at, removed_at, reason FROM moved
ON CONFLICT (profile_id, token_hash) DO UPDATE SET
    platform = coalesce(devices.platform, excluded.platform),
    app = coalesce(devices.app, excluded.app),
    keys = coalesce(devices.keys, excluded.keys),
    added_at = least(devices.added_at, excluded.added_at),
    last_seen_at = greatest(devices.last_seen_at, excluded.last_seen_at),
    removed_at = greatest(devices.removed_at, excluded.removed_at),
    reason = CASE
        WHEN devices.removed_at IS NULL OR excluded.removed_at > devices.removed_at
            THEN coalesce(excluded.reason, devices.reason)
        ELSE devices.reason
    END
