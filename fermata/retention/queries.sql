-- Each statement looks at one page of a table, in the order of its key, and removes what may go of it.
-- $1: the key after which the page begins. $2: the cut. $3: how many rows. $4: the first key that is too young, for
-- tables whose ids grow with time (UUIDv7). The answer: the last key of the page, and how many went.

-- name: events
-- Kept is what an active run may look at: its trigger, and all since it began.
WITH page AS (
    SELECT id, profile_id, occurred_at FROM events
    WHERE id > $1 AND id < $4 AND received_at < $2 ORDER BY id LIMIT $3
), gone AS (
    DELETE FROM events USING page
    WHERE events.id = page.id AND NOT EXISTS (
        SELECT 1 FROM journey_runs run
        WHERE run.profile_id = page.profile_id AND run.ended_at IS NULL
          AND (run.trigger_event_id = page.id OR run.started_at <= page.occurred_at)
    )
    RETURNING message_id
), known AS (
    DELETE FROM message_ids USING gone WHERE message_ids.message_id = gone.message_id
)
SELECT (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last, (SELECT count(*) FROM gone) AS removed

-- name: message_ids
-- Of months that were dropped. $2: the first id that is too young.
WITH page AS (
    SELECT message_id, event_id FROM message_ids WHERE event_id > $1 AND event_id < $2 ORDER BY event_id LIMIT $3
), gone AS (
    DELETE FROM message_ids USING page
    WHERE message_ids.message_id = page.message_id AND NOT EXISTS (SELECT 1 FROM events WHERE events.id = page.event_id)
    RETURNING 1
)
SELECT (SELECT event_id FROM page ORDER BY event_id DESC LIMIT 1) AS last, (SELECT count(*) FROM gone) AS removed

-- name: decisions
-- The slot goes with its decision, and so does what was heard of it: else a later word would be about nothing known.
WITH page AS (
    SELECT decision.id, run.ended_at < $2 AS over
    FROM decisions decision JOIN journey_runs run ON run.id = decision.run_id
    WHERE decision.id > $1 AND decision.id < $4 AND decision.decided_at < $2 ORDER BY decision.id LIMIT $3
), heard AS (
    DELETE FROM feedback USING page WHERE page.over AND feedback.decision_id = page.id
), links AS (
    DELETE FROM short_links USING page WHERE page.over AND short_links.decision_id = page.id
), slots AS (
    DELETE FROM reservations USING page WHERE page.over AND reservations.decision_id = page.id
), gone AS (
    DELETE FROM decisions USING page WHERE page.over AND decisions.id = page.id RETURNING 1
)
SELECT (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last, (SELECT count(*) FROM gone) AS removed

-- name: dispatches
WITH page AS (
    SELECT dispatch.id, dispatch.delivered_at < $2 AND run.ended_at < $2 AS over
    FROM dispatches dispatch JOIN journey_runs run ON run.id = dispatch.run_id
    WHERE dispatch.id > $1 AND dispatch.created_at < $2 ORDER BY dispatch.id LIMIT $3
), gone AS (
    DELETE FROM dispatches USING page WHERE page.over AND dispatches.id = page.id RETURNING 1
)
SELECT (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last, (SELECT count(*) FROM gone) AS removed

-- name: rejected
WITH page AS (
    SELECT id FROM rejected_events WHERE id > $1 AND id < $4 AND received_at < $2 ORDER BY id LIMIT $3
), gone AS (
    DELETE FROM rejected_events USING page WHERE rejected_events.id = page.id RETURNING 1
)
SELECT (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last, (SELECT count(*) FROM gone) AS removed
