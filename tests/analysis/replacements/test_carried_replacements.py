"""A replacement replaces the resources that name the replaced one in a create-only property, whatever the types."""

from typing import Any

import pytest

from constructs_lib.analysis.replacements import Effect, Finding, find_replacements

SUBNET: dict[str, Any] = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "v", "CidrBlock": "10.0.0.0/24"}}
ALIAS: dict[str, Any] = {"Type": "AWS::Lambda::Alias", "Properties": {"Name": "live", "FunctionName": "f"}}
GROUP: dict[str, Any] = {"Type": "AWS::RDS::DBSubnetGroup", "Properties": {"DBSubnetGroupName": "a"}}
BY_SUBNET = {"Type": "AWS::FSx::FileSystem", "Properties": {"SubnetIds": [{"Ref": "Named"}]}}
BY_ALIAS = {"Type": "AWS::Lambda::Url", "Properties": {"TargetFunctionArn": {"Ref": "Named"}}}
BY_GROUP = {"Type": "AWS::RDS::DBCluster", "Properties": {"DBSubnetGroupName": {"Ref": "Named"}}}


def found(old: dict[str, Any], new: dict[str, Any]) -> list[Finding]:
    return list(find_replacements({"App": {"Resources": old}}, {"App": {"Resources": new}}).findings)


def changed(resource: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {**resource, "Properties": {**resource["Properties"], **properties}}


@pytest.mark.parametrize(
    ("named", "properties", "user", "cause"),
    [
        (SUBNET, {"CidrBlock": "10.0.1.0/24"}, BY_SUBNET, "SubnetIds"),
        (ALIAS, {"Name": "next"}, BY_ALIAS, "TargetFunctionArn"),
        (GROUP, {"DBSubnetGroupName": "b"}, BY_GROUP, "DBSubnetGroupName"),
    ],
)
def test_a_replacement_of_any_type_is_carried_on(
    named: dict[str, Any], properties: dict[str, Any], user: dict[str, Any], cause: str
) -> None:
    (finding,) = found({"Named": named, "User": user}, {"Named": changed(named, **properties), "User": user})
    assert (finding.logical_id, finding.effect, finding.cause) == ("User", Effect.REPLACED, cause)
    assert finding.certain


def test_a_replacement_is_carried_into_a_nested_stack() -> None:
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"Parameters": {"Subnet": {"Ref": "Named"}}}}
    user = {"Type": "AWS::FSx::FileSystem", "Properties": {"SubnetIds": [{"Ref": "Subnet"}]}}
    old, new = (
        {"App/Nested": {"Resources": {"User": user}}, "App": {"Resources": {"Named": subnet, "Nested": nested}}}
        for subnet in (SUBNET, changed(SUBNET, CidrBlock="10.0.1.0/24"))
    )
    (finding,) = find_replacements(old, new).findings
    assert (finding.stack, finding.cause, finding.certain) == ("App/Nested", "SubnetIds", True)
    assert find_replacements(old, old).findings == ()


def nested(subnet: dict[str, Any], *, value: Any) -> dict[str, Any]:
    """Return an app with a subnet in a nested stack, which two other stacks use by an output."""
    by_output = {"Fn::GetAtt": ["Network", "Outputs.Subnet"]}
    kind = "AWS::CloudFormation::Stack"
    parent = {
        "User": {"Type": "AWS::FSx::FileSystem", "Properties": {"SubnetIds": [by_output]}},
        "Network": {"Type": kind},
        "Data": {"Type": kind, "Properties": {"Parameters": {"Subnet": by_output}}},
    }
    user = {"Type": "AWS::FSx::FileSystem", "Properties": {"SubnetIds": [{"Ref": "Subnet"}]}}
    return {
        "App/Network": {"Resources": {"Named": subnet, "Other": SUBNET}, "Outputs": {"Subnet": {"Value": value}}},
        "App/Data": {"Resources": {"User": user}},
        "App": {"Resources": parent},
    }


def test_a_replacement_is_carried_out_of_a_nested_stack() -> None:
    new, value = changed(SUBNET, CidrBlock="10.0.1.0/24"), {"Ref": "Named"}
    result = find_replacements(nested(SUBNET, value=value), nested(new, value=value)).findings
    assert [(each.stack, each.logical_id, each.certain) for each in result] == [
        ("App", "User", True), ("App/Data", "User", True),
    ]  # fmt: skip
    assert find_replacements(nested(SUBNET, value={"Ref": "Other"}), nested(new, value={"Ref": "Other"})).findings == ()


def test_another_value_of_an_output_may_replace() -> None:
    old, new = (nested(SUBNET, value={"Ref": name}) for name in ("Named", "Other"))
    assert [(each.stack, each.certain) for each in find_replacements(old, new).findings] == [
        ("App", False), ("App/Data", False),
    ]  # fmt: skip


def test_an_update_in_place_carries_nothing_on() -> None:
    new = changed(SUBNET, MapPublicIpOnLaunch=True)
    assert found({"Named": SUBNET, "User": BY_SUBNET}, {"Named": new, "User": BY_SUBNET}) == []


def test_a_property_that_only_may_replace_carries_a_possible_replacement_on() -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "a"}}
    user = {"Type": "AWS::RDS::DBInstance", "Properties": {"DBSnapshotIdentifier": {"Ref": "Named"}}}
    (finding,) = found({"Named": role, "User": user}, {"Named": changed(role, RoleName="b"), "User": user})
    assert (finding.cause, finding.certain) == ("DBSnapshotIdentifier", False)


def search(options: Any) -> dict[str, Any]:
    return {"Search": {"Type": "AWS::OpenSearchService::Domain", "Properties": {"EncryptionAtRestOptions": options}}}


def test_both_branches_of_a_condition_are_compared() -> None:
    old, other, more = (
        {"Fn::If": ["IsProd", {"KmsKeyId": key, **extra}, {"Ref": "AWS::NoValue"}]}
        for key, extra in (("a", {}), ("b", {}), ("a", {"Comment": "x"}))
    )
    (finding,) = found(search(old), search(other))
    assert (finding.effect, finding.cause, finding.certain) == (
        Effect.REPLACED, "EncryptionAtRestOptions.KmsKeyId", False,
    )  # fmt: skip
    assert found(search(old), search(more)) == []


def test_what_a_function_returns_may_replace() -> None:
    old, new = ({"Fn::Transform": {"Name": "Encryption", "Parameters": {"Key": key}}} for key in "ab")
    assert {each.certain for each in found(search(old), search(new))} == {False}
    assert found(search(old), search(old)) == []


def test_a_path_leads_into_every_item_of_a_list() -> None:
    def manager(*kinds: str) -> dict[str, Any]:
        properties = {"ConfigurationDefinitions": [{"Type": kind} for kind in kinds]}
        return {
            "Named": {"Type": "AWS::SSMQuickSetup::ConfigurationManager", "Properties": properties},
            "User": BY_SUBNET,
        }

    assert [each.logical_id for each in found(manager("a", "b"), manager("a", "c"))] == ["User"]
    assert found(manager("a", "b"), manager("a", "b")) == []
