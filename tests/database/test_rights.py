"""What rules give on a table's replicas, indexes and key, as pure values."""

from typing import Any, Final

import pytest

from constructs_lib.access import Rule, Statement, Subject, allow
from constructs_lib.access.partition_keys import OWNER_KEY
from constructs_lib.database import Index
from constructs_lib.database.rights import TableRights
from tests.cdk_stubs import FUNCTION

ME: Final = "${me}"
USER: Final = frozenset({allow.authenticated, allow.owner})


def rights(**changes: Any) -> TableRights:
    options: dict[str, Any] = {
        "table_arns": ("T",),
        "table_name": "t",
        "owner_key": "owner",
        "key": OWNER_KEY,
        "index_keys": {},
        "variables": {"owner": ME},
        "sort_key": None,
        "indexes": (Index("by-date", sort_key="date"), Index("all", partition_key="status", functions_only=True)),
        "key_arns": (),
        "hosts": (),
    }
    return TableRights(**{**options, **changes})


def given(table: TableRights, *rules: Rule, subjects: frozenset[Subject] = USER) -> list[Statement]:
    return table.given(rules, {}, subjects)


def test_only_queries_name_indexes_and_a_users_only_those_grouped_by_owner() -> None:
    get, query = given(rights(), allow.owner.to("get")), given(rights(), allow.owner.to("list"))
    assert [statement.resources for statement in get] == [("T",)]
    assert [statement.resources for statement in query] == [("T", "T/index/by-date")]


def test_a_function_queries_every_index_of_every_replica() -> None:
    function = allow.function(FUNCTION)
    (query,) = given(rights(table_arns=("T", "R")), function.to("list", everyone=True), subjects=frozenset({function}))
    assert query.resources == ("T", "T/index/by-date", "T/index/all", "R", "R/index/by-date", "R/index/all")


def test_who_has_rows_has_dynamodb_decrypt_for_them_and_nobody_else() -> None:
    table = rights(key_arns=("K",), hosts=("dynamodb.here",))
    assert given(table, allow.owner.to("get"))[1:] == [
        Statement(
            actions=("kms:Decrypt",),
            resources=("K",),
            conditions={
                "StringEquals": {
                    "kms:ViaService": ["dynamodb.here"],
                    "kms:EncryptionContext:aws:dynamodb:tableName": "t",
                }
            },
        )
    ]
    assert given(table, allow.guest_owner.to("get")) == []


def test_scanning_is_a_right_of_its_own() -> None:
    assert rights().scan().actions == ("dynamodb:Scan",)
    rules = allow.owner.to("read", "write", "delete")
    assert all("dynamodb:Scan" not in statement.actions for statement in given(rights(), rules))


@pytest.mark.parametrize(("sort_key", "keys"), [(None, ["owner"]), ("sk", ["owner", "sk"])])
def test_a_rule_with_attributes_names_the_keys_of_the_table_too(sort_key: str | None, keys: list[str]) -> None:
    rule = allow.owner.to("get", attributes=["title"])
    (get,) = given(rights(sort_key=sort_key), rule)
    assert get.conditions["ForAllValues:StringEquals"]["dynamodb:Attributes"] == [*keys, "title"]


def test_a_rule_with_attributes_queries_only_the_indexes_whose_keys_it_names() -> None:
    (without,) = given(rights(), allow.owner.to("list", attributes=["title"]))
    (with_date,) = given(rights(), allow.owner.to("list", attributes=["date"]))
    assert without.resources == ("T",)
    assert with_date.resources == ("T", "T/index/by-date")
