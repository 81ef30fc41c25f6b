"""A literal text of a policy is an owner's place for the values with which it begins as the place does."""

from typing import Any

import pytest

from constructs_lib.analysis.model.policy_value_choices import policy_value_choices
from constructs_lib.analysis.template.nested_stacks import instantiate
from constructs_lib.analysis.template.resolutions import resolutions
from constructs_lib.analysis.template.templates import Template
from constructs_lib.analysis.template.value_choices import ValueChoice

OWNER = "${!cognito-identity.amazonaws.com:sub}"


def found(place: str, other: str, *, as_text: bool = False) -> list[ValueChoice]:
    def policy(resource: str) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": {"Fn::Sub": resource}}
        document: dict[str, Any] = {"Statement": [statement]}
        written = {"Fn::ToJsonString": document} if as_text else document
        return {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": written}}

    body = {
        "Parameters": {"Prefix": {"Type": "String"}, "Name": {"Type": "String"}},
        "Resources": {
            "Bucket": {"Type": "AWS::S3::Bucket"}, "Pool": {"Type": "AWS::Cognito::IdentityPool"},
            "Named": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "Name"}}},
            "Place": policy(place), "Other": policy(other),
        },
    }  # fmt: skip
    return list(policy_value_choices(next(resolutions(instantiate([Template(name="T", body=body, source="t")])))))


@pytest.mark.parametrize(
    ("place", "other", "values"),
    [
        ("${Bucket.Arn}/${AWS::StackName}/" + OWNER, "${Bucket.Arn}/app/*", {"⟦AWS::StackName⟧": "app"}),
        ("${Bucket.Arn}/${AWS::StackName}/" + OWNER, "${Bucket.Arn}/ap*", {"⟦AWS::StackName⟧": "ap"}),
        ("${Bucket.Arn}/${AWS::StackName}/" + OWNER, "${Bucket.Arn}/ap?/*", {"⟦AWS::StackName⟧": "ap"}),
        ("${Prefix}#" + OWNER, "app#*", {"⟦parameter Prefix⟧": "app"}),
        ("${Prefix}#" + OWNER, "app#x", {"⟦parameter Prefix⟧": "app"}),
        ("${AWS::Region}#" + OWNER, "eu-west-1#*", {"⟦AWS::Region⟧": "eu-west-1"}),
        (
            "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:${AWS::AccountId}-" + OWNER,
            "arn:aws:sqs:eu-west-1:111122223333:111122223333-*",
            {"⟦AWS::AccountId⟧": "111122223333"},
        ),
        (
            "${Bucket.Arn}/${Prefix}/${AWS::StackName}/" + OWNER,
            "${Bucket.Arn}/a/b/*",
            {"⟦parameter Prefix⟧": "a", "⟦AWS::StackName⟧": "b"},
        ),
    ],
)
def test_a_text_begins_as_a_place_for_some_values(place: str, other: str, values: dict[str, str]) -> None:
    assert ValueChoice(values=values) in found(place, other)


def test_policies_that_are_json_text_are_read_too() -> None:
    place, other = "${Bucket.Arn}/${AWS::StackName}/" + OWNER, "${Bucket.Arn}/app/*"
    assert found(place, other, as_text=True) == found(place, other)


def test_a_value_may_contain_what_follows_it_in_the_place() -> None:
    choices = found("${Bucket.Arn}/${AWS::StackName}-" + OWNER, "${Bucket.Arn}/my-app-*")
    assert [each.values["⟦AWS::StackName⟧"] for each in choices] == ["my", "my-app", "my-app-"]


def test_the_name_of_a_bucket_here_is_no_bucket_and_a_folder() -> None:
    other = "${Bucket.Arn}/private/" + OWNER
    assert found("${Named.Arn}/private/" + OWNER, other) == [ValueChoice(values={"⟦parameter Name⟧": "⟦T/Bucket⟧"})]
    folder = ValueChoice(values={"⟦parameter Prefix⟧": "⟦T/Bucket⟧/private"})
    assert folder in found("arn:aws:s3:::${Prefix}/private/" + OWNER, other)


def test_a_pattern_may_match_the_beginning_of_a_generated_id() -> None:
    arn = "arn:aws:s3:::⟦T/Bucket⟧"
    [choice] = found("${Bucket.Arn}/${Pool}/" + OWNER, "${Bucket.Arn}/eu-west-1:*")
    assert choice == ValueChoice(texts={f"{arn}/eu-west-1:*": f"{arn}/⟦T/Pool⟧*"})


@pytest.mark.parametrize(
    ("place", "other"),
    [
        ("${Bucket.Arn}/${AWS::StackName}/" + OWNER, "${Bucket.Arn}/*"),
        ("${Bucket.Arn}/private/${AWS::StackName}/" + OWNER, "${Bucket.Arn}/public/app/*"),
        ("${Bucket.Arn}/${Prefix}/${Prefix}/" + OWNER, "${Bucket.Arn}/a/b/c"),
        ("${Bucket.Arn}/${AWS::StackName}/" + OWNER, "${Bucket.Arn}/${AWS::StackName}/*"),
        # Places without an owner, and other buckets.
        ("${Bucket.Arn}/${AWS::StackName}/shared", "${Bucket.Arn}/app/*"),
        ("${Bucket.Arn}/private/" + OWNER, "arn:aws:s3:::other/*"),
        ("${Bucket.Arn}/private/" + OWNER, "arn:aws:s3:::other*"),
        ("${Bucket.Arn}/${Pool}/" + OWNER, "${Bucket.Arn}/other/*"),
    ],
)
def test_a_text_that_begins_otherwise_needs_no_choice(place: str, other: str) -> None:
    assert found(place, other) == []
