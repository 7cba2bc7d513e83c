-- What tables take on the disk, with their indexes and what stands beside them, and what their rows are as JSON.

-- name: size
SELECT pg_total_relation_size($1::regclass) AS bytes, pg_indexes_size($1::regclass) AS indexes

-- name: counting
-- The statement that counts a table's rows, and how long they are as JSON.
SELECT format('SELECT count(*) AS rows, coalesce(sum(octet_length(row_to_json(each)::text)), 0) AS json FROM %I each', $1::text)
