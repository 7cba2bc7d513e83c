-- name: started
-- One count in the index for each journey and state.
SELECT wanted_journey AS journey, wanted_state AS state, counted.runs
FROM unnest($1::text[]) AS wanted_journey, unnest($2::text[]) AS wanted_state
CROSS JOIN LATERAL (
    SELECT count(*) AS runs FROM journey_runs
    WHERE journey = wanted_journey AND state = wanted_state
      AND started_at >= CASE WHEN wanted_state = 'active' THEN '-infinity'::timestamptz ELSE $3 END
) counted
WHERE counted.runs > 0
ORDER BY journey, runs DESC
