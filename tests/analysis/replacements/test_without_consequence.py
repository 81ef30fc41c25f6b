"""Every type is listed as one with a loss, as one without, or named in a note."""

import json
from pathlib import Path
from typing import Any

import cfnlint
import pytest

from constructs_lib.analysis.replacements import Replacements, find_replacements
from constructs_lib.analysis.replacements.consequences import MEANINGS
from constructs_lib.analysis.replacements.schemas import has_schema
from constructs_lib.analysis.replacements.without_consequence import REASONS

SILENT = [kind for kinds in REASONS.values() for kind in kinds]


def compare(old: dict[str, Any], new: dict[str, Any]) -> Replacements:
    return find_replacements({"App": {"Resources": old}}, {"App": {"Resources": new}})


def machine(name: str, **attributes: Any) -> dict[str, Any]:
    properties = {"StateMachineName": name}
    return {"It": {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties, **attributes}}


def test_a_replaced_resource_of_another_type_is_named() -> None:
    result = compare(machine("a"), machine("b"))
    (note,) = result.notes
    assert (note.stack, note.logical_id, result.findings) == ("App", "It", ())
    assert note.text == (
        "replaced (AWS::StepFunctions::StateMachine). StateMachineName can be set at creation only and changes from a "
        "to b. The old one is deleted (no UpdateReplacePolicy: Retain). Whether data, users or an address are lost is "
        "not known."
    )
    assert compare(machine("a"), machine("a")).notes == ()


def test_a_removed_resource_of_another_type_is_named() -> None:
    (note,) = compare(machine("a"), {}).notes
    assert note.text.startswith("deleted (AWS::StepFunctions::StateMachine). It is no longer in the template: ")
    assert "kept outside the stack" in compare(machine("a", DeletionPolicy="Retain"), {}).notes[0].text
    assert compare({}, machine("a")).notes == ()


@pytest.mark.parametrize("kind", ["AWS::IAM::Policy", "AWS::Lambda::Version", "AWS::EC2::Subnet", "Custom::Files"])
def test_a_type_without_consequence_is_silent(kind: str) -> None:
    assert compare({"It": {"Type": kind}}, {}) == compare({}, {})
    role = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "a"}}
    assert compare({"It": role}, {"It": {**role, "Properties": {"RoleName": "b"}}}).notes == ()


@pytest.mark.parametrize("kind", [
    "ApiGateway::BasePathMapping", "ApiGateway::Stage", "ApiGatewayV2::ApiMapping", "ApiGatewayV2::Stage",
    "AppRunner::Service", "AppSync::ApiKey", "AppSync::DomainName", "Backup::LogicallyAirGappedBackupVault",
    "Cassandra::Keyspace", "CloudFront::Distribution", "Cognito::IdentityPoolRoleAttachment", "EC2::EIP",
    "ElastiCache::ServerlessCache", "ElasticLoadBalancingV2::LoadBalancer", "FSx::Volume", "IoT::Thing",
    "KMS::ReplicaKey", "KinesisVideo::Stream", "Location::Tracker", "MSK::Cluster", "Pinpoint::App",
    "RedshiftServerless::Namespace", "Route53::HostedZone", "S3Tables::Table", "S3Vectors::Index",
    "Timestream::InfluxDBInstance", "Transfer::Server",
])  # fmt: skip
def test_a_type_beside_a_listed_one_is_listed_too(kind: str) -> None:
    assert [each.logical_id for each in compare({"It": {"Type": f"AWS::{kind}"}}, {}).findings] == ["It"]


def test_the_name_of_a_stage_is_a_part_of_its_address() -> None:
    old, new = ({"It": {"Type": "AWS::ApiGateway::Stage", "Properties": {"StageName": name}}} for name in ("a", "b"))
    assert [each.cause for each in compare(old, new).findings] == ["StageName"]


def test_the_lists_name_types_of_cloudformation_and_each_once() -> None:
    assert [kind for kind in (*MEANINGS, *SILENT) if not has_schema(kind)] == []
    assert len({*MEANINGS, *SILENT}) == len(MEANINGS) + len(SILENT)


def test_every_type_with_state_for_cloudformation_has_a_loss() -> None:
    path = Path(cfnlint.__file__).parent / "data" / "AdditionalSpecs" / "StatefulResources.json"
    assert set(json.loads(path.read_text(encoding="utf-8"))["ResourceTypes"]) <= MEANINGS.keys()
