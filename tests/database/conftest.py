"""Stacks with tables, synthesized once in one app with the feature flags of cdk.json."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from aws_cdk import App, Environment, RemovalPolicy, Stack
from aws_cdk import aws_backup as backup
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs

from constructs_lib.access import allow
from constructs_lib.auth import Auth, Group
from constructs_lib.database import Index, OwnedTable
from tests.synthesis import CONTEXT, new_function, statements_of

OWN: Final = [allow.owner.to("read", "write", "delete")]


def notes(stack: Stack) -> None:
    auth = Auth(stack, "Auth", guests=True, groups=[Group("editors")])
    access = [*OWN, allow.group("editors").to("get", everyone=True)]
    partitions = {"public": [allow.guest.to("read"), allow.authenticated.to("read")]}
    OwnedTable(stack, "Notes", auth=auth, sort_key="note_id", access=access, partitions=partitions)


def reordered(stack: Stack) -> None:
    auth = Auth(stack, "Auth", guests=True, groups=[Group("editors")])
    access = [allow.group("editors").to("get", everyone=True), *OWN]
    partitions = {"public": [allow.authenticated.to("read"), allow.guest.to("read")]}
    OwnedTable(stack, "Notes", auth=auth, sort_key="note_id", access=access, partitions=partitions)


def fewer_rules(stack: Stack) -> None:
    auth = Auth(stack, "Auth", guests=True, groups=[Group("editors")])
    OwnedTable(stack, "Notes", auth=auth, sort_key="note_id", access=[allow.owner.to("get")])


def by_sub(stack: Stack) -> None:
    auth = Auth(stack, "Auth", owner="sub")
    OwnedTable(stack, "Notes", auth=auth, access=OWN, removal_policy=RemovalPolicy.DESTROY)


def guest_owner(stack: Stack) -> None:
    auth = Auth(stack, "Auth", guests=True)
    OwnedTable(stack, "Carts", auth=auth, access=[allow.guest_owner.to("get", "write"), allow.owner.to("get", "write")])


def several(stack: Stack) -> None:
    auth = Auth(stack, "Auth")
    OwnedTable(stack, "Notes", auth=auth, access=[allow.owner.to("get")])
    OwnedTable(stack, "Carts", auth=auth, access=[allow.owner.to("write")])


def existing(stack: Stack) -> None:
    auth = Auth(stack, "Auth")
    table = dynamodb.TableV2.from_table_attributes(stack, "Existing", table_name="somebody-elses-table")
    OwnedTable(stack, "Notes", auth=auth, owner_key="pk", access=OWN, table=table, indexes=[Index("by-date")])


def indexed(stack: Stack) -> None:
    auth = Auth(stack, "Auth", groups=[Group("editors")])
    score = dynamodb.Attribute(name="score", type=dynamodb.AttributeType.NUMBER)
    table = OwnedTable(
        stack,
        "Notes",
        auth=auth,
        sort_key="note_id",
        access=[
            allow.owner.to("list"),
            allow.group("editors").to("list", "write", everyone=True, attributes=["title", "created_at"]),
        ],
        indexes=[
            Index("by-date", sort_key="created_at"),
            Index("by-score", sort_key=score, attributes=["title"]),
            Index("by-status", partition_key="status", sort_key="created_at", functions_only=True, attributes=()),
        ],
    )
    table.grant(new_function(stack), "read", scan=True)
    table.grant(new_function(stack, "Writer"), "write", "delete")


def all_settings(stack: Stack) -> None:
    auth = Auth(stack, "Auth")
    table = OwnedTable(
        stack,
        "Notes",
        auth=auth,
        access=[*OWN, allow.function(new_function(stack)).to("get", everyone=True)],
        time_to_live_attribute="expires_at",
        stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
        replica_regions=["eu-west-1"],
        encryption_key=kms.Key(stack, "Key"),
        replica_key_arns={"eu-west-1": "arn:aws:kms:eu-west-1:111122223333:key/replica"},
        contributor_insights=True,
        backup_plan=backup.BackupPlan.daily35_day_retention(stack, "Backups"),
    )
    table.on_change("Changed", new_function(stack, "Listener"), dead_letter_queue=sqs.Queue(stack, "Lost"))


SCENARIOS: Final[dict[str, Callable[[Stack], None]]] = {
    build.__name__: build
    for build in (
        notes,
        reordered,
        fewer_rules,
        by_sub,
        guest_owner,
        several,
        existing,
        indexed,
    )
}


@pytest.fixture(scope="session")
def templates() -> dict[str, dict[str, Any]]:
    """Return each scenario's template by name; `data` and `identity` are one app in two stacks."""
    app = App(context=CONTEXT)
    for name, build in SCENARIOS.items():
        build(Stack(app, name.replace("_", "-")))
    all_settings(Stack(app, "all-settings", env=Environment(account="111122223333", region="us-east-1")))
    auth = Auth(Stack(app, "identity"), "Auth", groups=[Group("editors")])
    OwnedTable(Stack(app, "data"), "Notes", auth=auth, access=OWN)
    assembly = app.synth()
    return {stack.stack_name.replace("-", "_"): stack.template for stack in assembly.stacks}


@pytest.fixture(scope="session")
def statements() -> Callable[[dict[str, Any], str], list[dict[str, Any]]]:
    """Return the statements of the policies whose logical IDs begin with a name, in plain strings."""
    return statements_of
