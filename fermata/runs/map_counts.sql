-- name: started
-- How many runs there are to look at: read from the index alone.
SELECT count(*) AS runs
FROM unnest($4::text[]) AS wanted (state)
JOIN journey_runs r ON r.journey = $1 AND r.state = wanted.state AND r.started_at >= $2 AND r.started_at < $3

-- name: ways_gone
-- How many runs of those that started between two instants have come to each set of messages, what became of these, and
-- how the runs stand. The sets are few, however many the runs: a journey has some ways through it. Of a message the last
-- word on each step of a run counts: one that was held and then sent is sent. Of too many runs, those are looked at whose
-- ids end in a small number: ids end at random. What stands in no index is looked up, where it is asked, run by run: so
-- the runs are found in the index alone, whatever plan Postgres keeps for the statement.
WITH looked_at AS MATERIALIZED (
    SELECT r.id, r.state
    FROM unnest($4::text[]) AS wanted (state)
    JOIN journey_runs r ON r.journey = $1 AND r.state = wanted.state AND r.started_at >= $2 AND r.started_at < $3
     AND ($5::text[] IS NULL OR (SELECT temporal_run_id FROM journey_runs WHERE id = r.id) = ANY($5))
     AND ($6::int IS NULL OR ('x' || right(r.id::text, 4))::bit(16)::int < $6)
)
SELECT state, left_by, messages, count(*) AS runs
FROM (
    SELECT state,
           CASE WHEN state = 'exited' THEN (SELECT r.reason FROM journey_runs r WHERE r.id = looked_at.id) END AS left_by,
           ARRAY(
               SELECT DISTINCT ended || ':' || message
               FROM (
                   SELECT DISTINCT ON (d.step) d.message,
                          CASE WHEN d.action = 'drop' THEN 'dropped'
                               WHEN d.action = 'defer' AND looked_at.state = 'active' THEN 'held'
                               WHEN d.action = 'send' AND coalesce(v.state, 'sent') NOT IN ('failed', 'released') THEN 'sent'
                               ELSE '' END AS ended
                   FROM decisions d LEFT JOIN reservations v ON v.decision_id = d.id
                   WHERE d.run_id = looked_at.id
                   ORDER BY d.step, d.visit DESC
               ) last
               ORDER BY 1
           ) AS messages
    FROM looked_at
) gone
GROUP BY state, left_by, messages
