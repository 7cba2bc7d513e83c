-- name: return_where_clear
-- The frequency cut is over.
UPDATE audience_members
SET wanted = true, returns_at = NULL, wanted_since = $1::timestamptz, reason = 'eligible', version = version + 1,
    due_at = greatest(due_at, $1)
WHERE returns_at <= $1

-- name: claim
-- Withdrawals first: an ad too many is worse than one too few.
WITH due AS (
    SELECT id FROM audience_members
    WHERE due_at <= $1 AND (platform, audience) IN (SELECT * FROM unnest($2::text[], $3::text[]))
    ORDER BY wanted, due_at
    LIMIT $4
    FOR UPDATE SKIP LOCKED
)
UPDATE audience_members m
SET due_at = $5, claim = m.claim + 1
WHERE m.id = ANY(ARRAY(SELECT id FROM due))
RETURNING m.id, m.platform, m.audience, m.wanted, m.version, m.claim, m.failures, m.told,
    (SELECT p.country FROM profiles p WHERE p.id = m.profile_id) AS country,
    coalesce((SELECT p.addresses FROM profiles p WHERE p.id = m.profile_id), '{}'::jsonb) AS addresses,
    (SELECT coalesce(jsonb_agg(a.key), '[]'::jsonb)
       FROM profiles p CROSS JOIN LATERAL jsonb_each_text(p.addresses) a
       CROSS JOIN LATERAL (
           SELECT 1 FROM suppressions
           WHERE channel = a.key AND address IN (a.value, suppressed_as(a.key, a.value)) LIMIT 1
       ) s
      WHERE p.id = m.profile_id) AS suppressed

-- name: remember
-- Before the platform hears of it: a crash then forgets nothing that the platform may hold.
UPDATE audience_members m SET told = t.told::jsonb
FROM unnest($1::uuid[], $2::text[]) AS t (id, told)
WHERE m.id = t.id

-- name: settle
UPDATE audience_members m
SET told = t.told::jsonb, told_at = $6::timestamptz, failures = 0, detail = t.detail,
    due_at = CASE WHEN m.version = t.version THEN NULL ELSE $6::timestamptz END
FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::text[], $5::text[]) AS t (id, claim, version, told, detail)
WHERE m.id = t.id AND m.claim = t.claim

-- name: remove_forgotten
DELETE FROM audience_members WHERE id = ANY($1::uuid[]) AND profile_id IS NULL AND due_at IS NULL

-- name: put_off
UPDATE audience_members m
SET due_at = t.due_at, failures = m.failures + 1, detail = $4
FROM unnest($1::uuid[], $2::integer[], $3::timestamptz[]) AS t (id, claim, due_at)
WHERE m.id = t.id AND m.claim = t.claim
