-- Two roles: one owns the tables and cannot log in, the other reads and writes rows for the function.
CREATE ROLE notes_owner NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
CREATE ROLE notes_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
-- On RDS, this role authenticates with IAM tokens only.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') THEN
        GRANT rds_iam TO notes_app;
    END IF;
END
$$;
CREATE SCHEMA app;
GRANT USAGE ON SCHEMA app TO notes_app;
-- The migrating user transfers the tables to their owner, which on RDS requires membership and this privilege.
GRANT USAGE, CREATE ON SCHEMA app TO notes_owner;
GRANT notes_owner TO CURRENT_USER;
