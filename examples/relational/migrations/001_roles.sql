-- Two roles that nobody signs in with but the function: one owns the tables, the other reads and writes rows.
CREATE ROLE notes_owner NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
CREATE ROLE notes_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
-- On RDS, whose IAM tokens are this role's only password.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') THEN
        GRANT rds_iam TO notes_app;
    END IF;
END
$$;
CREATE SCHEMA app;
GRANT USAGE ON SCHEMA app TO notes_app;
-- Whoever migrates hands the tables over to their owner, which on RDS takes membership and this right.
GRANT USAGE, CREATE ON SCHEMA app TO notes_owner;
GRANT notes_owner TO CURRENT_USER;
