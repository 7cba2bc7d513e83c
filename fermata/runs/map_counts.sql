-- name: ways_gone
-- How many runs of those that started between two instants have come to each set of messages, and how they stand. The
-- sets are few, however many the runs: a journey has some ways through it.
SELECT state, left_by, messages, count(*) AS runs
FROM (
    SELECT r.id, r.state, CASE WHEN r.state = 'exited' THEN r.reason END AS left_by,
           coalesce(array_agg(DISTINCT d.message ORDER BY d.message) FILTER (WHERE d.message IS NOT NULL), '{}') AS messages
    FROM unnest($4::text[]) AS wanted (state)
    JOIN journey_runs r ON r.journey = $1 AND r.state = wanted.state AND r.started_at >= $2 AND r.started_at < $3
     AND ($5::text[] IS NULL OR r.temporal_run_id = ANY($5))
    LEFT JOIN decisions d ON d.run_id = r.id
    GROUP BY r.id
) gone
GROUP BY state, left_by, messages

-- name: became_of_messages
-- By the last word on each step of a run: a message that was held and then sent is sent.
SELECT message,
       count(DISTINCT run_id) FILTER (WHERE action = 'send' AND delivery NOT IN ('failed', 'released')) AS sent,
       count(DISTINCT run_id) FILTER (WHERE action = 'drop') AS dropped,
       count(DISTINCT run_id) FILTER (WHERE action = 'defer' AND run_state = 'active') AS held
FROM (
    SELECT DISTINCT ON (d.run_id, d.step) d.run_id, d.message, d.action, r.state AS run_state,
           coalesce(v.state, 'sent') AS delivery
    FROM unnest($4::text[]) AS wanted (state)
    JOIN journey_runs r ON r.journey = $1 AND r.state = wanted.state AND r.started_at >= $2 AND r.started_at < $3
     AND ($5::text[] IS NULL OR r.temporal_run_id = ANY($5))
    JOIN decisions d ON d.run_id = r.id
    LEFT JOIN reservations v ON v.decision_id = d.id
    ORDER BY d.run_id, d.step, d.visit DESC
) last
GROUP BY message
