-- name: events
-- People who do twenty things each, at any time of a month.
INSERT INTO events (id, message_id, type, name, profile_id, occurred_at, received_at)
SELECT gen_random_uuid(), n::text, 'track', ($2::text[])[1 + floor(random() * cardinality($2::text[]))::int],
       md5((n % greatest($1::bigint / 20, 1))::text)::uuid, $3::timestamptz + random() * interval '30 days', $3
FROM generate_series(1, $1::bigint) AS n

-- name: in_order
SELECT profile_id, name, occurred_at FROM events ORDER BY profile_id, occurred_at, id
