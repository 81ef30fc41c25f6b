"""Check that row-level security applies to all access of a connection; runs once, before the first row is read.

Source: PostgreSQL, "Row Security Policies": superusers and roles with BYPASSRLS always bypass it, a table's owner
unless it is forced, and TRUNCATE and REFERENCES always.
"""

from typing import Any

__all__ = ["bypasses", "check_isolated"]

# A role counts with all roles that it can become: SET ROLE requires no password.
_ROLES = """
SELECT rolname,
       CASE WHEN rolsuper THEN 'a superuser' WHEN rolbypassrls THEN 'exempt by BYPASSRLS'
            ELSE 'able to become other roles, by CREATEROLE' END
FROM pg_roles
WHERE (rolsuper OR rolbypassrls OR rolcreaterole) AND pg_has_role(session_user, oid, 'MEMBER')
"""
_TABLES = """
SELECT format('%I.%I', nspname, relname),
       CASE WHEN relkind NOT IN ('r', 'p', 'v') THEN 'is of a kind without row-level security'
            WHEN relkind = 'v' THEN 'is a view with the privileges of its owner; create it with security_invoker'
            WHEN NOT relrowsecurity THEN 'has no row-level security; ENABLE it'
            WHEN NOT relforcerowsecurity THEN 'exempts its owner; FORCE row-level security'
            WHEN pg_has_role(session_user, relowner, 'MEMBER') THEN 'belongs to this role, which can disable policies'
            ELSE 'can be truncated, referenced or given triggers by this role, regardless of policies' END
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname NOT LIKE 'pg_toast%'
  AND relkind IN ('r', 'p', 'v', 'm', 'f')
  AND (has_table_privilege(session_user, pg_class.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
       OR has_any_column_privilege(session_user, pg_class.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
       OR pg_has_role(session_user, relowner, 'MEMBER'))
  AND NOT (relkind = 'v'
           AND coalesce(reloptions::text[] && ARRAY['security_invoker=true', 'security_invoker=on'], false))
  AND NOT (relkind IN ('r', 'p') AND relrowsecurity AND relforcerowsecurity
           AND NOT pg_has_role(session_user, relowner, 'MEMBER')
           AND NOT has_table_privilege(session_user, pg_class.oid, 'TRUNCATE, REFERENCES, TRIGGER'))
"""
_POLICIES = """
SELECT format('%I.%I', schemaname, tablename), format('has the policy %I, which names no caller', policyname)
FROM pg_policies
WHERE permissive = 'PERMISSIVE'
  AND (coalesce(qual, 'app.sub') !~ 'app\\.(sub|tenant)' OR coalesce(with_check, 'app.sub') !~ 'app\\.(sub|tenant)')
"""
_FUNCTIONS = """
SELECT p.oid::regprocedure::text, 'runs with the privileges of its owner, by SECURITY DEFINER'
FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
WHERE prosecdef AND nspname NOT IN ('pg_catalog', 'information_schema')
  AND has_function_privilege(session_user, p.oid, 'EXECUTE')
"""


def bypasses(connection: Any) -> list[str]:
    """Return the ways in which this role bypasses row-level security, one sentence each; empty if there are none."""
    cursor = connection.cursor()
    found = []
    for query in (_ROLES, _TABLES, _POLICIES, _FUNCTIONS):
        cursor.execute(query)
        found += [f"{name} {why}" for name, why in cursor.fetchall()]
    cursor.close()
    connection.rollback()
    return sorted(found)


def check_isolated(connection: Any) -> None:
    """Continue only if row-level security applies to every row that this connection can reach.

    Raises:
        RuntimeError: If it does not; the message names each table, view, policy, function or role without isolation.
    """
    found = bypasses(connection)
    if found:
        raise RuntimeError("the database does not isolate callers: " + "; ".join(found))
