"""Each PartiQL statement is authorized by its own action, on its own table."""

from typing import Any

import pytest

from tests.local.emulator.conftest import outcome

pytestmark = pytest.mark.slow
REFUSED = "AccessDeniedException"
SCAN = 'SELECT * FROM "TABLE"'
READ = """SELECT * FROM "TABLE" WHERE owner = 'a' AND id = 'b'"""
WRITE = """UPDATE "TABLE" SET v = 'x' WHERE owner = 'a' AND id = 'b'"""


def allow(action: str, resource: str = "*", effect: str = "Allow", **extra: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": f"dynamodb:{action}", "Resource": resource, **extra}


def outcomes(client: Any, statement: str) -> set[str]:
    """Return the outcomes of a statement alone, in a batch and in a transaction."""
    return {
        outcome(client.execute_statement, Statement=statement),
        outcome(client.batch_execute_statement, Statements=[{"Statement": statement}]),
        outcome(client.execute_transaction, TransactStatements=[{"Statement": statement}]),
    }


@pytest.fixture
def table(emulator: Any) -> tuple[str, str]:
    """Return the name and ARN of a table with one row."""
    name = emulator.table()
    emulator.admin("dynamodb").put_item(TableName=name, Item={"owner": {"S": "a"}, "id": {"S": "b"}})
    return str(name), f"arn:aws:dynamodb:us-east-1:000000000000:table/{name}"


def test_a_statement_is_authorized_by_its_action_and_table(emulator: Any, table: tuple[str, str]) -> None:
    name, arn = table
    read, write = READ.replace("TABLE", name), WRITE.replace("TABLE", name)
    for statements, reads, writes in (
        ([allow("PartiQLSelect", arn)], "allowed", REFUSED),
        ([allow("PartiQLUpdate", arn)], REFUSED, "allowed"),
        ([allow("*"), allow("PartiQLSelect", effect="Deny")], REFUSED, "allowed"),
        ([allow("*"), allow("*", arn, "Deny")], REFUSED, REFUSED),
        ([allow("PartiQL*", f"{arn}-other")], REFUSED, REFUSED),
        ([allow("ExecuteStatement"), allow("GetItem")], REFUSED, REFUSED),
    ):
        client = emulator.member(statements).client("dynamodb")
        assert (outcomes(client, read), outcomes(client, write)) == ({reads}, {writes})


def test_every_statement_of_a_batch_is_authorized(emulator: Any, table: tuple[str, str]) -> None:
    other = emulator.table()
    client = emulator.member([allow("PartiQL*", table[1])]).client("dynamodb")
    batch = [{"Statement": READ.replace("TABLE", name)} for name in (table[0], other)]
    assert outcome(client.batch_execute_statement, Statements=batch) == REFUSED
    assert outcome(client.batch_execute_statement, Statements=batch[:1]) == "allowed"


def test_a_denial_of_full_table_scans_is_enforced(emulator: Any, table: tuple[str, str]) -> None:
    scans = {"Bool": {"dynamodb:FullTableScan": "true"}}
    client = emulator.member([allow("*"), allow("PartiQLSelect", effect="Deny", Condition=scans)]).client("dynamodb")
    scan = SCAN.replace("TABLE", table[0])
    for condition, expected in (("", REFUSED), (" WHERE id = 'b'", REFUSED), (" WHERE owner = 'a'", "allowed")):
        assert outcome(client.execute_statement, Statement=scan + condition) == expected


def test_a_statement_names_no_leading_key(emulator: Any, table: tuple[str, str]) -> None:
    own = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["a"]}}
    client = emulator.member([allow("*", Condition=own)]).client("dynamodb")
    assert outcomes(client, READ.replace("TABLE", table[0])) == {REFUSED}
