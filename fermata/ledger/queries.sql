-- name: lock_profile
-- The row that orders everything about a person: whoever holds it sees all that was decided before, and nobody decides beside it.
SELECT id, time_zone, country, subdivision, device_time_zone, device_country, addresses, consent, quiet_hours, do_not_disturb, do_not_disturb_until,
       topics, preferred_channels, session_id, session_seen_at
FROM profiles
WHERE id = $1
FOR UPDATE

-- name: lock_address
-- After the profile's row, always: two people who share a number are decided one after the other.
SELECT pg_advisory_xact_lock(hashtextextended('sms:' || $1, 0))

-- name: read_facts
-- A statement of its own, after the lock: READ COMMITTED then shows it what the last holder of the lock committed.
SELECT
    (SELECT to_jsonb(d) FROM (
        SELECT id, action, reason, channel, next_eligible_at FROM decisions WHERE dedupe_key = $2
    ) d) AS recorded,
    (SELECT to_jsonb(r) FROM (
        SELECT run.ended_at IS NOT NULL AS ended, run.reason,
               EXISTS (
                   SELECT 1 FROM events goal
                   WHERE goal.profile_id = $1 AND goal.name = $4 AND goal.occurred_at >= trigger.occurred_at
                     -- Of runs that a key tells apart, each has the goals of its own value, and those without one.
                     AND ($11::text IS NULL
                          OR coalesce(btrim(goal.properties ->> $11), '') IN ('', btrim(trigger.properties ->> $11)))
               ) AS goal_met
        FROM journey_runs run JOIN events trigger ON trigger.id = run.trigger_event_id
        WHERE run.id = $3
    ) r) AS run,
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'channel', channel, 'at', exposed_at, 'purpose', purpose, 'priority', priority, 'session', session_id, 'topic', topic
            ) ORDER BY exposed_at, decision_id), '[]'::jsonb)
       FROM reservations
      WHERE profile_id = $1 AND state NOT IN ('released', 'failed') AND exposed_at > $5
        AND decision_id IS DISTINCT FROM $8) AS exposures,
    -- Caps on a phone number count by the number, whoever's profile it is on.
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'channel', channel, 'at', exposed_at, 'purpose', purpose, 'priority', priority, 'topic', topic
            ) ORDER BY exposed_at, decision_id), '[]'::jsonb)
       FROM reservations
      WHERE channel = 'sms' AND address = $7::jsonb ->> 'sms' AND profile_id <> $1
        AND state NOT IN ('released', 'failed') AND exposed_at > $5) AS address_exposures,
    (SELECT coalesce(jsonb_agg(jsonb_build_object(
                'message', message, 'channel', channel, 'priority', priority, 'next_eligible_at', next_eligible_at,
                'purpose', purpose, 'topic', topic,
                'first', (coalesce(expires_at, 'infinity'), run_id, step) < (coalesce($10::timestamptz, 'infinity'), $3, $6)
            ) ORDER BY next_eligible_at, run_id, step), '[]'::jsonb)
       FROM deferrals
      -- One that is long overdue is not waiting any more: its run is gone, and nobody yields to it.
      WHERE profile_id = $1 AND NOT (run_id = $3 AND step = $6)
        AND (next_eligible_at IS NULL OR next_eligible_at > $9)) AS waiting,
    (SELECT coalesce(jsonb_agg(s.channel ORDER BY s.channel), '[]'::jsonb)
       -- LATERAL with its limit: one look-up an address, where a join would read the whole list while it is short.
       FROM jsonb_each_text($7) a CROSS JOIN LATERAL (
           SELECT channel FROM suppressions
           -- In the clear, or as the salted hash that is left of whoever was erased.
           WHERE channel = a.key AND address IN (a.value, suppressed_as(a.key, a.value)) LIMIT 1
       ) s) AS suppressed,
    (SELECT coalesce(jsonb_object_agg(scope, held_out), '{}'::jsonb) FROM holdouts
      WHERE profile_id = $1 AND ((scope = '' AND salt = $12) OR (scope = $13 AND salt = $14))) AS draws,
    -- Read here and not before, so that a change of policy holds also for whoever waited for the lock.
    (SELECT version FROM policy_activations ORDER BY id DESC LIMIT 1) AS policy

-- name: record_decision
-- The decision, the end of its earlier deferral, and the slot of the channel that failed before it, given back.
WITH deferred AS (
    DELETE FROM deferrals WHERE run_id = $4 AND step = $7
), given_back AS (
    UPDATE reservations SET state = 'failed', reason = $20, updated_at = $15
    WHERE decision_id = $19 AND state IN ('reserved', 'sending', 'unknown')
)
INSERT INTO decisions (id, dedupe_key, profile_id, run_id, journey, message, step, visit, purpose, priority,
                       action, reason, channel, next_eligible_at, decided_at, policy, facts, trace)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)

-- name: keep_draw
INSERT INTO holdouts (profile_id, scope, salt, held_out, share, drawn_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (profile_id, scope, salt) DO NOTHING

-- name: reserve
INSERT INTO reservations (decision_id, profile_id, channel, address, purpose, priority, topic, session_id, state,
                          reserved_at, exposed_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'reserved', $9, $9, $9)

-- name: defer
INSERT INTO deferrals (run_id, step, decision_id, profile_id, message, channel, reason, purpose, topic, priority,
                       next_eligible_at, deferred_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)

-- name: reconsider
-- A slot is free, or will be, that these reckoned as taken. Each is told to decide again; the highest priority gets it.
WITH woken AS (
    INSERT INTO dispatches (profile_id, run_id, kind, payload, due_at, created_at)
    SELECT DISTINCT waiting.profile_id, waiting.run_id, 'reconsider', '{}'::jsonb, $2::timestamptz, $2::timestamptz
    FROM deferrals waiting JOIN journey_runs run ON run.id = waiting.run_id
    WHERE waiting.profile_id = $1 AND waiting.reason = ANY($3::text[]) AND run.ended_at IS NULL
      AND (waiting.run_id, waiting.step) IS DISTINCT FROM ($4::uuid, $5::text)
    RETURNING 1
)
SELECT pg_notify('fermata_dispatch', count(*)::text) FROM woken HAVING count(*) > 0

-- name: begin_send
-- All that a send needs, and its begin, in one statement: every message pays for it. The reservation's row is locked, so
-- that two attempts at one send cannot both begin. `becomes` is its state from now on; null where it had ended before.
WITH asked AS (
    SELECT r.decision_id, r.state, r.reason, r.channel, r.address, r.provider, r.purpose, r.topic,
           CASE
               WHEN r.state NOT IN ('reserved', 'sending', 'unknown') THEN NULL
               WHEN $2::timestamptz - r.reserved_at > $4::interval
                   THEN CASE WHEN r.state = 'reserved' THEN 'released' ELSE 'unknown' END
               WHEN r.state = 'reserved'
                   AND EXISTS (
                       SELECT 1 FROM suppressions s
                       WHERE s.channel = r.channel AND s.address IN (r.address, suppressed_as(r.channel, r.address))
                   )
                   THEN 'released'
               ELSE 'sending'
           END AS becomes,
           $2::timestamptz - r.reserved_at > $4::interval AS too_late,
           d.dedupe_key, d.message, d.journey, d.profile_id, d.run_id,
           p.traits, p.locale, p.consent #>> ARRAY[r.channel, 'analytics'] AS analytics,
           e.id AS event_id, e.name AS event_name, e.properties AS event_properties, e.occurred_at AS event_occurred_at
    FROM reservations r
    JOIN decisions d ON d.id = r.decision_id
    JOIN profiles p ON p.id = r.profile_id
    JOIN journey_runs run ON run.id = d.run_id
    JOIN events e ON e.id = run.trigger_event_id
    WHERE r.decision_id = $1
    FOR UPDATE OF r
), begun AS (
    UPDATE reservations r
    SET state = asked.becomes, updated_at = $2, reason = NULL,
        detail = CASE
            WHEN asked.becomes = 'unknown' THEN 'begun, its end not known: counted as sent'
            WHEN asked.becomes = 'released' AND asked.too_late THEN 'waited too long: decided again'
            WHEN asked.becomes = 'released' THEN 'its address was suppressed: decided again'
        END,
        attempts = r.attempts + CASE WHEN asked.becomes = 'sending' THEN 1 ELSE 0 END,
        -- An earlier try that was begun has its provider, and keeps it.
        provider = CASE WHEN asked.becomes = 'sending' THEN coalesce(r.provider, $3) ELSE r.provider END
    FROM asked
    WHERE r.decision_id = asked.decision_id AND asked.becomes IS NOT NULL
    RETURNING r.provider
)
SELECT asked.*, begun.provider AS carrier FROM asked LEFT JOIN begun ON true

-- name: move
-- Only what is still under way: an attempt that was given up, and speaks late, cannot bring a slot back or take one away.
UPDATE reservations
SET state = $2, updated_at = $3, reason = $4, detail = $5,
    -- Nobody has what is reserved; from then on it says who has it, may have it, or refused it.
    provider = CASE WHEN $2 = 'reserved' THEN NULL ELSE provider END
WHERE decision_id = $1 AND state IN ('reserved', 'sending', 'unknown')

-- name: suppress_address
INSERT INTO suppressions (channel, address, reason, created_at)
SELECT channel, address, 'provider_list', $2 FROM reservations WHERE decision_id = $1 AND address IS NOT NULL
ON CONFLICT (channel, address) DO NOTHING

-- name: settle_sent
-- The exposure is when it went out, never earlier than when it was reserved: a cap can only become stricter by that.
-- A yes that comes after its slot was given back is the truth all the same: the person was reached, and it counts.
-- A provider's feedback may come before its answer is written down: then the state stands, and only the rest is added.
UPDATE reservations
SET state = CASE WHEN state IN ('delivered', 'bounced', 'complained') THEN state ELSE 'sent' END,
    updated_at = $2, exposed_at = greatest(exposed_at, $2), provider = $3, provider_message_id = $4,
    reason = NULL, detail = CASE WHEN state IN ('released', 'failed') THEN 'sent after its slot was given back' END
WHERE decision_id = $1
  AND (state IN ('reserved', 'sending', 'unknown', 'released', 'failed')
       OR (state IN ('delivered', 'bounced', 'complained') AND provider_message_id IS NULL))

-- name: reconsider_waiting
WITH woken AS (
    INSERT INTO dispatches (profile_id, run_id, kind, payload, due_at, created_at)
    SELECT DISTINCT waiting.profile_id, waiting.run_id, 'reconsider', '{}'::jsonb, $3::timestamptz, $3::timestamptz
    FROM deferrals waiting JOIN journey_runs run ON run.id = waiting.run_id
    WHERE waiting.profile_id = ANY($1::uuid[] || $2::uuid[]) AND run.ended_at IS NULL
      AND (waiting.profile_id = ANY($1::uuid[]) OR waiting.reason = 'no_active_session')
    RETURNING 1
)
SELECT pg_notify('fermata_dispatch', count(*)::text) FROM woken HAVING count(*) > 0

-- name: reconsider_all
-- However many wait: so many a second are told, the most important first, and events go through between them.
WITH waiting AS (
    SELECT deferral.profile_id, deferral.run_id,
           row_number() OVER (ORDER BY max(deferral.priority) DESC, deferral.run_id) - 1 AS place
    FROM deferrals deferral JOIN journey_runs run ON run.id = deferral.run_id
    WHERE run.ended_at IS NULL
    GROUP BY deferral.profile_id, deferral.run_id
), woken AS (
    INSERT INTO dispatches (profile_id, run_id, kind, payload, due_at, created_at)
    SELECT profile_id, run_id, 'reconsider', '{}'::jsonb, $1::timestamptz + place / $2::int * interval '1 second', $1
    FROM waiting
    RETURNING 1
)
SELECT pg_notify('fermata_dispatch', count(*)::text) FROM woken HAVING count(*) > 0

-- name: lock_profile_of_decision
SELECT p.id FROM profiles p JOIN decisions d ON d.profile_id = p.id WHERE d.id = $1 FOR UPDATE OF p

-- name: lock_profile_of_run
SELECT p.id FROM profiles p JOIN journey_runs r ON r.profile_id = p.id WHERE r.id = $1 FOR UPDATE OF p

-- name: close_run
-- Answers whether a slot is free by that, which others reckoned as taken. A run that waits for this one is told how it
-- ended, and those that this one waits for end with it.
WITH waiting AS (
    DELETE FROM deferrals WHERE run_id = $1 RETURNING 1
), unsent AS (
    UPDATE reservations SET state = 'released', updated_at = $4
    WHERE state = 'reserved' AND decision_id IN (SELECT id FROM decisions WHERE run_id = $1)
    RETURNING 1
), closed AS (
    UPDATE journey_runs SET state = $2, reason = $3, ended_at = $4 WHERE id = $1 AND ended_at IS NULL RETURNING id
), told AS (
    INSERT INTO dispatches (profile_id, run_id, kind, payload, due_at, created_at)
    SELECT parent.profile_id, parent.id, 'child_ended',
           jsonb_build_object('run_id', closed.id, 'outcome',
                              jsonb_build_object('state', $2::text, 'reason', $3::text, 'ended_at', $4::timestamptz)),
           $4::timestamptz, $4::timestamptz
    FROM closed JOIN child_runs child ON child.run_id = closed.id
    JOIN journey_runs parent ON parent.id = child.parent_run_id
    WHERE child.awaited AND parent.ended_at IS NULL
    UNION ALL
    SELECT run.profile_id, run.id, 'over', jsonb_build_object('reason', 'parent ended'), $4::timestamptz, $4::timestamptz
    FROM closed JOIN child_runs child ON child.parent_run_id = closed.id
    JOIN journey_runs run ON run.id = child.run_id
    WHERE child.awaited AND run.ended_at IS NULL
    RETURNING 1
)
SELECT EXISTS (SELECT 1 FROM waiting) OR EXISTS (SELECT 1 FROM unsent),
       (SELECT pg_notify('fermata_dispatch', count(*)::text) FROM told HAVING count(*) > 0)
