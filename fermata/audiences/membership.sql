-- name: lock_person
-- Whose decision it is now: a merge may have moved it while this waited.
SELECT p.id FROM profiles p JOIN decisions d ON d.profile_id = p.id WHERE d.id = $1 FOR UPDATE OF p

-- name: standing
-- A statement of its own, after the lock: it sees what the last holder of the lock committed.
SELECT d.run_id, run.ended_at IS NOT NULL AS ended,
       coalesce(p.consent -> 'ads' ->> d.purpose, '') = 'revoked' AS refused,
       EXISTS (
           SELECT 1 FROM events e
           WHERE e.profile_id = p.id AND e.name = ANY($3::text[])
             AND e.occurred_at > trigger.occurred_at AND e.received_at >= d.decided_at
       ) AS left_since
FROM decisions d
JOIN journey_runs run ON run.id = d.run_id
JOIN events trigger ON trigger.id = run.trigger_event_id
JOIN profiles p ON p.id = $2
WHERE d.id = $1

-- name: reachable
SELECT p.country, p.addresses, (
           SELECT coalesce(jsonb_agg(a.key), '[]'::jsonb)
           FROM jsonb_each_text(p.addresses) a
           CROSS JOIN LATERAL (
               SELECT 1 FROM suppressions
               WHERE channel = a.key AND address IN (a.value, suppressed_as(a.key, a.value)) LIMIT 1
           ) s
       ) AS suppressed
FROM profiles p
WHERE p.id = $1

-- name: join
INSERT INTO audience_members AS m
    (id, profile_id, platform, audience, wanted, wanted_since, reason, run_id, leave_on, due_at)
VALUES ($1, $2, $3, $4, true, $5, 'eligible', $6, $7, $5)
ON CONFLICT (profile_id, platform, audience) DO UPDATE SET
    wanted = true, returns_at = NULL, reason = excluded.reason, wanted_since = excluded.wanted_since,
    run_id = excluded.run_id, leave_on = excluded.leave_on,
    version = m.version + CASE WHEN m.wanted THEN 0 ELSE 1 END,
    -- What is on its way, or put off because the platform asks for it, keeps its time.
    due_at = CASE WHEN m.wanted AND m.detail IS NULL THEN m.due_at ELSE greatest(m.due_at, excluded.due_at) END

-- name: leave_run
UPDATE audience_members
SET wanted = false, returns_at = NULL, wanted_since = $3, reason = $2, version = version + 1,
    due_at = greatest(due_at, $3)
WHERE run_id = $1 AND (wanted OR returns_at IS NOT NULL)

-- name: leave_on_events
UPDATE audience_members m
SET wanted = false, returns_at = NULL, wanted_since = $4, reason = e.name, version = m.version + 1,
    due_at = greatest(m.due_at, $4)
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS e (profile_id, name, occurred_at)
WHERE m.profile_id = e.profile_id AND m.leave_on ? e.name AND (m.wanted OR m.returns_at IS NOT NULL)
  AND e.occurred_at > (
      SELECT trigger.occurred_at FROM journey_runs run JOIN events trigger ON trigger.id = run.trigger_event_id
      WHERE run.id = m.run_id
  )

-- name: look_again
-- What was told may be of an address that is another by now; and whoever says no to ads leaves.
UPDATE audience_members m
SET wanted = m.wanted AND NOT p.refused,
    returns_at = CASE WHEN p.refused THEN NULL ELSE m.returns_at END,
    wanted_since = CASE WHEN p.refused THEN $2 ELSE m.wanted_since END,
    reason = CASE WHEN p.refused THEN 'consent_revoked' ELSE m.reason END,
    version = m.version + 1,
    due_at = greatest(m.due_at, $2)
FROM (
    SELECT id, coalesce(consent -> 'ads' ->> 'marketing', '') = 'revoked' AS refused FROM profiles WHERE id = ANY($1::uuid[])
) p
WHERE m.profile_id = p.id AND (m.wanted OR m.returns_at IS NOT NULL)

-- name: cut
UPDATE audience_members
SET wanted = false, returns_at = $2, wanted_since = $3, reason = 'frequency_capped', version = version + 1,
    due_at = greatest(due_at, $3)
WHERE profile_id = $1 AND wanted

-- name: forget
UPDATE audience_members
SET profile_id = NULL, run_id = NULL, wanted = false, returns_at = NULL, wanted_since = $2, reason = 'profile_erased',
    version = version + 1, due_at = greatest(due_at, $2)
WHERE profile_id = $1

-- name: leave_with_the_other
-- What one of the two did since the other is in an audience would have ended that, had they been known to be one.
UPDATE audience_members m
SET wanted = false, returns_at = NULL, wanted_since = e.received_at, reason = e.name, version = m.version + 1,
    due_at = greatest(m.due_at, e.received_at)
FROM events e
WHERE m.profile_id = ANY(ARRAY[$1, $2]::uuid[]) AND e.profile_id = ANY(ARRAY[$1, $2]::uuid[])
  AND m.leave_on ? e.name AND (m.wanted OR m.returns_at IS NOT NULL)
  AND e.received_at >= m.wanted_since
  AND e.occurred_at > (
      SELECT trigger.occurred_at FROM journey_runs run JOIN events trigger ON trigger.id = run.trigger_event_id
      WHERE run.id = m.run_id
  )

-- name: join_rows
-- Where both have one: the later word holds, of two at one instant the withdrawal; and what either told is remembered.
-- That a run ended because the two became one is no word: the other run goes on.
-- An answer that is still on its way counts no more (claim), and nothing is told before it must have come (due_at).
WITH lost AS (
    DELETE FROM audience_members gone USING audience_members kept
    WHERE gone.profile_id = $2 AND kept.profile_id = $1
      AND kept.platform = gone.platform AND kept.audience = gone.audience
    RETURNING gone.*
)
UPDATE audience_members kept
SET wanted = later.wanted, returns_at = later.returns_at, wanted_since = later.wanted_since, reason = later.reason,
    run_id = later.run_id, leave_on = later.leave_on,
    told = kept.told || lost.told, version = kept.version + 1, claim = kept.claim + 1,
    due_at = greatest(kept.due_at, lost.due_at, later.wanted_since)
FROM lost
CROSS JOIN LATERAL (
    SELECT both_rows.* FROM (
        SELECT own.wanted, own.returns_at, own.wanted_since, own.reason, own.run_id, own.leave_on
        FROM audience_members own
        WHERE own.profile_id = $1 AND own.platform = lost.platform AND own.audience = lost.audience
        UNION ALL
        SELECT lost.wanted, lost.returns_at, lost.wanted_since, lost.reason, lost.run_id, lost.leave_on
    ) both_rows
    ORDER BY both_rows.reason = 'profile_merged', both_rows.wanted_since DESC, both_rows.wanted LIMIT 1
) later
WHERE kept.profile_id = $1 AND kept.platform = lost.platform AND kept.audience = lost.audience

-- name: move_rows
UPDATE audience_members
SET profile_id = $1, version = version + 1, due_at = greatest(due_at, wanted_since)
WHERE profile_id = $2
