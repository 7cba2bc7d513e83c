-- What tables take on the disk, with their indexes and what stands beside them, and what their rows are as JSON.

-- name: tables
SELECT relname AS name FROM pg_class
WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace

-- name: size
-- With its months, where it has such.
SELECT sum(pg_total_relation_size(relid))::bigint AS bytes, sum(pg_indexes_size(relid))::bigint AS indexes
FROM (SELECT $1::regclass AS relid UNION SELECT relid::regclass FROM pg_partition_tree($1::regclass)) AS each

-- name: counting
-- The statement that counts a table's rows, and how long they are as JSON.
SELECT format('SELECT count(*) AS rows, coalesce(sum(octet_length(row_to_json(each)::text)), 0) AS json FROM %I each', $1::text)
