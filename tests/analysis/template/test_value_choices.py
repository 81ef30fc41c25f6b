"""A text is the name of a resource for the values with which both are equal, and each such choice is found once."""

from typing import Any

import pytest

from constructs_lib.analysis.template.nested_stacks import instantiate
from constructs_lib.analysis.template.resolutions import Resolved, resolutions
from constructs_lib.analysis.template.templates import Template
from constructs_lib.analysis.template.value_choices import MAX_CHOICES, ValueChoice, value_choices

PARAMETERS = {name: {"Type": "String"} for name in ("Prefix", "Other")}


def deployed(*bodies: dict[str, Any]) -> tuple[Resolved, ...]:
    templates = [
        Template(name=f"T{number}", body={"Parameters": PARAMETERS, "Resources": body}, source="t")
        for number, body in enumerate(bodies)
    ]
    return next(resolutions(instantiate(templates)))


def bucket(name: str) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": name}}}


def text(value: Any) -> dict[str, Any]:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}}


@pytest.mark.parametrize(
    ("name", "value", "chosen"),
    [
        ("${AWS::StackName}-files", "app-files", {"⟦AWS::StackName⟧": "app"}),
        ("${AWS::StackName}-files", "arn:aws:s3:::app-files/*", {"⟦AWS::StackName⟧": "app"}),
        ("${AWS::StackName}-files", "app-files.s3.eu-west-1.amazonaws.com", {"⟦AWS::StackName⟧": "app"}),
        ("${AWS::StackName}-files", "aws s3api --bucket app-files", {"⟦AWS::StackName⟧": "app"}),
        ("${AWS::StackName}-files", '{"bucket": "app-files"}', {"⟦AWS::StackName⟧": "app"}),
        ("files-${Prefix}", "files-app", {"⟦parameter Prefix⟧": "app"}),
        ("${Prefix}-a-${Prefix}", "x-a-x", {"⟦parameter Prefix⟧": "x"}),
        ("${Prefix}-${AWS::Region}", "app-eu-west-1", {"⟦parameter Prefix⟧": "app"}),
        ("${Prefix}-${AWS::AccountId}", "app-111122223333", {"⟦parameter Prefix⟧": "app"}),
        ("app-files", {"Fn::Sub": "${Prefix}-files"}, {"⟦parameter Prefix⟧": "app"}),
        ("${Prefix}-files", {"Fn::Sub": "${Other}-files"}, {"⟦parameter Prefix⟧": "⟦parameter Other⟧"}),
    ],
)
def test_a_text_that_may_be_a_name_is_one_for_some_values(name: str, value: Any, chosen: dict[str, str]) -> None:
    resolved = deployed({"Bucket": bucket(name), "Text": text(value)})
    [choice] = value_choices(resolved)
    assert choice.values == chosen
    [applied] = choice.applied(resolved)
    named = applied.resources["Bucket"]["Properties"]["BucketName"]
    assert named in applied.resources["Text"]["Properties"]["Value"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("${AWS::StackName}-files", "app-rows"),
        ("${AWS::StackName}-files", "app-files-2"),
        ("${AWS::StackName}-files", {"Fn::Sub": "${AWS::StackName}-files"}),
        ("${AWS::StackName}-files", {"Fn::Sub": "${AWS::StackName}-rows"}),
        ("${Prefix}-a-${Prefix}", "x-a-y"),
        ("${Prefix}-${AWS::AccountId}", "app-1111"),
        ("app-files", "app-files"),
        # A name that is unknown as a whole is none of the templates' names.
        ("app-files", {"Ref": "Prefix"}),
        ("${Prefix}", "app-files"),
    ],
)
def test_a_text_that_is_another_name_or_the_name_itself_needs_no_choice(name: str, value: Any) -> None:
    assert value_choices(deployed({"Bucket": bucket(name), "Text": text(value)})) == []


def test_names_that_are_undetermined_at_different_ends_are_taken_for_equal() -> None:
    resolved = deployed({"Bucket": bucket("app-${Prefix}"), "Text": text({"Fn::Sub": "${Other}-files"})})
    [choice] = value_choices(resolved)
    [applied] = choice.applied(resolved)
    assert applied.resources["Text"]["Properties"]["Value"] == applied.resources["Bucket"]["Properties"]["BucketName"]


def test_the_name_of_a_resource_of_another_type_is_no_name() -> None:
    table = {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "app-files"}}
    assert value_choices(deployed({"Bucket": bucket("${AWS::StackName}-files"), "Table": table})) == []


def test_two_stacks_have_two_names() -> None:
    files = bucket("${AWS::StackName}-files")
    assert value_choices(deployed({"Bucket": files}, {"Bucket": files})) == []


def test_choices_that_agree_are_combined_and_choices_that_contradict_each_other_are_not() -> None:
    resources = {
        "Bucket": bucket("${Prefix}-files"), "Logs": bucket("${Other}-logs"),
        "Text": text("a-files b-files"), "More": text("c-logs"),
    }  # fmt: skip
    found = [dict(each.values) for each in value_choices(deployed(resources))]
    prefix, other = "⟦parameter Prefix⟧", "⟦parameter Other⟧"
    for expected in ({prefix: "a"}, {prefix: "b"}, {other: "c"}, {prefix: "a", other: "c"}, {prefix: "b", other: "c"}):
        assert found.count(expected) == 1
    assert len(found) == 5


def test_there_is_one_more_choice_than_the_maximum_if_there_are_more() -> None:
    every = " ".join(f"x{number}-files" for number in range(2 * MAX_CHOICES))
    found = value_choices(deployed({"Bucket": bucket("${Prefix}-files"), "Text": text(every)}))
    assert len(found) > MAX_CHOICES


def test_many_texts_of_one_choice_do_not_hide_another() -> None:
    texts = {f"Text{number}": text(f"x-files {number}") for number in range(20 * MAX_CHOICES)}
    found = value_choices(deployed({"Bucket": bucket("${Prefix}-files"), **texts, "Last": text("app-files")}))
    assert {"⟦parameter Prefix⟧": "app"} in [dict(each.values) for each in found]


def test_a_name_with_slashes_is_found_in_a_long_text() -> None:
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": {"Fn::Sub": "/app/${Prefix}/calls"}}}
    found = value_choices(deployed({"Group": group, "Text": text("x/" * 700 + "/app/users/calls" + "/x" * 700)}))
    assert {"⟦parameter Prefix⟧": "users"} in [dict(each.values) for each in found]


@pytest.mark.parametrize("value", ["a-" * 8000, "-" * 16000, "x-files" * 2000, "a-" * 250 + "x"])
def test_a_long_text_of_code_is_searched_at_once(value: str) -> None:
    resolved = deployed({"Bucket": bucket("${Prefix}-${Other}-${AWS::StackName}-files"), "Text": text(value)})
    assert value_choices(resolved) == []


def test_a_value_that_may_be_any_text_may_be_the_name_of_each_resource_and_the_arn_of_a_role() -> None:
    body = {
        "Bucket": bucket("b"),
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r"}},
        "Stored": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/app/x", "Value": "v"}},
        "Text": text("{{resolve:ssm:/app/x}}"),
    }
    names = {"/app/x": frozenset({""})}
    found = value_choices(
        next(resolutions(instantiate([Template(name="T", body={"Resources": body}, source="t", names=names)])))
    )
    assert [[*each.values.values()] for each in found] == [["b"], ["r"], ["arn:aws:iam::⟦AWS::AccountId⟧:role/r"]]


def test_contradicting_choices_are_none_together() -> None:
    assert ValueChoice(values={"⟦a⟧": "x"}) | ValueChoice(values={"⟦a⟧": "y"}) is None
    assert ValueChoice(texts={"t": "x"}) | ValueChoice(texts={"t": "y"}) is None
