-- name: expose
-- What the person saw first of an experiment is theirs, in whatever run. The same run again changes nothing.
INSERT INTO variant_exposures (run_id, experiment, profile_id, variant, share, exposed_at)
SELECT r.id, $2, r.profile_id, coalesce(seen.variant, $3), coalesce(seen.share, $4), $5
FROM journey_runs r
LEFT JOIN LATERAL (
    SELECT variant, share FROM variant_exposures
    WHERE profile_id = r.profile_id AND experiment = $2 AND variant = ANY($6::text[])
    ORDER BY exposed_at, run_id
    LIMIT 1
) seen ON true
WHERE r.id = $1
ON CONFLICT (run_id, experiment) DO UPDATE SET experiment = excluded.experiment
RETURNING variant
