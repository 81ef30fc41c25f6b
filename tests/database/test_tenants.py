"""Rows of tenants, by keys and indexes of every shape."""

from typing import Any, Final

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from constructs_lib.access import Rule, allow
from constructs_lib.auth import Auth, Group, Tenant
from constructs_lib.database import Index, OwnedTable
from tests.synthesis import new_function

T: Final = "${aws:PrincipalTag/tenant}"
ME: Final = "${cognito-identity.amazonaws.com:sub}"
KEYS: Final = "dynamodb:LeadingKeys"
BY_TENANT: Final = Index(
    "by-tenant",
    partition_key="tenant_key",
    key="TENANT#{tenant}",
    access=[allow.group("admins").to("list", everyone="tenant")],
)


@pytest.fixture
def auth() -> Auth:
    return Auth(Stack(App(), "Stack"), "Auth", tenant=Tenant(), groups=[Group("admins")], guests=True)


def statements(stack: Stack, role: str) -> list[dict[str, Any]]:
    resources = Template.from_stack(stack).to_json()["Resources"]
    [found] = [
        body["Properties"]["PolicyDocument"]["Statement"]
        for name, body in resources.items()
        if body["Type"] == "AWS::IAM::Policy" and name.startswith(f"Auth{role}Policy")
    ]
    return list(found)


def table_of(stack: Stack) -> dict[str, Any]:
    found = Template.from_stack(stack).find_resources("AWS::DynamoDB::GlobalTable")
    return dict(next(iter(found.values())))


def table(auth: Auth, *rules: Rule, **options: Any) -> OwnedTable:
    return OwnedTable(Stack.of(auth), "Table", auth=auth, access=rules, owner_key="pk", **options)


def test_a_tenants_rows_are_its_members(auth: Auth) -> None:
    table(auth, allow.tenant.to("get"), key="TENANT#{tenant}")
    [statement] = statements(Stack.of(auth), "Authenticated")
    assert statement["Condition"] == {
        "Null": {KEYS: "false"},
        "ForAllValues:StringEquals": {KEYS: [f"TENANT#{T}"]},
    }
    assert table_of(Stack.of(auth))["Metadata"] == {"cognito-app:owned": [f"TENANT#{T}"]}


def test_what_an_administrator_may_within_the_tenant_is_said_in_the_template(auth: Auth) -> None:
    table(
        auth,
        allow.owner.to("write"),
        allow.group("admins").to("write", "delete", everyone="tenant"),
        key="TENANT#{tenant}#{owner}",
    )
    place = f"TENANT#{T}#{ME}"
    assert table_of(Stack.of(auth))["Metadata"] == {
        "cognito-app:owned": [place],
        "cognito-app:opened": [
            {
                "place": place,
                "caller": "group:admins",
                "actions": [
                    "dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
                ],
                "within": ["tenant"],
            }
        ],
    }  # fmt: skip


def test_an_index_with_a_key_of_its_own_is_held_to_that_key_and_to_its_own_rules(auth: Auth) -> None:
    table(auth, allow.owner.to("get", "list", "delete"), key="USER#{owner}", indexes=[BY_TENANT])
    stack = Stack.of(auth)
    queries = [each for each in statements(stack, "Groupadmins") if each["Action"] == "dynamodb:Query"]
    assert [(each["Condition"], str(each["Resource"]).count("index/by-tenant")) for each in queries] == [
        ({"Null": {KEYS: "false"}, "ForAllValues:StringEquals": {KEYS: [f"TENANT#{T}"]}}, 1)
    ]
    assert "by-tenant" not in str(statements(stack, "Authenticated"))
    others = [each for each in statements(stack, "Groupadmins") if each["Action"] != "dynamodb:Query"]
    assert "by-tenant" not in str(others)
    assert table_of(stack)["Metadata"]["cognito-app:owned"] == [f"TENANT#{T}", f"USER#{ME}"]


def test_a_function_queries_every_index(auth: Auth) -> None:
    function = new_function(Stack.of(auth), "Function")
    table(auth, allow.owner.to("get"), key="USER#{owner}", indexes=[BY_TENANT]).grant(function, "list")
    policies = Template.from_stack(Stack.of(auth)).find_resources("AWS::IAM::Policy")
    assert any("index/by-tenant" in str(body) for name, body in policies.items() if name.startswith("Function"))


@pytest.mark.parametrize(
    ("rules", "options", "message"),
    [
        ([allow.tenant.to("get")], {}, r"key='\{owner\}' has a rule for allow\.tenant but not its placeholder"),
        ([allow.owner.to("get")], {"key": "TENANT#{tenant}"}, r"no \{owner\}; write key='TENANT#\{tenant\}#\{owner\}'"),
        ([allow.guest.to("get")], {"key": "{tenant}"}, r"put what guests can access in a path without \{tenant\}"),
        (
            [allow.guest.to("get", everyone=True)],
            {"key": "{tenant}"},
            r"put what guests can access in a path without \{tenant\}",
        ),
        ([allow.tenant.to("get")], {"key": "{tenant}#{owner}"}, "would open every owner's rows.*everyone='tenant'"),
        (
            [allow.group("admins").to("get", everyone="tenant")],
            {"key": "{tenant}"},
            r"everyone='tenant' at key='\{tenant\}' has no effect",
        ),
        (
            [allow.group("admins").to("get", everyone="tenant")],
            {},
            r"everyone='tenant' at key='\{owner\}' is not the name of a claim in that",
        ),
        ([allow.tenant.to("get")], {"key": "{region}"}, r"the placeholders here are \{owner\}, \{tenant\}"),
        (
            [allow.tenant.to("get")],
            {"key": "{tenant}", "partitions": {"public": [allow.guest.to("get")]}},
            "be the key of a tenant; use a plain word, such as 'PUBLIC'",
        ),
        (
            [allow.tenant.to("get")],
            {"key": "{tenant}", "partitions": {"PUBLIC": [allow.tenant.to("get")]}},
            r"for allow\.tenant, but not its placeholder; use allow\.authenticated, or a",
        ),
    ],
)
def test_what_a_key_cannot_hold_to_is_refused(
    auth: Auth, rules: list[Rule], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        table(auth, *rules, **options)


def index(*rules: Rule, **options: Any) -> Index:
    return Index("by-tenant", **{"partition_key": "tenant_key", "key": "TENANT#{tenant}", "access": rules, **options})


LIST: Final = allow.group("admins").to("list", everyone="tenant")
OWN: Final = allow.owner.to("get")


@pytest.mark.parametrize(
    ("rules", "made", "message"),
    [
        ([OWN], [allow.tenant.to("list")], "would open the rows of every owner; .*everyone='tenant'"),
        ([OWN], [allow.guest.to("list", everyone=True)], r"put what guests can access in a path without \{tenant\}"),
        ([OWN], [allow.owner.to("list")], r"but no \{owner\}"),
        ([allow.owner.to("write")], [LIST], "use a function to write it, or name the attributes that"),
        (
            [allow.owner.to("write", attributes=["tenant_key"])],
            [LIST],
            "use a function to write it, or name the attributes that",
        ),
    ],
)
def test_an_index_that_would_show_or_take_others_rows_is_refused(
    auth: Auth, rules: list[Rule], made: list[Rule], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        table(auth, *rules, key="USER#{owner}", indexes=[index(*made)])


def test_rows_of_nobody_are_no_way_into_others_places_either(auth: Auth) -> None:
    partitions = {"public": [allow.authenticated.to("write")]}
    with pytest.raises(ValueError, match="use a function to write it, or name the attributes that"):
        table(auth, OWN, key="USER#{owner}", indexes=[index(LIST)], partitions=partitions)


def test_a_sort_key_that_is_an_indexs_key_is_written_by_nobody(auth: Auth) -> None:
    rule = allow.owner.to("write", attributes=["title"])
    with pytest.raises(ValueError, match="use a function to write it, or name the attributes that"):
        table(auth, rule, key="USER#{owner}", sort_key="tenant_key", indexes=[index(LIST)])


def test_a_rule_to_write_other_attributes_is_accepted_with_such_an_index(auth: Auth) -> None:
    rule = allow.owner.to("write", attributes=["title"])
    table(auth, rule, key="USER#{owner}", sort_key="id", indexes=[index(LIST)])


def test_an_index_on_the_tables_own_key_holds_what_that_holds(auth: Auth) -> None:
    with pytest.raises(ValueError, match="name another attribute"):
        table(auth, OWN, key="USER#{owner}", indexes=[index(LIST, partition_key="pk")])


@pytest.mark.parametrize(
    "options",
    [
        {"access": []},
        {"partition_key": None},
        {"functions_only": True},
        {"key": None},
    ],
)
def test_an_index_of_its_own_key_says_all_of_it(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="index 'by-tenant' has a part of partition_key"):
        index(LIST, **options)


@pytest.mark.parametrize("rule", [allow.tenant.to("read"), allow.tenant.to("list", attributes=["a"])])
def test_an_index_is_queried_and_nothing_else(rule: Rule) -> None:
    with pytest.raises(ValueError, match="write 'list' alone"):
        index(rule)
