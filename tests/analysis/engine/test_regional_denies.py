"""A Deny of a resource in one region or account, of which policies allow it in more."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.analysis.engine.policy_layers import Layers
from constructs_lib.analysis.engine.regional_denies import in_every_region
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.policies import Statement
from constructs_lib.analysis.model.kinds.table import Table
from constructs_lib.analysis.model.resources import Resource, Resources
from constructs_lib.analysis.template.atoms import ACCOUNT, REGION

OWN = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/rows"


def table(*regions: str, replicas: Any = None) -> Table:
    listed = [{"Region": each} for each in regions] if replicas is None else replicas
    resource = Resource(
        id="rows", logical_id="Table", type="AWS::DynamoDB::GlobalTable", properties={"Replicas": listed}, name="Table"
    )
    [found] = Table.declared_in(Resources(all=[resource]))
    return found


def statement(effect: str, where: str, **more: Any) -> Statement:
    resource = f"arn:aws:dynamodb:{where}:table/rows" if where else "*"
    document = {"Effect": effect, "Action": "dynamodb:*", **({"Resource": resource} | more)}
    return parse_policy({"Statement": document}, "a policy").statements[0]


def doubted(holder: Table, allowed: str, denied: str) -> bool:
    layers = Layers(identity=(statement("Allow", allowed), statement("Deny", denied)))
    found = in_every_region(layers, holder).identity
    assert found[0] == layers.identity[0]
    return "the Deny names Table in" in found[1].doubt


@pytest.mark.parametrize(
    ("allowed", "denied", "doubt"),
    [
        (f"{REGION}:{ACCOUNT}", f"{REGION}:{ACCOUNT}", False),
        ("*:*", f"{REGION}:{ACCOUNT}", False),
        ("*:*", "us-east-1:123456789012", False),
        (f"{REGION}:{ACCOUNT}", "us-east-1:123456789012", False),
        ("us-east-1:123456789012", f"{REGION}:{ACCOUNT}", False),
        ("us-east-1:123456789012", "us-east-1:*", False),
        ("us-*:*", "us-east-1:*", False),
        ("us-east-1:*", "", False),
        ("us-*:*", "eu-west-1:*", True),
        ("us-east-1:*", "eu-west-1:*", True),
        ("*:123456789012", "*:999999999999", True),
    ],
)
def test_literal_regions_and_accounts_are_the_deployments_unless_they_differ(
    allowed: str, denied: str, doubt: bool
) -> None:
    assert doubted(table("us-east-1"), allowed, denied) is doubt


@pytest.mark.parametrize(
    ("allowed", "denied", "doubt"),
    [
        ("*:*", "*:*", False),
        ("", "", False),
        (f"{REGION}:{ACCOUNT}", f"{REGION}:{ACCOUNT}", False),
        ("us-east-1:*", "us-east-1:*", False),
        ("*:*", f"{REGION}:{ACCOUNT}", True),
        ("", "us-east-1:*", True),
        ("us-east-1:*", f"{REGION}:{ACCOUNT}", True),
    ],
)
def test_a_deny_in_one_region_does_not_cover_the_replicas_of_a_global_table(
    allowed: str, denied: str, doubt: bool
) -> None:
    assert doubted(table("us-east-1", "eu-west-1"), allowed, denied) is doubt
    assert doubted(table(replicas="⟦parameter Replicas⟧"), allowed, denied) is doubt
    assert doubted(table(replicas=["⟦wildcard S/Custom.Data⟧"]), allowed, denied) is doubt


def test_an_allow_of_all_but_one_region_of_a_global_table_may_allow_the_others() -> None:
    but = parse_policy({"Statement": {"Effect": "Allow", "Action": "*", "NotResource": OWN}}, "a policy").statements[0]
    everywhere = parse_policy(
        {"Statement": {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:dynamodb:*:*:table/rows"}}, "a policy"
    ).statements[0]
    several = in_every_region(Layers(identity=(but, everywhere)), table("us-east-1", "eu-west-1"))
    assert [each.resources for each in several.possible] == [("*",)]
    assert in_every_region(Layers(identity=(but,)), table("us-east-1")).possible == ()


def literal(effect: str, *where: str, excluded: bool = False) -> Statement:
    arns = [f"arn:aws:dynamodb:{each}:table/rows" for each in where]
    document = {"Effect": effect, "Action": "dynamodb:*", "NotResource" if excluded else "Resource": arns}
    return parse_policy({"Statement": document}, "a policy").statements[0]


def test_a_deny_in_every_region_that_policies_name_is_not_in_doubt() -> None:
    for holder in (table("us-east-1"), table("us-east-1", "eu-west-1")):
        layers = Layers(identity=(literal("Allow", "us-east-1:1"), literal("Deny", "eu-west-1:1", "us-east-1:1")))
        assert in_every_region(layers, holder) == layers


def test_of_denies_in_two_literal_regions_each_is_in_doubt() -> None:
    denies = literal("Deny", "eu-west-1:*"), literal("Deny", "us-east-1:*")
    found = in_every_region(Layers(identity=(statement("Allow", f"{REGION}:{ACCOUNT}"), *denies)), table("us-east-1"))
    assert [bool(each.doubt) for each in found.identity] == [False, True, True]


def test_a_deny_in_the_allowed_region_of_a_global_table_is_not_in_doubt_for_one_in_another() -> None:
    statements = literal("Allow", "us-east-1:*"), literal("Deny", "us-east-1:*"), literal("Deny", "eu-west-1:*")
    found = in_every_region(Layers(identity=statements), table("us-east-1", "eu-west-1"))
    assert [bool(each.doubt) for each in found.identity] == [False, False, True]


@pytest.mark.parametrize(
    ("allowed", "excluded", "wider"),
    [
        ("eu-west-1:*", "us-east-1:*", True),
        ("*:123456789012", "*:999999999999", True),
        ("us-east-1:*", "us-east-1:*", False),
        ("*:*", "us-east-1:*", False),
        (f"{REGION}:{ACCOUNT}", "us-east-1:123456789012", False),
    ],
)
def test_an_allow_of_all_but_another_literal_region_may_allow_the_deployments(
    allowed: str, excluded: str, wider: bool
) -> None:
    but = literal("Allow", excluded, excluded=True)
    allow = literal("Allow", allowed)
    found = in_every_region(Layers(identity=(allow, but), limits=((allow, but),)), table("us-east-1"))
    assert [each.resources for each in found.possible] == ([("*",)] if wider else [])
    assert found.possible_limits == (found.possible,)
    assert all("leaves out Table in" in each.doubt for each in found.possible)


def test_a_deny_of_another_service_or_of_all_but_something_is_not_in_doubt() -> None:
    queue = parse_policy(
        {"Statement": {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:sqs:us-east-1:1:q"}}, "a policy"
    ).statements[0]
    but = parse_policy({"Statement": {"Effect": "Deny", "Action": "*", "NotResource": OWN}}, "a policy").statements[0]
    layers = Layers(identity=(statement("Allow", "*:*"), queue, but), limits=((but,),), possible_limits=((),))
    assert in_every_region(layers, table("us-east-1", "eu-west-1")) == layers


def test_the_replicas_that_a_custom_resource_of_the_cdk_makes_are_those_of_its_table() -> None:
    rows = Resource(id="rows", logical_id="Table", type="AWS::DynamoDB::Table", properties={}, name="Table")
    made = {"TableName": "rows", "Region": "eu-west-1"}
    copy = Resource(
        id="⟦S/Copy⟧", logical_id="Copy", type="Custom::DynamoDBReplica", properties=made, name="Table/Replica"
    )
    [found] = Table.declared_in(Resources(all=[rows, copy]))
    assert doubted(found, "*:*", f"{REGION}:{ACCOUNT}")
    [another] = Table.declared_in(Resources(all=[rows, replace(copy, properties={**made, "TableName": "others"})]))
    assert not doubted(another, "*:*", f"{REGION}:{ACCOUNT}")


@pytest.mark.parametrize(
    ("allowed", "denied", "doubt"),
    [("*:*", f"{REGION}:{ACCOUNT}", True), (f"{REGION}:{ACCOUNT}", "us-east-1:*", False), ("*:*", "*:*", False)],
)
def test_a_table_that_no_template_has_may_have_replicas_too(allowed: str, denied: str, *, doubt: bool) -> None:
    elsewhere = replace(table("us-east-1"), replicas=("*",))
    [outside] = Table.outside([statement("Allow", f"{REGION}:{ACCOUNT}")], (), Resources(all=[]))
    assert outside.regions == elsewhere.regions
    assert doubted(elsewhere, allowed, denied) is doubt
