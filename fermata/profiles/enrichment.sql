-- name: stage_facts
-- The orders are fenced: of the hours since the last ANALYZE the planner believes that nothing happened in them.
SELECT
    orders.number AS orders,
    orders.last_at AS last_order_at,
    coalesce(p.addresses ->> 'email' <> '', false) OR coalesce(p.addresses ->> 'sms' <> '', false)
        OR coalesce(p.addresses ->> 'push' <> '', false) AS reachable,
    p.session_seen_at AS seen_at
FROM profiles p, LATERAL (
    SELECT count(*) AS number, max(e.occurred_at) AS last_at
    FROM (
        SELECT e.occurred_at FROM events e WHERE e.profile_id = p.id AND e.name = $3 OFFSET 0
    ) e
    WHERE e.occurred_at <= $2
) orders
WHERE p.id = $1

-- name: touches
-- The first touch, and the latest that is not direct, where there is one; each is one row.
(
    SELECT 'first' AS which, e.occurred_at, e.enrichment -> 'touch' AS touch
    FROM events e
    WHERE e.profile_id = $1 AND e.enrichment ? 'touch' AND e.occurred_at <= $2
    ORDER BY e.occurred_at, e.message_id
    LIMIT 1
)
UNION ALL
(
    SELECT 'latest' AS which, e.occurred_at, e.enrichment -> 'touch' AS touch
    FROM events e
    WHERE e.profile_id = $1 AND e.enrichment ? 'touch' AND e.occurred_at <= $2
    ORDER BY e.enrichment #>> '{touch,channel}' = 'direct', e.occurred_at DESC, e.message_id DESC
    LIMIT 1
)
