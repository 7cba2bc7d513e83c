-- name: to_profiles
-- Every table with a foreign key to profiles: the columns that hold it, and those of the primary key, to order by.
-- A partition's keys are its table's, which is read for all of them.
SELECT
    c.conrelid::regclass::text AS name,
    array_agg(DISTINCT a.attname::text) AS columns,
    (
        SELECT array_agg(k.attname::text ORDER BY array_position(p.conkey, k.attnum))
        FROM pg_constraint p JOIN pg_attribute k ON k.attrelid = p.conrelid AND k.attnum = ANY (p.conkey)
        WHERE p.conrelid = c.conrelid AND p.contype = 'p'
    ) AS key
FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
WHERE c.contype = 'f' AND c.confrelid = 'profiles'::regclass AND c.conparentid = 0
GROUP BY c.conrelid
ORDER BY name
