-- Of everything about people: the profile is looked up first, behind a fence (OFFSET 0), and what it must be like after
-- it. Of the hours since the last ANALYZE the planner believes that nothing happened in them, and would otherwise read
-- through everybody's events of a name to find one person's.

-- name: people
SELECT id, traits FROM profiles WHERE id = ANY($1::uuid[])

-- name: named
-- Events of these names that are not later than $3, and later than $4 where that is given.
SELECT asked.profile_id, e.id, e.name, e.occurred_at, e.properties
FROM unnest($1::uuid[]) AS asked (profile_id)
CROSS JOIN LATERAL (
    SELECT id, name, occurred_at, properties FROM events
    WHERE profile_id = asked.profile_id AND name = ANY($2::text[]) OFFSET 0
) e
WHERE e.occurred_at <= $3::timestamptz AND e.occurred_at > coalesce($4::timestamptz, '-infinity')

-- name: visits
-- A visit begins where the silence before an event was as long as $4. Events of one instant are of one visit: the window
-- that numbers them has its default frame, which takes peers together.
SELECT asked.profile_id, visits.*
FROM unnest($1::uuid[]) AS asked (profile_id)
CROSS JOIN LATERAL (
    SELECT count(*) AS number, count(*) FILTER (WHERE ended_at > $5::timestamptz) AS recent,
           min(began_at) AS first_seen_at, max(ended_at) AS last_seen_at, avg(ended_at - began_at) AS mean_dwell,
           (array_agg(ended_at - began_at ORDER BY began_at DESC))[1] AS last_dwell
    FROM (
        SELECT min(occurred_at) AS began_at, max(occurred_at) AS ended_at
        FROM (
            SELECT occurred_at, count(*) FILTER (WHERE begins) OVER (ORDER BY occurred_at) AS visit
            FROM (
                SELECT occurred_at,
                       coalesce(occurred_at - lag(occurred_at) OVER (ORDER BY occurred_at) >= $4::interval, true) AS begins
                FROM (SELECT name, occurred_at FROM events WHERE profile_id = asked.profile_id OFFSET 0) theirs
                WHERE occurred_at <= $2::timestamptz AND name <> ALL($3::text[])
            ) spaced
        ) numbered
        GROUP BY visit
    ) each
) visits

-- name: reactions
SELECT asked.profile_id, e.name, max(e.occurred_at) AS last_at,
       count(*) FILTER (WHERE e.occurred_at > $4::timestamptz) AS recent
FROM unnest($1::uuid[]) AS asked (profile_id)
CROSS JOIN LATERAL (
    SELECT name, occurred_at FROM events WHERE profile_id = asked.profile_id AND name = ANY($2::text[]) OFFSET 0
) e
WHERE e.occurred_at <= $3::timestamptz
GROUP BY asked.profile_id, e.name

-- name: inbox_read
SELECT asked.profile_id, i.kind, max(i.read_at) AS last_at, count(*) FILTER (WHERE i.read_at > $3::timestamptz) AS recent
FROM unnest($1::uuid[]) AS asked (profile_id)
CROSS JOIN LATERAL (SELECT kind, read_at FROM inbox_items WHERE profile_id = asked.profile_id OFFSET 0) i
WHERE i.read_at <= $2::timestamptz AND i.kind IN ('in_app', 'inbox')
GROUP BY asked.profile_id, i.kind

-- name: sent
-- What is only reserved has not gone out, and may never.
SELECT asked.profile_id, r.channel, max(r.exposed_at) AS last_at
FROM unnest($1::uuid[]) AS asked (profile_id)
CROSS JOIN LATERAL (
    SELECT channel, state, exposed_at FROM reservations
    WHERE profile_id = asked.profile_id AND state NOT IN ('released', 'failed') OFFSET 0
) r
WHERE r.exposed_at <= $2::timestamptz AND r.state NOT IN ('reserved', 'sending')
GROUP BY asked.profile_id, r.channel

-- name: customers
SELECT DISTINCT profile_id FROM events WHERE name = $1 AND occurred_at <= $2

-- name: population
-- People who were here in [$1, $2), as many as $4 of them: by a hash, so that a part of them is a fair sample.
SELECT p.id FROM profiles p
WHERE EXISTS (
    SELECT 1 FROM (SELECT name, occurred_at FROM events WHERE profile_id = p.id OFFSET 0) e
    WHERE e.occurred_at >= $1::timestamptz AND e.occurred_at < $2::timestamptz AND e.name <> ALL($3::text[])
)
ORDER BY hashtextextended(p.id::text, 0), p.id
LIMIT $4

-- name: outcomes
-- What became of people in [$2, $3).
SELECT asked.profile_id, coalesce(bool_or(e.name = $4), false) AS bought, count(e.name) > 0 AS was_here
FROM unnest($1::uuid[]) AS asked (profile_id)
LEFT JOIN LATERAL (
    SELECT later.name FROM (SELECT name, occurred_at FROM events WHERE profile_id = asked.profile_id OFFSET 0) later
    WHERE later.occurred_at >= $2::timestamptz AND later.occurred_at < $3::timestamptz AND later.name <> ALL($5::text[])
) e ON true
GROUP BY asked.profile_id

-- name: newest_borders
SELECT document FROM population_borders WHERE kind = $1 AND at <= $2 ORDER BY at DESC LIMIT 1

-- name: store_borders
INSERT INTO population_borders (id, kind, at, people, document) VALUES ($1, $2, $3, $4, $5)

-- name: lock_borders
-- One computes, the others wait for it: while there are no borders at all.
SELECT pg_advisory_xact_lock(hashtextextended('fermata.traits.' || $1, 0))

-- name: try_lock_borders
-- One computes, the others go on with what is there.
SELECT pg_try_advisory_xact_lock(hashtextextended('fermata.traits.' || $1, 0))

-- name: store_model
INSERT INTO trained_models (id, kind, trained_at, accepted, people, document) VALUES ($1, $2, $3, $4, $5, $6)

-- name: trained
-- Of each kind the newest training, and the newest one that was accepted, as of an instant.
SELECT DISTINCT ON (kind, accepted) document FROM trained_models
WHERE kind = ANY($1::text[]) AND trained_at <= $2
ORDER BY kind, accepted, trained_at DESC
