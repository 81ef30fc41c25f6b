-- A setting that was LOCAL to a transaction is '' after it, not NULL: both mean that there is no caller.
CREATE FUNCTION app.sub() RETURNS text LANGUAGE sql STABLE
    RETURN nullif(current_setting('app.sub', true), '');
CREATE FUNCTION app.tenant() RETURNS text LANGUAGE sql STABLE
    RETURN nullif(current_setting('app.tenant', true), '');

CREATE TABLE app.notes (
    note_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant text NOT NULL DEFAULT app.tenant() CHECK (tenant <> ''),
    owner text NOT NULL DEFAULT app.sub() CHECK (owner <> ''),
    shared boolean NOT NULL DEFAULT false,
    body text NOT NULL
);
CREATE INDEX ON app.notes (tenant, owner);

-- FORCE: without it the table's owner would be exempt.
ALTER TABLE app.notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.notes FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON app.notes
    USING (owner = app.sub() AND tenant = app.tenant())
    WITH CHECK (owner = app.sub() AND tenant = app.tenant());
CREATE POLICY shared_in_the_tenant ON app.notes FOR SELECT
    USING (shared AND app.sub() IS NOT NULL AND tenant = app.tenant());

-- No TRUNCATE, to which row-level security does not apply.
GRANT SELECT, INSERT, UPDATE, DELETE ON app.notes TO notes_app;
ALTER TABLE app.notes OWNER TO notes_owner;
