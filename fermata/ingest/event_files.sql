-- name: find
SELECT path, position, line, digest, accepted, duplicates, rejected, rejects_size, started_at
FROM event_files WHERE path = $1

-- name: keep
INSERT INTO event_files (
    path, position, line, digest, accepted, duplicates, rejected, rejects_size, started_at, updated_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (path) DO UPDATE SET
    position = excluded.position, line = excluded.line, digest = excluded.digest, accepted = excluded.accepted,
    duplicates = excluded.duplicates, rejected = excluded.rejected, rejects_size = excluded.rejects_size,
    started_at = excluded.started_at, updated_at = excluded.updated_at
