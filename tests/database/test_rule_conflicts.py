"""Two OwnedTables on one table cannot widen each other, whatever objects stand for the table."""

from typing import Any, Final

import pytest
from aws_cdk import App, Environment, Fn, Stack, Stage
from aws_cdk import aws_dynamodb as dynamodb

from constructs_lib.access import Rule, allow
from constructs_lib.auth import Auth, Group, Tenant
from constructs_lib.database import Index, OwnedTable

OWN: Final = [allow.owner.to("read")]
TENANT: Final = Tenant(claim="custom:tenant", form="[a-z0-9-]{3,36}")
PUBLIC: Final = [allow.authenticated.to("read")]
MAIL: Final = Index("by_mail", partition_key="mail", functions_only=True)
NAMES: Final = [
    *(f"{first} of {second}" for first in ("made", "name", "arn") for second in ("made", "name", "arn")),
    "literal of literal",
    "literal ARN of literal",
    "export of export",
]


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "First")


@pytest.fixture
def auth(stack: Stack) -> Auth:
    return Auth(stack, "Auth", owner="sub", groups=[Group("staff")], tenant=TENANT)


@pytest.fixture
def table(stack: Stack) -> dynamodb.TableV2:
    key = dynamodb.Attribute(name="owner", type=dynamodb.AttributeType.STRING)
    return dynamodb.TableV2(stack, "Table", partition_key=key)


def found(scope: Stack, how: str, table: dynamodb.TableV2) -> dynamodb.ITable:
    """Return the table as an object of its own."""
    match how:
        case "made":
            return table
        case "name":
            return dynamodb.TableV2.from_table_name(scope, "Found", table.table_name)
        case "arn":
            return dynamodb.TableV2.from_table_arn(scope, "Found", table.table_arn)
        case "literal ARN":
            return dynamodb.TableV2.from_table_arn(scope, "Found", scope.format_arn(
                service="dynamodb", resource="table", resource_name="rows",
            ))  # fmt: skip
        case "literal":
            return dynamodb.TableV2.from_table_name(scope, "Found", "rows")
    return dynamodb.TableV2.from_table_name(scope, "Found", Fn.import_value("rows"))


@pytest.mark.parametrize("names", NAMES)
def test_the_same_rows_of_one_table_are_opened_once(
    stack: Stack, auth: Auth, table: dynamodb.TableV2, names: str
) -> None:
    other = Stack(stack.node.root, "Second")  # type: ignore[arg-type] # the app
    first, _, second = names.partition(" of ")
    OwnedTable(stack, "Notes", auth=auth, access=OWN, table=found(stack, first, table))
    with pytest.raises(ValueError, match=r"rows at key='\{owner\}' of 'Second/Tasks' overlap .* of 'First/Notes'"):
        OwnedTable(other, "Tasks", auth=auth, access=OWN, table=found(other, second, table))


def test_a_table_made_here_is_known_again(stack: Stack, auth: Auth) -> None:
    notes = OwnedTable(stack, "Notes", auth=auth, access=OWN, table_name="notes")
    again = dynamodb.TableV2.from_table_name(stack, "Found", "notes")
    for number, table in enumerate((notes.table, again)):
        with pytest.raises(ValueError, match="so the rules of one would extend the other's"):
            OwnedTable(stack, f"Tasks{number}", auth=auth, access=OWN, table=table)


@pytest.mark.parametrize(
    ("first", "second", "meets"),
    [
        ({"key": "USER#{owner}"}, {"key": "TENANT#{tenant}"}, False),
        ({}, {"key": "TENANT#{tenant}"}, False),
        ({}, {"access": [], "partitions": {"public": PUBLIC}}, False),
        ({"key": "TENANT#{tenant}"}, {"key": "TENANT#{tenant}#{owner}"}, False),
        ({"key": "A#{tenant}"}, {"key": "A#acme#{owner}"}, False),
        ({"key": "{tenant}"}, {}, True),
        ({"key": "A#{owner}"}, {"key": "A#{tenant}"}, True),
        ({"key": "A#{tenant}#B#{owner}"}, {"key": "A#{tenant}#C#{owner}"}, False),
        ({"key": "A#{tenant}#B#{owner}", "everyone": "tenant"}, {"key": "A#{tenant}#C#{owner}"}, False),
        ({"key": "A#{tenant}#{owner}", "everyone": "tenant"}, {"key": "A#{tenant}#C#{owner}"}, True),
        ({"key": "A#{tenant}#B#{owner}", "everyone": "tenant"}, {"key": "C#{tenant}"}, False),
        ({"key": "A#{owner}", "everyone": True}, {"key": "B#{owner}"}, True),
        ({"access": [], "partitions": {"public": PUBLIC}}, {"key": "B#{owner}", "everyone": True}, True),
        ({"access": [], "partitions": {"a": PUBLIC}}, {"access": [], "partitions": {"b": PUBLIC}}, False),
        ({"access": [], "partitions": {"a": PUBLIC}}, {"access": [], "partitions": {"a": PUBLIC}}, True),
        ({"access": [], "partitions": {"acme": PUBLIC}}, {"key": "{tenant}"}, True),
    ],
)
def test_rows_of_other_keys_may_be_opened_beside(
    stack: Stack, auth: Auth, table: dynamodb.TableV2, first: dict[str, Any], second: dict[str, Any], *, meets: bool
) -> None:
    def make(id: str, *, everyone: bool | str = False, **options: Any) -> None:
        rules: list[Rule] = OWN if "{owner}" in options.get("key", "{owner}") else [allow.tenant.to("read")]
        wider: list[Rule] = [allow.group("staff").to("read", everyone=everyone)] if everyone else []
        OwnedTable(stack, id, auth=auth, table=table, **{"access": [*rules, *wider], **options})

    make("One", **first)
    if not meets:
        make("Two", **second)
        return
    with pytest.raises(ValueError, match="so the rules of one would extend the other's"):
        make("Two", **second)


def test_the_order_of_two_tables_says_nothing(stack: Stack, auth: Auth, table: dynamodb.TableV2) -> None:
    wide = [*OWN, allow.group("staff").to("read", everyone=True)]
    OwnedTable(stack, "Narrow", auth=auth, table=table, access=OWN, key="B#{owner}")
    with pytest.raises(ValueError, match="pass both to one OwnedTable, or use different keys, as in"):
        OwnedTable(stack, "Wide", auth=auth, table=table, access=wide, key="A#{owner}")


def test_an_index_is_said_alike_by_both(stack: Stack, auth: Auth, table: dynamodb.TableV2) -> None:
    OwnedTable(stack, "Notes", auth=auth, table=table, access=OWN, key="A#{owner}", indexes=[MAIL])
    OwnedTable(stack, "Tasks", auth=auth, table=table, access=OWN, key="B#{owner}", indexes=[MAIL])
    opened = Index(
        "by_mail", partition_key="mail", key="T#{tenant}", access=[allow.tenant.to("list", everyone="tenant")]
    )
    for number, other in enumerate((opened, Index("by_mail"))):
        with pytest.raises(
            ValueError, match=r"index 'by_mail' of .* differs from the index that 'First/Notes' declares"
        ):
            OwnedTable(stack, f"No{number}", auth=auth, table=table, access=OWN, key="C#{owner}", indexes=[other])


def test_the_same_table_name_in_another_region_or_stage_is_accepted() -> None:
    app = App()
    stages = [Stage(app, "Dev"), Stage(app, "Prod")]
    regions = [Environment(region=each, account="111122223333") for each in ("eu-west-1", "eu-west-2")]
    stacks = [Stack(stage, "Stack") for stage in stages]
    stacks += [Stack(app, f"In{env.region}", env=env) for env in regions]
    for stack in stacks:
        table = dynamodb.TableV2.from_table_name(stack, "Found", "rows")
        OwnedTable(stack, "Notes", auth=Auth(stack, "Auth"), access=OWN, table=table)


def test_an_index_for_functions_only_stays_theirs(stack: Stack, auth: Auth, table: dynamodb.TableV2) -> None:
    closed, opened = Index("by_date", sort_key="date", functions_only=True), Index("by_date", sort_key="date")
    OwnedTable(stack, "Notes", auth=auth, table=table, access=OWN, key="A#{owner}", indexes=[closed])
    with pytest.raises(ValueError, match="index 'by_date' of 'First/Tasks' differs from the index that"):
        OwnedTable(stack, "Tasks", auth=auth, table=table, access=OWN, key="B#{owner}", indexes=[opened])


OWN_MAIL: Final = Index("by_mail", partition_key="mail", key="M#{owner}", access=[allow.owner.to("list")])
WRITE: Final = [allow.owner.to("read", "write")]


@pytest.mark.parametrize("access", [WRITE, [allow.owner.to("write", attributes=["mail"])]])
@pytest.mark.parametrize("order", [1, -1])
def test_users_of_one_write_no_key_of_anothers_index(
    stack: Stack, auth: Auth, table: dynamodb.TableV2, access: list[Rule], order: int
) -> None:
    indexed: dict[str, Any] = {"access": OWN, "key": "A#{owner}", "indexes": [OWN_MAIL]}
    first, second = [indexed, {"access": access, "key": "B#{owner}"}][::order]
    OwnedTable(stack, "Notes", auth=auth, table=table, **first)
    with pytest.raises(ValueError, match="'mail' is the key of index 'by_mail', and users could write it"):
        OwnedTable(stack, "Tasks", auth=auth, table=table, **second)


@pytest.mark.parametrize("access", [OWN, [allow.owner.to("write", attributes=["title"])]])
def test_writing_what_is_no_key_of_anothers_index_is_accepted(
    stack: Stack, auth: Auth, table: dynamodb.TableV2, access: list[Rule]
) -> None:
    OwnedTable(stack, "Notes", auth=auth, table=table, access=OWN, key="A#{owner}", indexes=[OWN_MAIL])
    OwnedTable(stack, "Tasks", auth=auth, table=table, access=access, key="B#{owner}")
