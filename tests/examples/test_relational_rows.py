"""Row-level security on a real PostgreSQL: what each caller sees, and what does not make another of them."""

import importlib
import json
import sys
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pg8000.dbapi
import pytest

from tests.examples.postgres import ROOT, Postgres

pytestmark = pytest.mark.slow

EXAMPLE: Final = Path(__file__).parents[2] / "examples" / "relational"
USER: Final = "notes_app"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    sub: str | None
    tenant: str | None = "acme"


class Interrupted(Exception):  # noqa: N818 - what a request's end looks like
    """What any error is to `rows_of`."""


ALICE, BOB = Person(sub="alice"), Person(sub="bob")
EVE = Person(sub="eve", tenant="evil")
ALICE_ELSEWHERE = Person(sub="alice", tenant="evil")


@pytest.fixture(scope="module")
def notes() -> Iterator[Any]:
    """Import the example's package as its function does."""
    sys.path.insert(0, str(EXAMPLE / "lambda_src"))
    monkey = pytest.MonkeyPatch()
    monkey.syspath_prepend(str(EXAMPLE / "lambda_src"))
    for module in ("data", "handler", "isolation", "rows"):
        importlib.import_module(f"notes.{module}")
    yield sys.modules["notes"]
    monkey.undo()
    for name in [name for name in sys.modules if name.partition(".")[0] == "notes"]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    # Not below pytest's folder, which each other run of pytest closes to the user that the server runs as.
    server = Postgres(Path(tempfile.mkdtemp(prefix="pg-")))
    migrator = server.connect("master", autocommit=True)
    for file in sorted((EXAMPLE / "migrations").iterdir()):
        migrator.cursor().execute(file.read_text(encoding="utf-8"))
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def closed(server: Postgres) -> Iterator[None]:
    yield
    server.close_all()


@pytest.fixture
def root(server: Postgres) -> Any:
    """A superuser's cursor, which nothing holds; rolled back at the end where a test does not commit."""
    return server.connect(ROOT, autocommit=True).cursor()


@pytest.fixture
def connection(server: Postgres, root: Any) -> Any:
    root.execute("DELETE FROM app.notes")
    return server.connect(USER)


def bodies(notes: Any, caller: Person, connection: Any) -> list[str]:
    with notes.rows.rows_of(caller, connection) as cursor:
        return sorted(note["body"] for note in notes.data.mine(cursor))


def write(notes: Any, caller: Person, connection: Any, body: str, *, shared: bool = False) -> str:
    with notes.rows.rows_of(caller, connection) as cursor:
        return str(notes.data.add(cursor, body=body, shared=shared))


def everything(connection: Any) -> list[Any]:
    cursor = connection.cursor()
    cursor.execute("SELECT owner, body FROM app.notes ORDER BY body")
    return [tuple(row) for row in cursor.fetchall()]


def test_each_sees_their_own_rows_and_the_tenants_shared_ones(notes: Any, connection: Any) -> None:
    write(notes, ALICE, connection, "hers")
    write(notes, ALICE, connection, "for all", shared=True)
    write(notes, BOB, connection, "his")
    write(notes, EVE, connection, "theirs", shared=True)
    assert bodies(notes, ALICE, connection) == ["for all", "hers"]
    assert bodies(notes, BOB, connection) == ["for all", "his"]
    assert bodies(notes, EVE, connection) == ["theirs"]
    assert bodies(notes, ALICE_ELSEWHERE, connection) == ["theirs"]


def test_without_a_caller_there_are_no_rows(notes: Any, connection: Any) -> None:
    write(notes, ALICE, connection, "hers", shared=True)
    assert everything(connection) == []
    connection.rollback()
    with pytest.raises(pg8000.dbapi.DatabaseError):
        notes.data.add(connection.cursor(), body="nobody's", shared=False)


@pytest.mark.parametrize(
    "nobody", [Person(sub=None), Person(sub=""), Person(sub="a", tenant=None), Person(sub="a", tenant="")]
)
def test_a_caller_who_is_nobody_is_refused(notes: Any, connection: Any, nobody: Person) -> None:
    with pytest.raises(PermissionError), notes.rows.rows_of(nobody, connection):
        pass


def test_the_next_caller_on_a_pooled_connection_inherits_nothing(notes: Any, connection: Any) -> None:
    write(notes, ALICE, connection, "hers", shared=True)
    cursor = connection.cursor()
    cursor.execute("SELECT current_setting('app.sub', true), current_setting('app.tenant', true)")
    assert list(cursor.fetchone()) == ["", ""]
    assert everything(connection) == []
    connection.rollback()
    assert bodies(notes, EVE, connection) == []
    with pytest.raises(Interrupted), notes.rows.rows_of(ALICE, connection):
        raise Interrupted
    assert everything(connection) == []


def write_and_fail(notes: Any, caller: Person, connection: Any) -> None:
    with notes.rows.rows_of(caller, connection) as cursor:
        notes.data.add(cursor, body="never", shared=False)
        raise Interrupted


def test_an_error_takes_back_what_the_block_did(notes: Any, connection: Any, root: Any) -> None:
    with pytest.raises(Interrupted):
        write_and_fail(notes, ALICE, connection)
    with pytest.raises(pg8000.dbapi.DatabaseError), notes.rows.rows_of(ALICE, connection) as cursor:
        cursor.execute("INSERT INTO app.notes (body) VALUES ('never'), (no_such_column)")
    root.execute("SELECT count(*) FROM app.notes")
    assert root.fetchone()[0] == 0
    assert bodies(notes, ALICE, connection) == []


def test_one_caller_inside_another_is_refused_and_loses_nothing_silently(notes: Any, connection: Any) -> None:
    with pytest.raises(RuntimeError, match="another caller is in progress"), notes.rows.rows_of(ALICE, connection):
        bodies(notes, BOB, connection)
    assert everything(connection) == []


def test_autocommit_which_would_forget_the_caller_is_refused(notes: Any, server: Postgres) -> None:
    with (
        pytest.raises(RuntimeError, match="autocommit"),
        notes.rows.rows_of(ALICE, server.connect(USER, autocommit=True)),
    ):
        pass


HOSTILE: Final = [
    "'; DROP TABLE app.notes; --",
    "' OR '1'='1",
    "alice'; SELECT set_config('app.sub', 'bob', false); --",
    "$$; RESET app.sub; $$",
    "\\'; COMMIT; SET app.sub = 'bob'; --",
    "%s %(sub)s {sub}",
    "bob\u202e",
    "\uff41lice",
    "alice ",
    "ALICE",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_a_value_and_nothing_else(notes: Any, connection: Any, text: str) -> None:
    write(notes, BOB, connection, "his", shared=False)
    write(notes, ALICE, connection, text)
    assert bodies(notes, ALICE, connection) == [text]
    for hostile in (Person(sub=text), Person(sub="bob", tenant=text)):
        assert bodies(notes, hostile, connection) == []
    assert bodies(notes, BOB, connection) == ["his"]


def run(notes: Any, caller: Person, connection: Any, statement: str, values: Any) -> None:
    with notes.rows.rows_of(caller, connection) as cursor:
        cursor.execute(statement, values)
        cursor.execute("SELECT * FROM app.notes")


def test_nobody_writes_changes_or_takes_a_row_of_another(notes: Any, connection: Any) -> None:
    note = write(notes, BOB, connection, "his", shared=True)
    for statement in ("UPDATE app.notes SET body = 'hers'", "DELETE FROM app.notes"):
        with notes.rows.rows_of(ALICE, connection) as cursor:
            cursor.execute(statement)
            assert cursor.rowcount == 0
    write(notes, ALICE, connection, "hers")
    refused = [
        ("UPDATE app.notes SET owner = %s", ("bob",)),
        ("UPDATE app.notes SET tenant = %s", ("evil",)),
        ("INSERT INTO app.notes (owner, body) VALUES (%s, 'x')", ("bob",)),
        ("INSERT INTO app.notes (tenant, body) VALUES (%s, 'x')", ("evil",)),
        ("INSERT INTO app.notes (owner, body) VALUES (%s, 'x')", ("",)),
        ("INSERT INTO app.notes (note_id, body) VALUES (%s, '') ON CONFLICT (note_id) DO UPDATE SET body=''", (note,)),
        ("TRUNCATE app.notes", ()),
        ("ALTER TABLE app.notes DISABLE ROW LEVEL SECURITY", ()),
        ("ALTER TABLE app.notes NO FORCE ROW LEVEL SECURITY", ()),
        ("DROP POLICY own ON app.notes", ()),
        ("CREATE POLICY mine ON app.notes USING (true)", ()),
        ("CREATE TABLE app.copy AS SELECT * FROM app.notes", ()),
        ("CREATE TABLE public.copy (body text)", ()),
        ("SET ROLE notes_owner", ()),
        ("SET SESSION AUTHORIZATION postgres", ()),
        ("SET LOCAL row_security = off", ()),
    ]  # fmt: skip
    for statement, values in refused:
        with pytest.raises(pg8000.dbapi.DatabaseError):
            run(notes, ALICE, connection, statement, values)
    assert bodies(notes, BOB, connection) == ["his"]


def test_the_owner_of_the_table_is_held_too(notes: Any, server: Postgres, connection: Any) -> None:
    write(notes, ALICE, connection, "hers")
    master = server.connect("master")
    master.cursor().execute("SET ROLE notes_owner")
    assert everything(master) == []


def test_the_functions_role_is_held_and_says_so(notes: Any, connection: Any) -> None:
    assert notes.isolation.bypasses(connection) == []
    notes.isolation.check_isolated(connection)


@pytest.mark.parametrize(
    ("user", "words"),
    [(ROOT, "postgres a superuser"), ("master", "master able to become other roles, by CREATEROLE")],
)
def test_a_superuser_by_mistake_is_refused(notes: Any, server: Postgres, user: str, words: str) -> None:
    with pytest.raises(RuntimeError, match=words):
        notes.isolation.check_isolated(server.connect(user))


FORGOTTEN: Final = {
    "ALTER ROLE notes_app BYPASSRLS": "notes_app exempt by BYPASSRLS",
    "ALTER ROLE notes_app SUPERUSER": "notes_app a superuser",
    "CREATE ROLE exempt BYPASSRLS; GRANT exempt TO notes_app": "exempt exempt by BYPASSRLS",
    "ALTER TABLE app.notes NO FORCE ROW LEVEL SECURITY": "app.notes exempts its owner; FORCE row-level security",
    "ALTER TABLE app.notes DISABLE ROW LEVEL SECURITY": "app.notes has no row-level security; ENABLE it",
    "ALTER TABLE app.notes OWNER TO notes_app": "app.notes belongs to this role, which can disable policies",
    "ALTER TABLE app.notes OWNER TO notes_app; REVOKE TRUNCATE, REFERENCES, TRIGGER ON app.notes FROM notes_app":
        "app.notes belongs to this role, which can disable policies",
    "GRANT notes_owner TO notes_app": "app.notes belongs to this role, which can disable policies",
    "GRANT TRUNCATE ON app.notes TO notes_app": "app.notes can be truncated, referenced or given triggers by this role",
    "GRANT REFERENCES ON app.notes TO PUBLIC": "app.notes can be truncated, referenced or given triggers by this role",
    "CREATE TABLE app.more (body text); GRANT SELECT ON app.more TO notes_app": "app.more has no row-level security",
    "CREATE TABLE app.more (body text); GRANT SELECT (body) ON app.more TO PUBLIC": "app.more has no row-level",
    "CREATE TABLE public.more (body text); GRANT INSERT ON public.more TO notes_app": "public.more has no row-level",
    "CREATE VIEW app.all_notes AS SELECT * FROM app.notes; GRANT SELECT ON app.all_notes TO notes_app":
        "app.all_notes is a view with the privileges of its owner",
    "CREATE MATERIALIZED VIEW app.all_notes AS SELECT * FROM app.notes; GRANT SELECT ON app.all_notes TO notes_app":
        "app.all_notes is of a kind without row-level security",
    "CREATE POLICY too_much ON app.notes USING (true)": "app.notes has the policy too_much, which names no caller",
    "CREATE POLICY too_much ON app.notes FOR INSERT WITH CHECK (true)": "policy too_much, which names no caller",
    "CREATE FUNCTION app.f() RETURNS bigint LANGUAGE sql SECURITY DEFINER RETURN (SELECT count(*) FROM app.notes)":
        "runs with the privileges of its owner, by SECURITY DEFINER",
}  # fmt: skip


@pytest.mark.parametrize(("change", "words"), FORGOTTEN.items(), ids=FORGOTTEN.keys())
def test_what_a_migration_forgot_is_named(notes: Any, server: Postgres, change: str, words: str) -> None:
    root = server.connect(ROOT)
    root.cursor().execute(change)
    root.cursor().execute("SET SESSION AUTHORIZATION notes_app")
    # `bypasses` rolls back; a savepoint of the superuser's is what that ends at, so the change is looked at within.
    asked = Unrolled(root)
    assert any(words in each for each in notes.isolation.bypasses(asked)), notes.isolation.bypasses(asked)
    root.rollback()


def test_a_view_with_the_rights_of_who_asks_is_fine(notes: Any, server: Postgres) -> None:
    root = server.connect(ROOT)
    root.cursor().execute("CREATE VIEW app.mine WITH (security_invoker = true) AS SELECT * FROM app.notes")
    root.cursor().execute("GRANT SELECT ON app.mine TO notes_app")
    root.cursor().execute("SET SESSION AUTHORIZATION notes_app")
    assert notes.isolation.bypasses(Unrolled(root)) == []
    root.rollback()


class Unrolled:
    """A connection whose transaction goes on."""

    def __init__(self, connection: Any) -> None:
        self.cursor = connection.cursor

    def rollback(self) -> None:
        pass


def test_the_same_note_id_tells_only_that_it_is_taken(notes: Any, connection: Any) -> None:
    note = str(uuid.uuid4())
    with notes.rows.rows_of(BOB, connection) as cursor:
        cursor.execute("INSERT INTO app.notes (note_id, body) VALUES (%s, 'his secret')", (note,))
    with pytest.raises(pg8000.dbapi.DatabaseError) as caught, notes.rows.rows_of(ALICE, connection) as cursor:
        cursor.execute("INSERT INTO app.notes (note_id, body) VALUES (%s, 'x')", (note,))
    assert "secret" not in str(caught.value)


def test_the_handler_answers_for_the_tokens_user(notes: Any, connection: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes.data, "connection", lambda: connection)
    write(notes, BOB, connection, "his")

    def ask(route: str, body: str | None = None, **claims: str) -> tuple[int, Any]:
        context = {"authorizer": {"jwt": {"claims": claims, "scopes": None}}}
        event = {"routeKey": route, "body": body, "requestContext": context}
        answer = notes.handler.handler(event, None)
        return answer["statusCode"], json.loads(answer["body"])

    alice = {"sub": "alice", "cognito:username": "alice", "custom:tenant": "acme"}
    assert ask("POST /notes", json.dumps({"body": "hers"}), **alice)[0] == 201
    status, answer = ask("GET /notes", **alice)
    assert (status, [note["body"] for note in answer["notes"]]) == (200, ["hers"])
    for bad in (
        None,
        "",
        "{",
        "[]",
        '{"body": 7}',
        '{"body": "x", "shared": "yes"}',
        '{"body": "' + "x" * 10_001 + '"}',
    ):
        assert ask("POST /notes", bad, **alice)[0] == 400
    assert ask("GET /notes", **{"sub": "alice", "cognito:username": "alice"})[0] == 403
    assert ask("GET /notes", **{"custom:tenant": "acme"})[0] == 403
