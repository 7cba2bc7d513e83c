-- name: names
-- The most frequent events: a path of a name that hardly anybody has would say nothing.
SELECT name FROM events
WHERE occurred_at >= $1 AND occurred_at < $2 AND name <> $3
GROUP BY name ORDER BY count(*) DESC, name LIMIT $4

-- name: people
-- A row a person, repeats taken together. Postgres sorts on disk what is too much for memory.
SELECT array_agg(place ORDER BY at) FILTER (WHERE place > 0) AS places,
       array_agg(at ORDER BY at) FILTER (WHERE place > 0) AS times,
       array_agg(at ORDER BY at) FILTER (WHERE place = 0) AS outcomes
FROM (
    SELECT profile_id, at, place, lag(place) OVER (PARTITION BY profile_id ORDER BY at, id) AS before
    FROM (
        SELECT e.profile_id, e.id, extract(epoch FROM e.occurred_at)::float8 AS at, known.place::int AS place
        FROM events e
        JOIN unnest($3::text[]) WITH ORDINALITY AS numbered (name, number) USING (name)
        CROSS JOIN LATERAL (SELECT numbered.number - 1 AS place) known
        WHERE e.occurred_at >= $1 AND e.occurred_at < $2
    ) placed
) walked
WHERE place = 0 OR place IS DISTINCT FROM before
GROUP BY profile_id
