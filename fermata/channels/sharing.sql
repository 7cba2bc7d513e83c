-- name: one_at_a_time
-- Of two that begin in one moment, the second sees the first.
SELECT pg_advisory_xact_lock(hashtextextended('fermata.sending_workers', 0))

-- name: announce
-- One clock for all of them: those of two machines differ. Rows of workers that were killed go after a while.
WITH gone AS (
    DELETE FROM sending_workers WHERE seen_at <= clock_timestamp() - $2::interval AND id <> $1
), here AS (
    INSERT INTO sending_workers (id, seen_at) VALUES ($1, clock_timestamp())
    ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at
)
SELECT count(*) + 1 AS workers, count(*) FILTER (WHERE id < $1) AS place
FROM sending_workers
WHERE id <> $1 AND seen_at > clock_timestamp() - $2::interval

-- name: leave
DELETE FROM sending_workers WHERE id = $1
