-- name: begin
INSERT INTO erasures (erased_id, begun_at, by, why) VALUES ($1, $2, $3, $4)

-- name: forget_suppressions
-- What stood there in the clear goes; `keep_suppressions` has put its hash in its place.
DELETE FROM suppressions s USING (
    SELECT a.key AS channel, a.value AS address FROM profiles p CROSS JOIN LATERAL jsonb_each_text(p.addresses) a WHERE p.id = $1
    UNION SELECT 'push', token FROM devices WHERE profile_id = $1 AND token <> ''
    UNION SELECT r.channel, r.address FROM decisions d JOIN reservations r ON r.decision_id = d.id
    WHERE d.profile_id = $1 AND r.address IS NOT NULL
) a
WHERE s.channel = a.channel AND s.address = a.address

-- name: keep_suppressions
-- Every address that is known of the person, and those that messages went to before.
INSERT INTO suppressions (channel, address, reason, created_at)
SELECT DISTINCT a.channel, suppressed_as(a.channel, a.address), 'profile_erased', $2::timestamptz
FROM (
    SELECT a.key AS channel, a.value AS address FROM profiles p CROSS JOIN LATERAL jsonb_each_text(p.addresses) a WHERE p.id = $1
    UNION SELECT 'push', token FROM devices WHERE profile_id = $1 AND token <> ''
    UNION SELECT r.channel, r.address FROM decisions d JOIN reservations r ON r.decision_id = d.id
    WHERE d.profile_id = $1 AND r.address IS NOT NULL
) a
ON CONFLICT (channel, address) DO NOTHING

-- name: rejected_events
-- As far as they can be found: those that state one of the person's names or addresses as a whole value.
DELETE FROM rejected_events e USING (
    SELECT value FROM identities WHERE profile_id = $1
    UNION SELECT split_part(value, ':', 2) FROM identities WHERE profile_id = $1 AND kind = 'external_id'
    UNION SELECT a.value FROM profiles p CROSS JOIN LATERAL jsonb_each_text(p.addresses) a WHERE p.id = $1
) name
WHERE name.value <> '' AND position(lower(to_jsonb(name.value)::text) IN lower(e.payload)) > 0

-- name: dead_letters
-- Events, as far as they can be found; letters of dispatches go with those.
DELETE FROM dead_letters l USING (
    SELECT value FROM identities WHERE profile_id = $1
    UNION SELECT split_part(value, ':', 2) FROM identities WHERE profile_id = $1 AND kind = 'external_id'
    UNION SELECT a.value FROM profiles p CROSS JOIN LATERAL jsonb_each_text(p.addresses) a WHERE p.id = $1
) name
WHERE l.payload IS NOT NULL AND name.value <> '' AND position(lower(to_jsonb(name.value)::text) IN lower(l.payload)) > 0

-- name: identities
DELETE FROM identities WHERE profile_id = $1

-- name: devices
DELETE FROM devices WHERE profile_id = $1

-- name: inbox_items
DELETE FROM inbox_items WHERE profile_id = $1

-- name: broadcast_waiting
DELETE FROM broadcast_waiting WHERE profile_id = $1

-- name: empty_profile
UPDATE profiles SET
    erased_at = $2, updated_at = $2, time_zone = NULL, country = NULL, subdivision = NULL, device_time_zone = NULL,
    device_country = NULL, locale = NULL, addresses = '{}', consent = '{}', traits = '{}', quiet_hours = NULL,
    do_not_disturb = true, do_not_disturb_until = NULL, topics = '{}', preferred_channels = '[]', session_id = NULL,
    session_seen_at = NULL, facts_at = '{}'
WHERE id = $1

-- name: begun
UPDATE erasures SET runs_ended = $2, suppressions_kept = $3, removed = $4 WHERE erased_id = $1

-- name: read
SELECT * FROM erasures WHERE erased_id = $1

-- name: pending
SELECT erased_id, begun_at FROM erasures WHERE finished_at IS NULL ORDER BY begun_at LIMIT 100

-- name: list
-- The newest first, from where the page before ended.
SELECT * FROM erasures WHERE (begun_at, erased_id) < ($1, $2) ORDER BY begun_at DESC, erased_id DESC LIMIT $3
