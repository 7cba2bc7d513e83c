-- name: lock_known
-- The profiles of these identities, locked in the order of their ids, so that no two transactions wait for each other.
-- Whoever was erased while this waited for the lock is nobody's any more: the condition is looked at again then.
SELECT i.kind, i.value, i.assumed, i.linked_at, i.anchor_kind, i.anchored_at, p.*
FROM unnest($1::text[], $2::text[]) AS asked (kind, value)
JOIN identities i USING (kind, value)
JOIN profiles p ON p.id = i.profile_id
WHERE p.erased_at IS NULL
ORDER BY p.id
FOR UPDATE OF p

-- name: held
-- A statement of its own, after the lock: it sees the names that the last holder of the lock recorded.
SELECT profile_id, kind, count(*) AS names
FROM identities
WHERE profile_id = ANY($1::uuid[]) AND NOT assumed
GROUP BY profile_id, kind

-- name: see
-- Of profiles about which nothing else is new. No index is touched by it.
UPDATE profiles p SET updated_at = $1, session_id = seen.session_id, session_seen_at = seen.seen_at
FROM unnest($2::uuid[], $3::text[], $4::timestamptz[]) AS seen (id, session_id, seen_at)
WHERE p.id = seen.id

-- name: save
-- New profiles and locked ones alike.
INSERT INTO profiles (
    id, created_at, updated_at, time_zone, country, subdivision, device_time_zone, device_country, locale, addresses,
    consent, traits, quiet_hours, do_not_disturb, do_not_disturb_until, topics, preferred_channels, session_id,
    session_seen_at, facts_at
)
SELECT id, $1::timestamptz, $1::timestamptz, time_zone, country, subdivision, device_time_zone, device_country, locale,
       addresses, consent, traits, quiet_hours, do_not_disturb, do_not_disturb_until, topics, preferred_channels::jsonb,
       session_id, session_seen_at, facts_at
FROM unnest(
    $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::jsonb[], $10::jsonb[],
    $11::jsonb[], $12::jsonb[], $13::bool[], $14::timestamptz[], $15::jsonb[], $16::text[], $17::text[],
    $18::timestamptz[], $19::jsonb[]
) AS new (
    id, time_zone, country, subdivision, device_time_zone, device_country, locale, addresses, consent, traits,
    quiet_hours, do_not_disturb, do_not_disturb_until, topics, preferred_channels, session_id, session_seen_at, facts_at
)
ON CONFLICT (id) DO UPDATE SET
    updated_at = excluded.updated_at,
    time_zone = excluded.time_zone, country = excluded.country, subdivision = excluded.subdivision,
    device_time_zone = excluded.device_time_zone, device_country = excluded.device_country,
    locale = excluded.locale, addresses = excluded.addresses, consent = excluded.consent, traits = excluded.traits,
    quiet_hours = excluded.quiet_hours, do_not_disturb = excluded.do_not_disturb,
    do_not_disturb_until = excluded.do_not_disturb_until, topics = excluded.topics,
    preferred_channels = excluded.preferred_channels, session_id = excluded.session_id,
    session_seen_at = excluded.session_seen_at, facts_at = excluded.facts_at

-- name: record_identities
-- In the order of their names, so that two transactions that record the same ones wait in one direction only.
INSERT INTO identities (kind, value, profile_id, first_seen_at, linked_at, anchor_kind, anchored_at, assumed)
SELECT kind, value, profile_id, $8, linked_at, anchor_kind, anchored_at, assumed
FROM unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::text[], $6::timestamptz[], $7::bool[])
    AS new (kind, value, profile_id, linked_at, anchor_kind, anchored_at, assumed)
ORDER BY kind, value
ON CONFLICT DO NOTHING

-- name: link
-- Their profiles are locked: nobody else writes these rows. But whoever waited for the lock read them as they were
-- before: what was linked or anchored earlier in the meantime stays. The kinds of names come with the strongest first.
UPDATE identities i
SET linked_at = least(stated.linked_at, i.linked_at),
    anchor_kind = CASE WHEN goes_before THEN stated.anchor_kind ELSE i.anchor_kind END,
    anchored_at = CASE WHEN goes_before THEN stated.anchored_at ELSE i.anchored_at END,
    assumed = i.assumed AND NOT stated.confirmed
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::timestamptz[], $6::bool[])
        AS stated (kind, value, linked_at, anchor_kind, anchored_at, confirmed)
    JOIN identities before USING (kind, value)
    CROSS JOIN LATERAL (
        SELECT stated.anchored_at IS NOT NULL
           AND (before.anchored_at IS NULL
                OR (array_position($7::text[], stated.anchor_kind), stated.anchored_at)
                   < (array_position($7::text[], before.anchor_kind), before.anchored_at)) AS goes_before
    ) compared
WHERE i.kind = stated.kind AND i.value = stated.value

-- name: move_names
-- Both profiles are locked.
UPDATE identities i SET profile_id = stated.profile_id
FROM unnest($1::text[], $2::text[], $3::uuid[]) AS stated (kind, value, profile_id)
WHERE i.kind = stated.kind AND i.value = stated.value

-- name: move_identities
UPDATE identities SET profile_id = $1 WHERE profile_id = $2

-- name: record_merge
-- Whoever became part of the loser before is part of the survivor now.
WITH before AS (
    UPDATE profile_merges SET survivor_id = $1 WHERE survivor_id = $2
)
INSERT INTO profile_merges (loser_id, survivor_id, merged_at, message_id, name, other_name)
VALUES ($2, $1, $3, $4, $5, $6)

-- name: remove_merged
DELETE FROM profiles WHERE id = $1
