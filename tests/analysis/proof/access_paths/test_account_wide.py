"""A trail or backup of all buckets or tables receives the data of each, in every partition."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.analysis.model.resources import Resource
from constructs_lib.analysis.proof.access_paths.account_wide import receives_all
from constructs_lib.analysis.proof.access_paths.reachable_resources import Node
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.proof.access_paths.s3_references import literal_objects

PARTITIONS = ["arn:aws", "arn:aws-cn", "arn:aws-us-gov", "arn:aws-iso-b"]


def _receives(type_: str, data: str, **properties: Any) -> bool:
    by = Resource(id="⟦S/By⟧", logical_id="By", type=type_, properties=properties, name="By", place="S/By")
    held = Resource(id="⟦S/Held⟧", logical_id="Held", type=data, properties={}, name="Held", place="S/Held")
    of_templates = Node(name="S/Held", kind=Kind.DATA, resource=held, reach=("all",), arn=held.arn)
    found = receives_all(by, of_templates)
    assert receives_all(by, replace(of_templates, resource=None)) is found
    return found


@pytest.mark.parametrize("partition", PARTITIONS)
@pytest.mark.parametrize(
    ("begin", "bucket", "table"),
    [(":s3", True, False), (":s3:::", True, False), (":dynamodb", False, True), (":lambda", False, False)],
)
def test_a_trail_of_all_objects_or_tables(partition: str, begin: str, bucket: bool, table: bool) -> None:
    selectors = [{"DataResources": [{"Type": "any", "Values": [partition + begin]}]}]
    assert _receives("AWS::CloudTrail::Trail", "AWS::S3::Bucket", EventSelectors=selectors) is bucket
    assert _receives("AWS::CloudTrail::Trail", "AWS::DynamoDB::Table", EventSelectors=selectors) is table


@pytest.mark.parametrize("partition", PARTITIONS)
def test_a_trail_of_objects_whose_arn_begins_alike(partition: str) -> None:
    fields = [{"Field": "eventCategory", "Equals": ["Data"]},
              {"Field": "resources.ARN", "StartsWith": [f"{partition}:s3:::"]}]  # fmt: skip
    selectors = [{"FieldSelectors": fields}]
    assert _receives("AWS::CloudTrail::Trail", "AWS::S3::Bucket", AdvancedEventSelectors=selectors)
    assert not _receives("AWS::CloudTrail::Trail", "AWS::DynamoDB::Table", AdvancedEventSelectors=selectors)


@pytest.mark.parametrize("partition", PARTITIONS)
def test_a_backup_by_a_pattern_of_arns(partition: str) -> None:
    selection = {"Resources": [f"{partition}:dynamodb:us-east-1:123456789012:table/*"]}
    assert _receives("AWS::Backup::BackupSelection", "AWS::DynamoDB::Table", BackupSelection=selection)
    assert not _receives("AWS::Backup::BackupSelection", "AWS::S3::Bucket", BackupSelection=selection)


@pytest.mark.parametrize("partition", PARTITIONS)
def test_a_bucket_by_its_arn_is_that_bucket(partition: str) -> None:
    found, _ = literal_objects({"Bucket": f"{partition}:s3:::code", "Key": "a.zip"})
    assert [(each.bucket, each.glob) for each in found] == [("code", "a.zip")]
