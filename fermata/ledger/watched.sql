-- name: held
SELECT reason, count(*) AS messages FROM deferrals GROUP BY 1

-- name: policies
-- Under which policies was sent lately.
SELECT DISTINCT policy FROM decisions WHERE action = 'send' AND decided_at >= $1

-- name: overshoot
-- Written from docs/policy.md, and from nothing in the code that decides. Each send is held against the caps of the
-- policy that it was decided under: how many exposures there were, it included, that were decided no later than it and
-- count then. Whoever was merged meanwhile is left out: two people's exposures are one person's from then on.
WITH caps AS (
    SELECT *
    FROM jsonb_to_recordset($1::jsonb) AS cap (policy text, channels text[], most int, per interval, by_topic boolean)
),
lately AS (
    SELECT r.decision_id, r.profile_id, r.channel, r.topic, r.session_id, r.reserved_at, d.policy
    FROM decisions d
    -- LATERAL with its limit: one look-up a send, where a join would read all that was ever sent.
    CROSS JOIN LATERAL (SELECT * FROM reservations WHERE decision_id = d.id LIMIT 1) r
    WHERE d.action = 'send' AND d.decided_at >= $2
      AND r.purpose = 'marketing' AND r.state NOT IN ('released', 'failed')
)
SELECT count(DISTINCT lately.decision_id)
FROM lately
JOIN caps ON caps.policy = lately.policy AND lately.channel = ANY(caps.channels)
CROSS JOIN LATERAL (
    SELECT count(*) AS exposures
    FROM reservations r
    WHERE r.profile_id = lately.profile_id AND r.state NOT IN ('released', 'failed')
      AND r.exposed_at > lately.reserved_at - coalesce(caps.per, INTERVAL '7 days')
      AND r.reserved_at <= lately.reserved_at
      AND r.purpose = 'marketing' AND r.channel = ANY(caps.channels)
      AND (caps.per IS NOT NULL OR r.session_id = lately.session_id)
      AND (NOT caps.by_topic OR lately.topic IS NULL OR r.topic IS NULL OR r.topic = lately.topic)
) taken
WHERE taken.exposures > caps.most
  AND (
      SELECT count(*) FROM profile_merges merged
      WHERE merged.survivor_id = lately.profile_id
        AND merged.merged_at > lately.reserved_at - coalesce(caps.per, INTERVAL '7 days')
  ) = 0
