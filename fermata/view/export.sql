-- name: profiles
SELECT to_jsonb(t)::text FROM profiles t WHERE t.id = $1

-- name: reservations
-- By way of the decisions, which have an index: a slot is always of its decision's profile.
SELECT to_jsonb(t)::text
FROM decisions d JOIN reservations t ON t.decision_id = d.id
WHERE d.profile_id = $1
ORDER BY t.decision_id

-- name: feedback
-- By way of the decisions too.
SELECT to_jsonb(t)::text
FROM decisions d JOIN feedback t ON t.decision_id = d.id
WHERE d.profile_id = $1
ORDER BY t.id

-- name: short_links
-- The same.
SELECT to_jsonb(t)::text
FROM decisions d JOIN short_links t ON t.decision_id = d.id
WHERE d.profile_id = $1
ORDER BY t.token

-- name: dispatches
SELECT to_jsonb(t)::text
FROM journey_runs r JOIN dispatches t ON t.run_id = r.id
WHERE r.profile_id = $1
ORDER BY t.id

-- name: operator_actions
SELECT to_jsonb(t)::text
FROM journey_runs r JOIN operator_actions t ON t.run_id = r.id
WHERE r.profile_id = $1
ORDER BY t.id

-- name: child_runs
SELECT to_jsonb(t)::text
FROM journey_runs r JOIN child_runs t ON t.run_id = r.id
WHERE r.profile_id = $1
ORDER BY t.run_id

-- name: suppressions
SELECT to_jsonb(t)::text
FROM profiles p CROSS JOIN LATERAL jsonb_each_text(p.addresses) a CROSS JOIN LATERAL (
    SELECT * FROM suppressions WHERE channel = a.key AND address IN (a.value, suppressed_as(a.key, a.value)) LIMIT 1
) t
WHERE p.id = $1
ORDER BY t.channel

-- name: profile_keys
-- That there is one, and not the key.
SELECT jsonb_build_object('made_for', made_for, 'made_at', made_at)::text
FROM profile_keys
WHERE profile_id = $1
ORDER BY made_for
