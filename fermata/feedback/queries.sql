-- name: sends
-- The message of each word, by the first of its names that is known here.
SELECT asked.place, r.decision_id, r.channel, r.address, d.profile_id, d.message, d.journey
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
         WITH ORDINALITY AS asked (decision_id, dedupe_key, provider, provider_message_id, place)
CROSS JOIN LATERAL (
    (SELECT by_id.decision_id FROM reservations by_id WHERE by_id.decision_id = asked.decision_id)
    UNION ALL
    (SELECT by_key.id FROM decisions by_key WHERE by_key.dedupe_key = asked.dedupe_key)
    UNION ALL
    (SELECT by_name.decision_id FROM reservations by_name
      WHERE by_name.provider_message_id = asked.provider_message_id
        AND (asked.provider IS NULL OR by_name.provider = asked.provider))
    LIMIT 1
) found (decision_id)
JOIN reservations r ON r.decision_id = found.decision_id
JOIN decisions d ON d.id = r.decision_id

-- name: message
SELECT message, journey FROM decisions WHERE id = $1

-- name: waiting
-- Words that came before the provider's answer was written down: their message may be known by now.
SELECT source, source_id, kind, occurred_at, stated_decision, dedupe_key, provider, provider_message_id, bounce,
       machine, link_url, detail, evidence
FROM feedback
WHERE decision_id IS NULL AND received_at > $1
  AND coalesce(stated_decision::text, dedupe_key, provider_message_id) IS NOT NULL
ORDER BY received_at DESC
LIMIT $2

-- name: unknown
SELECT source, source_id, kind, occurred_at, received_at, stated_decision, dedupe_key, provider_message_id
FROM feedback
WHERE decision_id IS NULL
ORDER BY received_at DESC
LIMIT $1

-- name: lock_profiles
-- In the order of their ids, as everybody does.
SELECT p.*
FROM profiles p
WHERE p.id IN (SELECT d.profile_id FROM decisions d WHERE d.id = ANY($1::uuid[]))
ORDER BY p.id
FOR UPDATE

-- name: owners
-- A statement of its own, after the lock: it sees what a merge that held the rows before has moved.
SELECT id, profile_id FROM decisions WHERE id = ANY($1::uuid[])

-- name: keep
-- Each word once. One that was kept aside, and whose message is known now, counts as new.
INSERT INTO feedback (id, source, source_id, kind, occurred_at, received_at, decision_id, stated_decision, dedupe_key,
                      provider, provider_message_id, channel, address, bounce, machine, link_url, detail, evidence)
SELECT id, source, source_id, kind, occurred_at, $18::timestamptz, decision_id, stated_decision, dedupe_key,
       provider, provider_message_id, channel, address, bounce, machine, link_url, detail, evidence
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::uuid[], $7::uuid[], $8::text[],
            $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::bool[], $15::text[], $16::text[],
            $17::jsonb[])
    AS new (id, source, source_id, kind, occurred_at, decision_id, stated_decision, dedupe_key, provider,
            provider_message_id, channel, address, bounce, machine, link_url, detail, evidence)
ORDER BY source, source_id
ON CONFLICT (source, source_id) DO UPDATE
SET decision_id = excluded.decision_id, channel = excluded.channel, address = excluded.address
WHERE feedback.decision_id IS NULL AND excluded.decision_id IS NOT NULL
RETURNING source, source_id

-- name: lock_states
SELECT decision_id, state FROM reservations WHERE decision_id = ANY($1::uuid[]) ORDER BY decision_id FOR UPDATE

-- name: move
-- What was not known to be out is out: it counts from when the word says, never earlier than it did.
UPDATE reservations r
SET state = moved.state, updated_at = $4,
    reason = CASE WHEN r.state IN ('released', 'failed') THEN NULL ELSE r.reason END,
    detail = CASE WHEN r.state IN ('released', 'failed') THEN 'told of after its slot was given back' ELSE r.detail END,
    exposed_at = CASE WHEN r.state IN ('sent', 'delivered', 'bounced', 'complained') THEN r.exposed_at
                      ELSE greatest(r.exposed_at, moved.at) END
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS moved (decision_id, state, at)
WHERE r.decision_id = moved.decision_id

-- name: bounced_softly
-- Of these addresses, those that came back softly so many times within so long, whenever that was.
SELECT DISTINCT channel, address
FROM (
    SELECT f.channel, f.address, f.occurred_at,
           lag(f.occurred_at, $3) OVER (PARTITION BY f.channel, f.address ORDER BY f.occurred_at) AS earlier
    FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) AS of (channel, address)) asked
    JOIN feedback f ON f.channel = asked.channel AND f.address = asked.address AND f.bounce = 'soft'
) counted
WHERE occurred_at - earlier <= $4::interval

-- name: suppress
-- Of two reasons the graver stands, whichever came first; what somebody listed for reasons of their own stays as it is.
INSERT INTO suppressions (channel, address, reason, created_at)
SELECT channel, address, reason, $4 FROM unnest($1::text[], $2::text[], $3::text[]) AS new (channel, address, reason)
ORDER BY channel, address
ON CONFLICT (channel, address) DO UPDATE SET reason = excluded.reason
WHERE array_position($5::text[], suppressions.reason) < array_position($5::text[], excluded.reason)
RETURNING channel, address

-- name: lift
DELETE FROM suppressions WHERE channel = $1 AND address = $2 AND reason = ANY($3::text[])

-- name: is_stopped
SELECT EXISTS (SELECT 1 FROM suppressions WHERE channel = 'sms' AND address = $1 AND reason = ANY($2::text[]))

-- name: with_number
-- Everybody who has the number, with the message that they last got on it.
SELECT p.id, latest.decision_id, latest.message, latest.journey
FROM profiles p
LEFT JOIN LATERAL (
    SELECT r.decision_id, d.message, d.journey
    FROM reservations r JOIN decisions d ON d.id = r.decision_id
    WHERE r.channel = 'sms' AND r.address = $1 AND r.profile_id = p.id AND r.exposed_at > $2
      AND r.state NOT IN ('released', 'failed')
    ORDER BY r.exposed_at DESC, r.decision_id DESC
    LIMIT 1
) latest ON true
WHERE (p.addresses ->> 'sms') = $1
ORDER BY p.id

-- name: lock_with_number
SELECT p.* FROM profiles p WHERE (p.addresses ->> 'sms') = $1 ORDER BY p.id FOR UPDATE

-- name: keep_text
-- Answers whether it was not known before.
INSERT INTO feedback (id, source, source_id, kind, occurred_at, received_at, decision_id, channel, address, evidence)
VALUES ($1, $2, $3, $4, $5, $5, $6, 'sms', $7, $8)
ON CONFLICT (source, source_id) DO NOTHING
RETURNING id
