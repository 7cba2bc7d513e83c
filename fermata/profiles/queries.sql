-- name: lock_known
-- The profiles of these identities, locked in the order of their ids, so that no two transactions wait for each other.
SELECT i.kind, i.value, p.*
FROM unnest($1::text[], $2::text[]) AS asked (kind, value)
JOIN identities i USING (kind, value)
JOIN profiles p ON p.id = i.profile_id
ORDER BY p.id
FOR UPDATE OF p

-- name: claimed
-- A statement of its own, after the lock: it sees the user id that the last holder of the lock recorded.
SELECT DISTINCT profile_id FROM identities WHERE profile_id = ANY($1::uuid[]) AND kind = 'user_id'

-- name: save
-- New profiles and locked ones alike.
INSERT INTO profiles (
    id, created_at, updated_at, time_zone, country, subdivision, device_time_zone, device_country, locale, addresses, consent, traits, quiet_hours,
    do_not_disturb, do_not_disturb_until, session_id, session_seen_at, facts_at
)
SELECT id, $1::timestamptz, $1::timestamptz, time_zone, country, subdivision, device_time_zone, device_country, locale, addresses, consent, traits, quiet_hours,
       do_not_disturb, do_not_disturb_until, session_id, session_seen_at, facts_at
FROM unnest(
    $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::jsonb[], $10::jsonb[],
    $11::jsonb[], $12::jsonb[], $13::bool[], $14::timestamptz[], $15::text[], $16::timestamptz[], $17::jsonb[]
) AS new (
    id, time_zone, country, subdivision, device_time_zone, device_country, locale, addresses, consent, traits, quiet_hours,
    do_not_disturb, do_not_disturb_until, session_id, session_seen_at, facts_at
)
ON CONFLICT (id) DO UPDATE SET
    updated_at = excluded.updated_at,
    time_zone = excluded.time_zone, country = excluded.country, subdivision = excluded.subdivision,
    device_time_zone = excluded.device_time_zone, device_country = excluded.device_country,
    locale = excluded.locale, addresses = excluded.addresses, consent = excluded.consent, traits = excluded.traits,
    quiet_hours = excluded.quiet_hours, do_not_disturb = excluded.do_not_disturb,
    do_not_disturb_until = excluded.do_not_disturb_until,
    session_id = excluded.session_id, session_seen_at = excluded.session_seen_at,
    facts_at = excluded.facts_at

-- name: record_identities
-- In the order of their names, so that two transactions that record the same ones wait in one direction only.
INSERT INTO identities (kind, value, profile_id, first_seen_at)
SELECT kind, value, profile_id, $4
FROM unnest($1::text[], $2::text[], $3::uuid[]) AS new (kind, value, profile_id)
ORDER BY kind, value
ON CONFLICT DO NOTHING
