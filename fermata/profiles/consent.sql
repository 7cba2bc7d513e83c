-- name: append
-- What the same event or link has said before is passed over.
INSERT INTO consent_log (
    id, profile_id, channel, purpose, status, source, region, occurred_at, recorded_at, stated_as, message_id, evidence
)
SELECT id, profile_id, channel, purpose, status, source, region, occurred_at, $12::timestamptz, stated_as, message_id,
       evidence
FROM unnest(
    $1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::text[],
    $10::text[], $11::jsonb[]
) AS new (id, profile_id, channel, purpose, status, source, region, occurred_at, stated_as, message_id, evidence)
ORDER BY message_id, channel, purpose
ON CONFLICT DO NOTHING
RETURNING id

-- name: statements
SELECT profile_id, channel, purpose, status, occurred_at, stated_as FROM consent_log WHERE profile_id = ANY($1::uuid[])

-- name: names
SELECT profile_id, kind, value, anchor_kind, anchored_at FROM identities WHERE profile_id = ANY($1::uuid[])

-- name: history
-- The newest first, from where the page before ended.
SELECT id, channel, purpose, status, source, region, occurred_at, recorded_at, stated_as, message_id, evidence
FROM consent_log
WHERE profile_id = $1 AND (occurred_at, id) < ($2, $3)
ORDER BY occurred_at DESC, id DESC
LIMIT $4

-- name: settle
-- Of profiles whose rows are locked.
UPDATE profiles p
SET consent = settled.consent, updated_at = $4,
    facts_at = p.facts_at || jsonb_build_object('consent', settled.newest)
FROM unnest($1::uuid[], $2::jsonb[], $3::bigint[]) AS settled (id, consent, newest)
WHERE p.id = settled.id

-- name: unsay
-- Of profiles with nothing left in the log, whose state came from there.
UPDATE profiles SET consent = '{}', facts_at = facts_at - 'consent', updated_at = $2
WHERE id = ANY($1::uuid[]) AND facts_at ? 'consent'
RETURNING id

-- name: follow_name
-- What was said under a name goes with it to the person whose name it is after all.
UPDATE consent_log said SET profile_id = moved.profile_id
FROM unnest($1::text[], $2::uuid[], $3::uuid[]) AS moved (name, former_id, profile_id)
WHERE said.profile_id = moved.former_id AND said.stated_as = moved.name

-- name: follow_merge
-- The only change that the log's trigger lets through.
UPDATE consent_log SET profile_id = $1 WHERE profile_id = $2
