"""`ExecutionPolicies`: managed policies from an app's templates, for whatever account deploys them."""

import json
from pathlib import Path

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from constructs_lib.deploying import ExecutionPolicies


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    body = {"Resources": {"Files": {"Type": "AWS::S3::Bucket"}, "Rows": {"Type": "AWS::DynamoDB::Table"}}}
    (tmp_path / "Photos.template.json").write_text(json.dumps(body), encoding="utf-8")
    return tmp_path


def test_the_policies_are_for_the_apps_names_in_the_account_they_are_deployed_to(templates: Path) -> None:
    stack = Stack(App(), "Deploying")
    ExecutionPolicies(stack, "Photos", templates=templates)
    template = Template.from_stack(stack)
    [policy] = template.find_resources("AWS::IAM::ManagedPolicy").values()
    text = json.dumps(policy["Properties"]["PolicyDocument"])
    assert ":s3:::photos-*" in text
    assert ":table/Photos-*" in text
    assert '{"Ref": "AWS::AccountId"}' in text
    [option] = template.find_outputs("*").values()
    assert option["Value"]["Fn::Join"][1][0].startswith("--cloudformation-execution-policies")


def test_templates_that_are_not_there_are_an_error_that_names_the_option(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"templates=.*run `cdk synth` first"):
        ExecutionPolicies(Stack(App(), "Deploying"), "None", templates=tmp_path)
