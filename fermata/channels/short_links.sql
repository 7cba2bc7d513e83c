-- name: keep
-- The same link of the same message has the same name: trying to send again changes nothing.
INSERT INTO short_links (token, decision_id, url)
SELECT token, $1, url FROM unnest($2::text[], $3::text[]) AS new (token, url)
ON CONFLICT (token) DO NOTHING

-- name: read
SELECT decision_id, url FROM short_links WHERE token = $1
