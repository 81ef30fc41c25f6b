"""Words that are another resource's name, too, refer to nothing in a resource's own name, path or tags."""

from typing import Any

import pytest

from constructs_lib.analysis.proof.access_paths.own_texts import is_own_text
from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import template
from tests.analysis.proof.access_paths.openings import Document, Opening, applied, att, of
from tests.analysis.proof.access_paths.test_access_paths import NAMES
from tests.analysis.proof.test_route_functions import FUNCTION, own
from tests.analysis.proof.test_route_functions import report as called
from tests.analysis.proof.test_traps import OWN, ROWS
from tests.proofs import proof_of

HOOK = {"Id": "1", "Arn": "arn:aws:events:us-east-1:123456789012:api-destination/x/1"}
WORDS = {
    "a name": of("AWS::Location::PlaceIndex", DataSource="Esri", IndexName="notes"),
    "a name at a depth": of("AWS::Glue::Database", CatalogId="1", DatabaseInput={"Name": "notes"}),
    "a subject": of("AWS::SES::Template", Template={"SubjectPart": "notes"}),
    "a source of events": of("AWS::Events::Rule", EventPattern={"source": ["notes"]}, Targets=[HOOK]),
    "a kind of events": of(
        "AWS::Events::Rule", EventPattern={"source": ["app"], "detail-type": ["notes"]}, Targets=[HOOK]
    ),
    "a tag": of("AWS::ECR::Repository", Tags=[{"Key": "app", "Value": "notes"}]),
    "a description": of("AWS::Glue::Workflow", Description="notes"),
}
REFERENCES = {
    "a detail of events": of(
        "AWS::Events::Rule",
        EventPattern={"source": ["aws.s3"], "detail": {"bucket": {"name": ["notes"]}}},
        Targets=[HOOK],
    ),
    "another property": of("AWS::Glue::Crawler", Targets={"DynamoDBTargets": [{"Path": "notes"}]}),
    "a name at another depth": of("AWS::Glue::Crawler", Targets={"Table": {"Name": "notes"}}),
    "a name in an ARN": of("AWS::ECR::Repository", Tags=[{"Value": "arn:aws:s3:::notes"}]),
    "the name of what it applies to": of("AWS::SSM::Association", Name="notes"),
    "a name for code": of("AWS::CloudFormation::Macro", Name="notes"),
}


def named(resource: Document) -> Status:
    given = Opening(resources={"Words": resource}, bucket={"BucketName": "notes"}, table={"TableName": "notes"})
    body = applied(template([OWN, ROWS]), NAMES, given)
    return proof_of(body).status


@pytest.mark.parametrize("name", WORDS)
def test_a_word_in_a_name_of_its_own_is_no_reference(name: str) -> None:
    assert named(WORDS[name]) is Status.PROVED


@pytest.mark.parametrize("name", REFERENCES)
def test_a_name_anywhere_else_is_a_reference(name: str) -> None:
    assert named(REFERENCES[name]) is Status.UNDECIDED


def test_a_function_called_like_a_part_of_a_path_gets_no_requests_by_it() -> None:
    code = {**FUNCTION, "Properties": {**FUNCTION["Properties"], "FunctionName": "notes"}}
    part = of("AWS::ApiGateway::Resource", PathPart="notes", ParentId="r", RestApiId="x")
    assert called(own(Code=code, Part=part)).status is Status.PROVED
    tagged = of("AWS::EC2::SecurityGroup", GroupDescription="notes", Tags=[{"Key": "Name", "Value": "notes"}])
    assert called(own(Code=code, Tagged=tagged)).status is Status.PROVED
    kept = of("AWS::ApiGateway::Resource", PathPart="x", ParentId=att("Code"), RestApiId="x")
    assert called(own(Code=code, Part=kept)).status is Status.UNDECIDED


@pytest.mark.parametrize(
    ("type_", "path", "value"),
    [
        ("Custom::Bucket", ("BucketName",), "notes"), ("AWS::CloudFormation::CustomResource", ("Name",), "notes"),
        ("AWS::Route53::RecordSet", ("Name",), "notes.example.com"), ("AWS::Glue::Workflow", ("Name",), "a notes"),
        ("AWS::Glue::Workflow", (), "notes"), ("AWS::Lambda::Url", ("FunctionName",), "notes"),
        ("AWS::Glue::Workflow", ("Name",), ["notes"]),
    ],
)  # fmt: skip
def test_what_is_not_the_name_of_the_resource_itself_may_refer(type_: str, path: tuple[str, ...], value: Any) -> None:
    assert not is_own_text(type_, path, value)
