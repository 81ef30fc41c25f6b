"""The app of a run: everything of it can be found again, nothing of it stays, and no e-mail leaves it."""

import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, CliCredentialsStackSynthesizer, Tags
from cfnlint.helpers import REGION_PRIMARY
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from constructs_lib.analysis import Template, build_model
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.ephemeral import EphemeralStack
from constructs_lib.verify.run import TAG, Run
from tests.synthesis import CONTEXT

RUN = Run(run_id="0123abcd", account="111122223333", region="eu-west-1")
_TAG = {"Key": TAG, "Value": RUN.run_id}
_BY_STACK = ("CustomS3AutoDeleteObjectsCustomResourceProvider",)
"""What the CDK writes as plain resources, which no aspect tags: the stack's own tags reach them."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("assembly")
    app = App(outdir=str(folder), context={**CONTEXT, "aws:cdk:bundling-stacks": []})
    synthesizer = CliCredentialsStackSynthesizer(file_assets_bucket_name="packages")
    stack = EphemeralStack(app, RUN.prefix, local=False, synthesizer=synthesizer)
    Tags.of(stack).add(TAG, RUN.run_id)
    stack.tag_tables(TAG, RUN.run_id)
    app.synth()
    found: dict[str, Any] = json.loads(Path(folder, f"{RUN.prefix}.template.json").read_text(encoding="utf-8"))
    return found


def _tags(resource: dict[str, Any]) -> Any:
    properties = resource.get("Properties", {})
    if resource["Type"] == "AWS::DynamoDB::GlobalTable":
        return [each for replica in properties["Replicas"] for each in replica["Tags"]]
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION_PRIMARY, resource["Type"]).schema
    name = schema.get("tagging", {}).get("tagProperty", "/properties/Tags").rpartition("/")[2]
    found = properties.get(name, [])
    return found if isinstance(found, list) else [{"Key": key, "Value": value} for key, value in found.items()]


def _is_taggable(kind: str) -> bool:
    if kind.startswith("Custom::"):
        return False
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION_PRIMARY, kind).schema
    return kind == "AWS::DynamoDB::GlobalTable" or bool(schema.get("tagging", {}).get("taggable", False))


def test_everything_that_can_be_tagged_has_the_runs_tag(template: dict[str, Any]) -> None:
    taggable = {name: each for name, each in template["Resources"].items() if _is_taggable(each["Type"])}
    assert len(taggable) > 10
    untagged = {name for name, each in taggable.items() if _TAG not in _tags(each)}
    assert {name for name in untagged if not name.startswith(_BY_STACK)} == set()


def test_what_has_a_name_of_its_own_is_named_like_the_run(template: dict[str, Any]) -> None:
    """Everything else is named by CloudFormation, after the stack, or belongs to something that is."""
    named = {
        each["Type"]: value
        for each in template["Resources"].values()
        for key, value in each.get("Properties", {}).items()
        if key in {"UserPoolName", "IdentityPoolName", "RoleName", "TableName", "LogGroupName", "FunctionName"}
        and isinstance(value, str)
    }
    api = next(each for each in template["Resources"].values() if each["Type"] == "AWS::ApiGatewayV2::Api")
    assert named == {"AWS::Cognito::UserPool": RUN.prefix, "AWS::Cognito::IdentityPool": RUN.prefix}
    assert RUN.owns(api["Properties"]["Body"]["info"]["title"])


def test_nothing_stays_when_the_stack_goes(template: dict[str, Any]) -> None:
    assert "Retain" not in {each.get("DeletionPolicy") for each in template["Resources"].values()}
    tables = [each for each in template["Resources"].values() if each["Type"] == "AWS::DynamoDB::GlobalTable"]
    for table in tables:
        [replica] = table["Properties"]["Replicas"]
        assert not replica.get("DeletionProtectionEnabled")
        assert replica["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": False}


def test_cognito_sends_nobody_an_email_by_itself(template: dict[str, Any]) -> None:
    [pool] = [each for each in template["Resources"].values() if each["Type"] == "AWS::Cognito::UserPool"]
    assert not pool["Properties"].keys() & {"AutoVerifiedAttributes", "UserAttributeUpdateSettings"}


def test_it_needs_no_bootstrapped_account(template: dict[str, Any]) -> None:
    assert "Parameters" not in template
    assert "cdk-hnb659fds" not in json.dumps(template)


def test_its_users_are_isolated(template: dict[str, Any]) -> None:
    read = Template(name=RUN.prefix, body=template, source="the app of a run")
    assert prove(build_model([read])).status is Status.PROVED
