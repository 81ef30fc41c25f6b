"""Names of resources in the properties of others: an everyday name may be one of a function, a table and a bucket."""

import pytest

from constructs_lib.analysis.proof.access_paths.resource_references import Names
from tests.analysis.proof.access_paths.openings import Document, of
from tests.proofs import models_of

NAMED = {
    "Code": of("AWS::Lambda::Function", FunctionName="notes"),
    "Rows": of("AWS::DynamoDB::Table", TableName="notes"),
    "Objects": of("AWS::S3::Bucket", BucketName="notes"),
}
ONE_NAME = {
    "the function's ARN": ("arn:aws:lambda:us-east-1:123456789012:function:notes", {"Code"}),
    "the table's ARN": ("arn:aws:dynamodb:us-east-1:123456789012:table/notes", {"Rows"}),
    "the bucket's ARN": ("arn:aws:s3:::notes/x", {"Objects"}),
    "an ARN of another service": (
        "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/notes", {"Code", "Objects", "Rows"}
    ),
    "a name beside an ARN": ("arn:aws:lambda:us-east-1:123456789012:function:f,notes", {"Code", "Objects", "Rows"}),
    "a name alone": ("notes", {"Code", "Objects", "Rows"}),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE_NAME)
def test_an_arn_of_a_service_names_no_resource_of_another(name: str) -> None:
    value, expected = ONE_NAME[name]
    assert referred({"Any": value}) == expected


@pytest.mark.parametrize(
    ("type_", "key", "expected"),
    [
        ("AWS::Lambda::Permission", "FunctionName", {"Code"}), ("AWS::Glue::Crawler", "TableName", {"Rows"}),
        ("AWS::Glue::Crawler", "BucketName", {"Objects"}), ("Custom::X", "TableName", {"Code", "Objects", "Rows"}),
    ],
)  # fmt: skip
def test_a_property_for_a_function_table_or_bucket_names_nothing_else(type_: str, key: str, expected: set[str]) -> None:
    assert referred({key: "notes"}, type_) == expected


def referred(properties: Document, type_: str = "AWS::Glue::Crawler") -> set[str]:
    body = {"Resources": {**NAMED, "By": of(type_, **properties)}}
    (model,) = models_of(body)
    names = Names(model.resources)
    by_it = {one.place for one in model.resources if any(each.by.place == "T/By" for each in names.mentions(one.place))}
    return {each.removeprefix("T/") for each in by_it}
