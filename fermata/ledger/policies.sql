-- name: store
-- The hash names what a document says: where it is stored already, the text that came first stays.
INSERT INTO policies (version, document, stored_at, author) VALUES ($1, $2, $3, $4)
ON CONFLICT (version) DO NOTHING

-- name: one_activation_at_a_time
-- So that ids follow the order of the commits. Whoever decides only reads, and is not held up.
LOCK TABLE policy_activations IN SHARE ROW EXCLUSIVE MODE

-- name: activate
INSERT INTO policy_activations (version, activated_at, author, note)
SELECT version, $2, $3, $4 FROM policies WHERE version = $1
RETURNING id, version, activated_at, author, note

-- name: in_force
SELECT id, version, activated_at, author, note FROM policy_activations ORDER BY id DESC LIMIT 1

-- name: in_force_since
-- The activation by which a version was in force at an instant.
SELECT id, version, activated_at, author, note
FROM policy_activations
WHERE version = $1 AND activated_at <= $2
ORDER BY activated_at DESC, id DESC
LIMIT 1

-- name: history
SELECT id, version, activated_at, author, note
FROM policy_activations
WHERE id < $1
ORDER BY id DESC
LIMIT $2

-- name: document
SELECT version, document, stored_at, author FROM policies WHERE version = $1

-- name: documents_beginning_with
-- Two are enough to tell that the beginning of a hash is not enough.
SELECT version, document, stored_at, author FROM policies WHERE starts_with(version, $1) ORDER BY version LIMIT 2
