-- Who was on which side, and since when; what they did is one text for all three. $1 is a name, $2 and $3 the time.

-- name: of_journey
-- Each person once, from their first enrolment on. Whoever the global holdout keeps away is on neither side.
SELECT DISTINCT ON (profile_id) profile_id, started_at AS since, reason = 'holdout_journey' AS held_out
FROM (
    SELECT profile_id, started_at, CASE WHEN state = 'holdout' THEN reason ELSE '' END AS reason FROM journey_runs
    WHERE journey = $1 AND started_at >= $2 AND started_at < $3
) runs
WHERE reason <> 'holdout_global'
ORDER BY profile_id, started_at

-- name: of_everything
SELECT profile_id, drawn_at AS since, held_out FROM holdouts
WHERE scope = $1 AND drawn_at >= $2 AND drawn_at < $3 AND salt = $7

-- name: of_variants
-- The variant that the others are compared with stands where those stand who were held out.
SELECT DISTINCT ON (e.profile_id) e.profile_id, e.exposed_at AS since, e.variant = $8 AS held_out
FROM variant_exposures e
WHERE e.experiment = $1 AND e.exposed_at >= $2 AND e.exposed_at < $3 AND e.variant = ANY(ARRAY[$7, $8])
ORDER BY e.profile_id, e.exposed_at

-- name: variants
SELECT DISTINCT variant FROM variant_exposures WHERE experiment = $1 AND exposed_at >= $2 AND exposed_at < $3 ORDER BY 1
