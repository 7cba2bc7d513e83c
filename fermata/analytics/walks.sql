-- name: told
-- Touches and conversions, person by person in the order of time. Postgres sorts on disk what is too much for memory.
SELECT e.profile_id, e.occurred_at, e.name = $1 AS converted, e.name, e.enrichment -> 'touch' ->> 'channel' AS channel,
       CASE WHEN e.name = $1 AND e.properties ->> 'currency' IS NOT DISTINCT FROM $5
            THEN coalesce(VALUE, 0)::float8 ELSE 0 END AS value
FROM events e
WHERE e.occurred_at >= $2 AND e.occurred_at < $3
  AND (e.name = $1 OR e.enrichment ? 'touch' OR e.name = ANY($4::text[]))
ORDER BY e.profile_id, e.occurred_at, e.id
