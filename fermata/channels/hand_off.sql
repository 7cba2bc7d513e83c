-- name: person
SELECT p.addresses, p.traits, (
           SELECT coalesce(jsonb_object_agg(kind, value), '{}'::jsonb)
           FROM (
               SELECT DISTINCT ON (kind) kind, value FROM identities
               WHERE profile_id = p.id AND kind = 'user_id' ORDER BY kind, first_seen_at
           ) first
       ) AS names
FROM profiles p
WHERE p.id = $1
