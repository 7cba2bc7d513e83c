-- name: follow_merge
-- One statement, so that the decisions still say whose the slots are.
WITH slots AS (
    UPDATE reservations r SET profile_id = $1 FROM decisions d WHERE d.id = r.decision_id AND d.profile_id = $2
), waiting AS (
    UPDATE deferrals SET profile_id = $1 WHERE profile_id = $2
)
UPDATE decisions SET profile_id = $1 WHERE profile_id = $2
