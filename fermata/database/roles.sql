-- name: role
SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = $1

-- name: is_owner
SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = 'public.alembic_version'::regclass

-- name: create
CREATE ROLE fermata_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS

-- name: grant
-- What the processes do, and nothing beside it. Tables that later migrations make are covered as well: they are made
-- by the role that says this. The schema is the owner's, the version of it is read only, and the log only grows.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM fermata_app;
GRANT USAGE ON SCHEMA public TO fermata_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO fermata_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO fermata_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO fermata_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO fermata_app;
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM fermata_app;
REVOKE UPDATE, DELETE ON audit_log FROM fermata_app;
GRANT EXECUTE ON FUNCTION make_event_months, drop_event_month, analyze_events TO fermata_app
