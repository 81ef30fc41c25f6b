"""Constructs on one resource declare the owned places of all of them, in any order."""

from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any, Final, TypeAlias

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template

from constructs_lib.access import allow
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.auth import Auth, Group, Tenant
from constructs_lib.database import OwnedTable
from constructs_lib.ownership_metadata import OPENED_KEY, OWNED_KEY
from constructs_lib.storage import Storage
from constructs_lib.testing.models import models_of
from tests.synthesis import CONTEXT, new_function

Make: TypeAlias = Callable[[Stack], Callable[[str], None]]
OWN: Final = allow.owner.to("read", "write")
STAFF_READ: Final = allow.group("staff").to("read", everyone=True)
STAFF_READ_IN_TENANT: Final = allow.group("staff").to("read", everyone="tenant")


def storages(stack: Stack) -> Callable[[str], None]:
    """Storages on one bucket: owners' folders that the staff may read, and tenants' folders of a function."""
    auth = Auth(stack, "Auth", groups=[Group("staff")], tenant=Tenant())
    bucket = s3.Bucket(stack, "Bucket")
    auth.authenticated_role.add_to_principal_policy(
        iam.PolicyStatement(actions=["s3:GetObject"], resources=[bucket.arn_for_objects("Tenants/*")])
    )
    code = allow.function(new_function(stack, "Function")).to("write", everyone=True)
    rules = {"Notes": [OWN, STAFF_READ], "Drafts": [OWN, STAFF_READ], "Tenants": [code]}

    def make(id: str) -> None:
        place = "tenant" if id == "Tenants" else "owner"
        Storage(stack, id, auth=auth, bucket=bucket, access={f"{id}/{{{place}}}/*": rules[id]})

    return make


def tables(stack: Stack) -> Callable[[str], None]:
    """OwnedTables on one table: owners' rows, and those of a tenant's people, which its staff may read."""
    auth = Auth(stack, "Auth", groups=[Group("staff")], tenant=Tenant())
    attribute = dynamodb.Attribute(name="owner", type=dynamodb.AttributeType.STRING)
    table = dynamodb.TableV2(stack, "Table", partition_key=attribute)
    keys = {"Notes": "NOTE#{owner}", "People": "{tenant}#{owner}"}
    rules = {"Notes": [OWN], "People": [OWN, STAFF_READ_IN_TENANT]}

    def make(id: str) -> None:
        OwnedTable(stack, id, auth=auth, table=table, key=keys[id], access=rules[id])

    return make


def template(make: Make, order: Sequence[str]) -> dict[str, Any]:
    stack = Stack(App(context=CONTEXT), "Stack")
    construct = make(stack)
    for id in order:
        construct(id)
    return dict(Template.from_stack(stack).to_json())


def metadata(template: dict[str, Any], kind: str) -> dict[str, Any]:
    [found] = [each["Metadata"] for each in template["Resources"].values() if each["Type"] == kind]
    return {key: found[key] for key in (OWNED_KEY, OPENED_KEY)}


@pytest.mark.parametrize(
    ("make", "ids", "kind", "opened"),
    [
        (storages, ("Notes", "Drafts", "Tenants"), "AWS::S3::Bucket", 2),
        (tables, ("Notes", "People"), "AWS::DynamoDB::GlobalTable", 1),
    ],
)
def test_a_resource_says_the_places_of_all_its_constructs(
    make: Make, ids: tuple[str, ...], kind: str, opened: int
) -> None:
    first, *others = [metadata(template(make, order), kind) for order in permutations(ids)]
    assert (len(first[OWNED_KEY]), len(first[OPENED_KEY])) == (len(ids), opened)
    assert [each for each in others if each != first] == []


@pytest.mark.parametrize("order", [("Tenants", "Notes"), ("Notes", "Tenants")])
def test_a_policy_that_opens_a_place_of_either_construct_is_found(order: tuple[str, ...]) -> None:
    """No policy names the tenant of `Tenants`: the bucket alone says that it is owned."""
    findings = prove(models_of(template(storages, order))).findings
    reached = {each.subject.partition(" ")[2] for each in findings if each.status is Status.COUNTEREXAMPLE}
    assert reached == {"Tenants/{tenant}/*"}
