-- What the doctor asks of Postgres. It only reads, and nothing of what it reads is about a person.

-- name: server
SELECT current_setting('server_version') AS version,
       current_setting('server_version_num')::int / 10000 AS major,
       clock_timestamp() AS now,
       pg_is_in_recovery() AS standby,
       current_setting('fsync')::bool AND current_setting('full_page_writes')::bool AS durable,
       coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS encrypted,
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS connections,
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connected,
       (SELECT max(age(datfrozenxid)) FROM pg_database) AS transactions_old,
       pg_database_size(current_database()) AS bytes

-- name: schema_at
SELECT version_num FROM alembic_version

-- name: role
SELECT current_user AS name, rolsuper AS superuser, has_schema_privilege('public', 'CREATE') AS may_create
FROM pg_roles WHERE rolname = current_user

-- name: closed_tables
-- Tables that this role cannot read, or not write to. Which version the schema has is only read.
SELECT relname AS name
FROM pg_class
WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
  AND NOT (has_table_privilege(oid, 'SELECT')
           AND (relname = 'alembic_version' OR has_table_privilege(oid, 'INSERT')))
ORDER BY relname

-- name: broken_indexes
SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid

-- name: longest_transaction
-- Since when the oldest transaction of somebody else is open: no table can be vacuumed beyond it.
SELECT min(xact_start) AS since FROM pg_stat_activity
WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() AND backend_type = 'client backend'

-- name: overdue
-- What is due and was not delivered, up to a limit: by the index of what is due, however much was delivered before.
SELECT count(*) AS waiting, min(due_at) AS since, max(attempts) AS attempts
FROM (SELECT due_at, attempts FROM dispatches
      WHERE delivered_at IS NULL AND due_at <= $1 ORDER BY due_at, id LIMIT $2) AS due
