-- name: insert_card
-- The card's id is its decision's: the same attempt again changes nothing. Open streams are told with the commit.
WITH card AS (
    INSERT INTO inbox_items (id, profile_id, kind, message, title, body, url, created_at, expires_at, changed_in)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, pg_current_xact_id()::text::bigint)
    ON CONFLICT (id) DO NOTHING
    RETURNING profile_id
)
SELECT pg_notify('fermata_inbox', profile_id::text) FROM card

-- name: first_cards
SELECT id, kind, message, title, body, url, created_at, read_at, expires_at, shown_at, clicked_at, dismissed_at
FROM inbox_items
WHERE profile_id = $1 AND kind <> 'badge' AND dismissed_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
ORDER BY created_at DESC, id DESC
LIMIT $3

-- name: next_cards
SELECT id, kind, message, title, body, url, created_at, read_at, expires_at, shown_at, clicked_at, dismissed_at
FROM inbox_items
WHERE profile_id = $1 AND kind <> 'badge' AND dismissed_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
  AND (created_at, id) < ($4, $5)
ORDER BY created_at DESC, id DESC
LIMIT $3

-- name: count_unread
SELECT count(*)
FROM inbox_items
WHERE profile_id = $1 AND read_at IS NULL AND dismissed_at IS NULL AND (expires_at IS NULL OR expires_at > $2)

-- name: lock_card
SELECT id, kind, message, title, body, url, created_at, read_at, expires_at, shown_at, clicked_at, dismissed_at
FROM inbox_items
WHERE id = $1
FOR UPDATE

-- name: note
-- What an interaction says is in the row already where it came before: then nothing is written and nobody is told.
WITH card AS (
    UPDATE inbox_items
    SET shown_at = $2, read_at = $3, clicked_at = $4, dismissed_at = $5, changed_in = pg_current_xact_id()::text::bigint
    WHERE id = $1
    RETURNING profile_id
)
SELECT pg_notify('fermata_inbox', profile_id::text) FROM card

-- name: whose_card
SELECT card.profile_id, card.kind, card.message, card.url, decision.journey
FROM inbox_items card LEFT JOIN decisions decision ON decision.id = card.id
WHERE card.id = $1

-- name: mark
-- Where a stream stands: every transaction before the mark has ended, so what it wrote can be seen. The cards are read
-- as of the same moment: what has ended by then is seen now, and all else the next time.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS mark,
       EXISTS (SELECT 1 FROM profiles WHERE id = $1) AS there,
       (SELECT count(*) FROM inbox_items
        WHERE profile_id = $1 AND read_at IS NULL AND dismissed_at IS NULL
          AND (expires_at IS NULL OR expires_at > $2)) AS unread,
       (SELECT min(expires_at) FROM inbox_items
        WHERE profile_id = $1 AND dismissed_at IS NULL AND expires_at > $2) AS next_expiry

-- name: visible_cards
SELECT id, kind, message, title, body, url, created_at, read_at, expires_at, shown_at, clicked_at, dismissed_at,
       changed_in
FROM inbox_items
WHERE profile_id = $1 AND kind <> 'badge' AND dismissed_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
ORDER BY created_at DESC, id DESC
LIMIT $3

-- name: vanished_cards
-- What somebody who looked at mark $2 and instant $3 may still show, and should not at instant $4.
SELECT id FROM inbox_items
WHERE profile_id = $1 AND kind <> 'badge'
  AND ((dismissed_at IS NOT NULL AND changed_in >= $2) OR (expires_at > $3 AND expires_at <= $4))

-- name: follow_merge
-- The streams of both are told.
WITH moved AS (
    UPDATE inbox_items SET profile_id = $1, changed_in = pg_current_xact_id()::text::bigint WHERE profile_id = $2
)
SELECT pg_notify('fermata_inbox', told::text) FROM unnest(ARRAY[$1, $2]::uuid[]) AS told
