-- All over a time: $1 is its beginning, $2 its end, which is out.

-- name: journeys
SELECT journey, count(*) AS runs, count(*) FILTER (WHERE state = 'converted') AS converted,
       count(*) FILTER (WHERE state = 'active') AS active
FROM journey_runs
WHERE started_at >= $1 AND started_at < $2 AND state <> 'holdout'
GROUP BY journey ORDER BY journey

-- name: messages
-- By the channel that they went by. What a program did and not a person is told apart where the provider says so.
SELECT r.channel, count(*) AS sent,
       count(*) FILTER (WHERE told.delivered) AS delivered, count(*) FILTER (WHERE told.opened) AS opened,
       count(*) FILTER (WHERE told.machine AND NOT coalesce(told.opened, false)) AS opened_by_machine,
       count(*) FILTER (WHERE told.clicked) AS clicked, count(*) FILTER (WHERE told.unsubscribed) AS unsubscribed,
       count(*) FILTER (WHERE told.complained) AS complained, count(*) FILTER (WHERE told.bounced) AS bounced
FROM decisions d
JOIN reservations r ON r.decision_id = d.id AND r.state NOT IN ('reserved', 'released', 'failed')
LEFT JOIN LATERAL (
    SELECT bool_or(f.kind = 'delivered') AS delivered, bool_or(f.kind = 'opened' AND NOT f.machine) AS opened,
           bool_or(f.kind = 'opened' AND f.machine) AS machine, bool_or(f.kind = 'clicked' AND NOT f.machine) AS clicked,
           bool_or(f.kind = 'unsubscribed') AS unsubscribed, bool_or(f.kind = 'complained') AS complained,
           bool_or(f.kind = 'bounced') AS bounced
    FROM feedback f WHERE f.decision_id = d.id
) told ON true
WHERE d.decided_at >= $1 AND d.decided_at < $2 AND d.action = 'send'
GROUP BY r.channel ORDER BY r.channel

-- name: next_action
-- From a message to the next thing that its person did, within a week: not what the message itself tells of.
SELECT count(next.after) AS followed, count(*) AS sent,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY next.after)::float8 AS median
FROM (
    SELECT d.profile_id, d.decided_at FROM decisions d
    WHERE d.decided_at >= $1 AND d.decided_at < $2 AND d.action = 'send'
) sent
LEFT JOIN LATERAL (
    SELECT min(extract(epoch FROM e.occurred_at - sent.decided_at)) AS after
    FROM (SELECT name, occurred_at FROM events WHERE profile_id = sent.profile_id OFFSET 0) e
    WHERE e.occurred_at > sent.decided_at AND e.occurred_at <= sent.decided_at + interval '7 days'
      AND e.name <> ALL($3::text[])
) next ON true

-- name: ratings
SELECT count(*) AS answers, count(*) FILTER (WHERE rating IN ('good', '4', '5')) AS satisfied
FROM (
    SELECT lower(properties ->> 'rating') AS rating FROM events
    WHERE name = 'Support Ticket Rated' AND occurred_at >= $1 AND occurred_at < $2
) rated
WHERE rating IN ('good', 'bad', '1', '2', '3', '4', '5')

-- name: recommendations
SELECT count(*) AS answers, count(*) FILTER (WHERE score >= 9) AS promoters, count(*) FILTER (WHERE score <= 6) AS detractors
FROM (
    SELECT SCORE AS score FROM events e
    WHERE name = 'Recommendation Rated' AND occurred_at >= $1 AND occurred_at < $2
) scored
WHERE score BETWEEN 0 AND 10 AND score = trunc(score)

-- name: cohorts
-- By the month of the first order there is: how many ordered again in which month after it.
WITH orders AS (
    SELECT profile_id, date_trunc('month', occurred_at AT TIME ZONE 'UTC') AS month
    FROM events WHERE name = $3 AND occurred_at < $2
    GROUP BY 1, 2
), first AS (
    SELECT profile_id, min(month) AS month FROM orders GROUP BY profile_id
)
SELECT first.month::date AS cohort,
       (extract(year FROM age(orders.month, first.month)) * 12 + extract(month FROM age(orders.month, first.month)))::int
           AS months_later,
       count(*) AS people
FROM first JOIN orders USING (profile_id)
WHERE first.month >= $1 AT TIME ZONE 'UTC'
GROUP BY 1, 2 ORDER BY 1, 2

-- name: customers
-- Everybody who ordered: how often again, when last, how long ago first (weeks), and what an order after the first was.
SELECT profile_id, count(*) - 1 AS repeats, extract(epoch FROM max(at) - min(at))::float8 / 604800 AS recency,
       extract(epoch FROM $2 - min(at))::float8 / 604800 AS age,
       coalesce((sum(value) FILTER (WHERE place > 1 AND value > 0) / nullif(count(*) FILTER (WHERE place > 1 AND value > 0), 0))::float8, 0)
           AS mean_value
FROM (
    SELECT profile_id, occurred_at AS at, row_number() OVER (PARTITION BY profile_id ORDER BY occurred_at, id) AS place,
           CASE WHEN properties ->> 'currency' IS NOT DISTINCT FROM $4 THEN coalesce(VALUE, 0) END AS value
    FROM events e WHERE name = $3 AND occurred_at >= $1 AND occurred_at < $2
) orders
GROUP BY profile_id
