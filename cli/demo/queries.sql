-- name: runs
SELECT state, ended_at IS NULL AS active, count(*) AS runs
FROM journey_runs
WHERE started_at >= $1
GROUP BY 1, 2

-- name: decisions
SELECT action, reason, count(*) AS decisions
FROM decisions
WHERE decided_at >= $1
GROUP BY 1, 2
ORDER BY 3 DESC, 2

-- name: messages
SELECT channel, count(*) AS messages
FROM reservations
WHERE reserved_at >= $1 AND state IN ('sent', 'delivered')
GROUP BY 1

-- name: taken_back
-- Sends that never went out: the goal came first, or the provider refused. Their slot is free again.
SELECT count(*)
FROM reservations
WHERE reserved_at >= $1 AND state IN ('released', 'failed')

-- name: held
SELECT d.profile_id, r.workflow_id, d.message, d.channel, d.reason, d.next_eligible_at,
       coalesce(p.time_zone, p.device_time_zone) AS time_zone
FROM deferrals d
JOIN journey_runs r ON r.id = d.run_id
JOIN profiles p ON p.id = d.profile_id
WHERE d.deferred_at >= $1
ORDER BY d.next_eligible_at NULLS LAST, d.message, d.channel, d.profile_id

-- name: profiles
SELECT count(*) AS profiles,
       count(*) FILTER (WHERE addresses = '{}'::jsonb) AS without_address,
       count(*) FILTER (WHERE addresses <> '{}'::jsonb AND coalesce(time_zone, device_time_zone) IS NULL) AS without_time_zone
FROM profiles
WHERE updated_at >= $1

-- name: most_telling_profile
-- Somebody who was made to wait and was reached; then whoever was decided about in the most ways.
SELECT d.profile_id
FROM decisions d
JOIN profiles p ON p.id = d.profile_id
WHERE d.decided_at >= $1
GROUP BY d.profile_id, p.time_zone
ORDER BY bool_or(d.action = 'defer') AND bool_or(d.action = 'send') DESC, count(DISTINCT d.action) DESC,
         p.time_zone IS NOT NULL DESC, bool_or(d.action = 'send') DESC, count(*) DESC, d.profile_id
LIMIT 1

-- name: person
SELECT coalesce(p.time_zone, p.device_time_zone) AS time_zone, p.traits,
       (SELECT value FROM identities WHERE profile_id = p.id AND kind = 'user_id' ORDER BY first_seen_at, value LIMIT 1)
           AS user_id,
       (SELECT workflow_id FROM journey_runs WHERE profile_id = p.id ORDER BY started_at DESC LIMIT 1) AS workflow_id
FROM profiles p
WHERE p.id = $1

-- name: moments
-- In the order in which Fermata learned of things and did them; a request's events come at one instant, in their own order.
SELECT at, kind, what, detail, action, channel, until
FROM (
    SELECT received_at AS at, 1 AS place, 'event' AS kind, name AS what,
           coalesce(
               properties ->> 'name',
               nullif(concat_ws(' ', properties ->> 'brand', '#' || (properties ->> 'product_id')), ''),
               nullif(concat_ws(' ', properties ->> 'revenue', properties ->> 'currency'), '')
           ) AS detail,
           NULL AS action, NULL AS channel, NULL::timestamptz AS until, occurred_at
    FROM events
    WHERE profile_id = $1 AND received_at >= $2
    UNION ALL
    SELECT started_at, 2, 'enrolled', journey, NULL, NULL, NULL, NULL, started_at
    FROM journey_runs
    WHERE profile_id = $1 AND started_at >= $2
    UNION ALL
    SELECT decided_at, 3, 'decision', message, reason, action, channel, next_eligible_at, decided_at
    FROM decisions
    WHERE profile_id = $1 AND decided_at >= $2
    UNION ALL
    SELECT r.updated_at, 4, 'message', d.message, NULL, NULL, r.channel, NULL, r.updated_at
    FROM reservations r
    JOIN decisions d ON d.id = r.decision_id
    WHERE r.profile_id = $1 AND r.updated_at >= $2 AND r.state IN ('sent', 'delivered')
    UNION ALL
    SELECT ended_at, 5, 'ended', state, reason, NULL, NULL, NULL, ended_at
    FROM journey_runs
    WHERE profile_id = $1 AND ended_at >= $2
) moments
ORDER BY at, place, occurred_at

-- name: unrest
-- What still moves: events not yet handed over, sends not yet settled, runs that neither ended nor wait on a real hold.
SELECT (SELECT count(*) FROM dispatches WHERE delivered_at IS NULL) AS dispatches,
       (SELECT count(*) FROM reservations WHERE state IN ('reserved', 'sending', 'unknown')) AS sends,
       (SELECT count(*)
          FROM journey_runs r
         WHERE r.ended_at IS NULL AND r.state <> 'holdout' AND r.started_at >= $1
           AND NOT EXISTS (
               SELECT 1 FROM deferrals d
               WHERE d.run_id = r.id AND (d.next_eligible_at IS NULL OR d.next_eligible_at > $2)
           )) AS runs,
       (SELECT count(*) FROM deferrals WHERE deferred_at >= $1 AND (next_eligible_at IS NULL OR next_eligible_at > $2))
           AS held,
       (SELECT count(*) FROM reservations WHERE reserved_at >= $1 AND state IN ('sent', 'delivered')) AS sent

-- name: first_decisions_outstanding
-- Runs whose first message has not been decided yet: while there are some, nobody has a reason to come back.
SELECT count(*)
FROM journey_runs r
WHERE r.started_at >= $1 AND r.ended_at IS NULL AND r.state <> 'holdout'
  AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.run_id = r.id)

-- name: exposures
SELECT count(*) AS exposures, count(DISTINCT profile_id) AS people
FROM reservations
WHERE state NOT IN ('released', 'failed') AND purpose <> 'transactional'

-- name: cap_violations
-- Written from the table of caps in docs/policy.md and the word "rolling", and from nothing in the code that decides.
-- A slot is free at exactly 24 hours after an exposure, so the frame reaches back to one microsecond after that, the
-- smallest step of a timestamp here. Exposures of the same instant are peers, and each counts the others.
WITH exposures AS (
    SELECT profile_id, channel, session_id, exposed_at
    FROM reservations
    WHERE state NOT IN ('released', 'failed') AND purpose <> 'transactional'
),
on_a_channel AS (
    SELECT profile_id, channel, exposed_at,
           count(*) OVER (
               PARTITION BY profile_id, channel ORDER BY exposed_at
               RANGE BETWEEN INTERVAL '23:59:59.999999' PRECEDING AND CURRENT ROW
           ) AS in_a_day
    FROM exposures
),
across_channels AS (
    SELECT profile_id, exposed_at,
           count(*) OVER (
               PARTITION BY profile_id ORDER BY exposed_at
               RANGE BETWEEN INTERVAL '23:59:59.999999' PRECEDING AND CURRENT ROW
           ) AS in_a_day,
           count(*) OVER (
               PARTITION BY profile_id ORDER BY exposed_at
               RANGE BETWEEN INTERVAL '167:59:59.999999' PRECEDING AND CURRENT ROW
           ) AS in_a_week
    FROM exposures
    WHERE channel IN ('email', 'sms', 'push')
),
in_a_visit AS (
    SELECT profile_id, exposed_at,
           row_number() OVER (PARTITION BY profile_id, session_id ORDER BY exposed_at) AS in_the_visit
    FROM exposures
    WHERE channel = 'in_app' AND session_id IS NOT NULL
)
SELECT format('%s, %s in 24 h', channel, most) AS rule, profile_id, exposed_at, in_a_day AS exposures
FROM on_a_channel
JOIN (VALUES ('email', 2), ('push', 3), ('sms', 1), ('ads', 5)) AS caps (name, most) ON name = channel
WHERE in_a_day > most
UNION ALL
SELECT 'all channels, 4 in 24 h', profile_id, exposed_at, in_a_day FROM across_channels WHERE in_a_day > 4
UNION ALL
SELECT 'all channels, 12 in 7 d', profile_id, exposed_at, in_a_week FROM across_channels WHERE in_a_week > 12
UNION ALL
SELECT 'in_app, 1 in a visit', profile_id, exposed_at, in_the_visit FROM in_a_visit WHERE in_the_visit > 1
ORDER BY exposed_at, rule
