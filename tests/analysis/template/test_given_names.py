"""Names that templates give or use: a value that may be one of them is any text."""

from typing import Any

import pytest

from constructs_lib.analysis.template.given_names import given_names
from constructs_lib.analysis.template.templates import Template
from constructs_lib.analysis.template.unknown_values import exported, one_of, output_of, without_references


def names(kind: str, **properties: Any) -> set[str]:
    body = {
        "Parameters": {
            "P": {"Type": "String", "Default": "docs", "AllowedValues": ["files"]},
            "L": {"Type": "CommaDelimitedList", "Default": "docs, files"},
        },
        "Mappings": {"M": {"a": {"b": "in-map"}}},
        "Resources": {"R": {"Type": kind, "Properties": properties}},
    }
    return set(given_names([Template(name="S", body=body, source="test")]))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("docs", {"docs"}),
        ({"Fn::Sub": "docs-${AWS::Region}"}, {"docs-*"}),
        ({"Fn::Sub": ["docs-${X}", {"X": "y"}]}, {"docs-*"}),
        ({"Fn::If": ["C", "docs", {"Fn::Join": ["-", ["a", {"Ref": "P"}]]}]}, {"docs", "a-*"}),
        ({"Ref": "R2"}, set()),
        ({"Fn::GetAtt": ["R2", "Name"]}, set()),
        ({"Ref": "P"}, {"docs", "files"}),
        ({"Fn::Sub": "${P}"}, {"docs", "files"}),
        ({"Fn::FindInMap": ["M", {"Ref": "P"}, "b"]}, {"in-map"}),
        ({"Fn::FindInMap": [{"Ref": "P"}, "a", "b"]}, {"in-map"}),
        ({"Fn::FindInMap": ["M", "z", "b", {"DefaultValue": "other"}]}, {"in-map", "other"}),
        ({"Fn::Select": [1, ["docs", "files"]]}, {"docs", "files"}),
        ({"Fn::Select": [1, {"Ref": "L"}]}, {"docs", "files"}),
    ],
)
def test_a_name_is_a_glob_of_what_the_template_shows(name: Any, expected: set[str]) -> None:
    assert names("AWS::S3::Bucket", BucketName=name) == expected


def test_names_in_policies_and_keys_of_stored_values_count_too() -> None:
    assert names("AWS::SSM::Parameter", Name="/app/bucket", Value="x") == {"/app/bucket"}
    assert names("AWS::S3::BucketPolicy", Bucket="docs") == {"docs"}
    assert names(
        "AWS::IAM::Policy", PolicyDocument=["arn:aws:s3:::a.b/*", {"x": "arn:aws:dynamodb:r:a:table/t/i"}]
    ) == {
        "a.b",
        "t",
    }


@pytest.mark.parametrize(
    "properties",
    [
        {"Code": {"S3Bucket": "code", "S3Key": "a.zip"}},
        {"Command": {"ScriptLocation": {"Fn::Sub": "s3://code/${P}.py"}}},
        {"TemplateURL": "https://code.s3.amazonaws.com/a.json"},
        {"TemplateURL": "https://s3.eu-west-1.amazonaws.com/code/a.json"},
        {"Source": [{"Location": {"Bucket": "code"}}]},
    ],
)
def test_a_bucket_that_holds_code_has_a_name(properties: Any) -> None:
    assert names("AWS::Any::Type", **properties) == {"code"}
    assert names("AWS::Any::Type", Code={"S3Bucket": "NONE"}) == set()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([None, "other"], "⟦P⟧"),
        (["docs-1"], "⟦wildcard P⟧"),
        (["a*"], "⟦wildcard P⟧"),
        (["{{resolve:ssm:/k}}"], "⟦wildcard P⟧"),
    ],
)
def test_one_of_several_values_is_any_text_if_one_names_a_resource(values: list[Any], expected: str) -> None:
    assert one_of("P", iter(values), {"docs-*": {""}}) == expected


@pytest.mark.parametrize(
    ("origins", "expected"),
    [({"parameter P"}, "⟦P⟧"), ({"parameter Q"}, "⟦wildcard P⟧"), ({"parameter P", ""}, "⟦wildcard P⟧")],
)
def test_a_name_that_comes_from_the_value_alone_is_no_other_name(origins: set[str], expected: str) -> None:
    assert one_of("P", iter(["docs"]), {"docs": origins}, "parameter P") == expected


def test_a_stored_value_with_a_key_of_the_templates_is_any_text() -> None:
    keys = {"/app/bucket": {""}}
    assert without_references("{{resolve:ssm:/app/bucket:1}}", keys) == "⟦wildcard import resolve:ssm:/app/bucket:1⟧"
    assert without_references("{{resolve:ssm:/app/other}}", keys) == "⟦import resolve:ssm:/app/other⟧"
    assert without_references("{{resolve:secretsmanager:/app/bucket}}", keys).startswith("⟦import")


def test_an_export_or_output_that_may_be_one_of_the_templates_is_any_text() -> None:
    exports = {"⟦AWS::StackName of A⟧-bucket": "⟦A/B⟧", "A.Bucket": "⟦A/B⟧", "A/N?P-bucket": "x"}
    assert exported("⟦AWS::StackName of A⟧-bucket", exports, "/") == "⟦A/B⟧"
    assert exported("⟦parameter Net⟧-bucket", exports, "/") == "⟦wildcard import ⟦parameter Net⟧-bucket⟧"
    assert exported("prod-bucket", exports, "/") == "⟦wildcard import prod-bucket⟧"
    assert exported("prod-table", exports, "/") == "⟦import prod-table⟧"
    assert output_of("A", "Bucket", exports) == "⟦A/B⟧"
    assert output_of("⟦parameter Net⟧", "Bucket", exports) == "⟦wildcard output ⟦parameter Net⟧.Bucket⟧"
    assert output_of("A", "Table", exports) == "⟦output A.Table⟧"
