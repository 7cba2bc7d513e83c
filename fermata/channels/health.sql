-- name: enlist
INSERT INTO provider_health (channel, name, kind, weight, tier, rate, seen_at)
SELECT *, $7::timestamptz FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::integer[], $6::float8[])
ON CONFLICT (channel, name) DO UPDATE
SET kind = excluded.kind, weight = excluded.weight, tier = excluded.tier, rate = excluded.rate, seen_at = excluded.seen_at

-- name: read_troubles
-- No row, nearly always: only those that are not simply well.
SELECT channel, name, out_until, tried_until, held_at IS NOT NULL AS held
FROM provider_health
WHERE outages > 0 OR held_at IS NOT NULL

-- name: take_out
-- Workers that notice one outage at the same time count one: the others find it out already.
UPDATE provider_health
SET outages = outages + 1, out_since = coalesce(out_since, $3), tried_until = NULL, detail = $6,
    out_until = $3 + least($4::interval * power(2, least(outages, 30)), $5::interval)
WHERE channel = $1 AND name = $2 AND (out_until IS NULL OR out_until <= $3)

-- name: claim_trial
-- One message, of one worker.
UPDATE provider_health
SET tried_until = $3 + $4::interval
WHERE channel = $1 AND name = $2 AND held_at IS NULL AND outages > 0 AND out_until <= $3
  AND (tried_until IS NULL OR tried_until <= $3)
RETURNING true

-- name: well_again
UPDATE provider_health
SET outages = 0, out_since = NULL, out_until = NULL, tried_until = NULL, detail = NULL
WHERE channel = $1 AND name = $2 AND outages > 0

-- name: list_providers
SELECT channel, name, kind, weight, tier, rate, seen_at, outages, out_since, out_until, tried_until, detail, held_at, held_by
FROM provider_health
ORDER BY channel, tier, name

-- name: hold
UPDATE provider_health SET held_at = coalesce(held_at, $2), held_by = coalesce(held_by, $3) WHERE name = $1 RETURNING true

-- name: release
-- Whoever releases a provider vouches for it: it is in at once, whatever it did before.
UPDATE provider_health
SET held_at = NULL, held_by = NULL, outages = 0, out_since = NULL, out_until = NULL, tried_until = NULL, detail = NULL
WHERE name = $1
RETURNING true
