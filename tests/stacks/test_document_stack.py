"""The document stack is what a linter, CDK's validation and cdk-nag accept, and no more than it should be."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App
from cfnlint.api import ManualArgs, lint
from syrupy.assertion import SnapshotAssertion

from constructs_lib.testing.ledger import Ledger
from stacks.document_stack import DocumentStack
from stacks.settings import SETTINGS, settings_for

Build = Callable[..., DocumentStack]
Templates = Callable[[str], dict[str, Any]]

# CDK's own provider of auto-delete writes a DependsOn that a GetAtt makes superfluous.
CDKS_OWN = ["W3005"]

stages = pytest.mark.parametrize("stage", SETTINGS)


@stages
def test_cfn_lint_finds_nothing(template_of: Templates, stage: str) -> None:
    found = lint(json.dumps(template_of(stage)), config=ManualArgs(regions=["us-east-1"], ignore_checks=CDKS_OWN))
    assert [str(match) for match in found] == []


@stages
def test_cdk_nag_finds_nothing_that_is_not_acknowledged_with_a_reason(build: Build, stage: str) -> None:
    app = build(stage, nag=True).node.root
    assert isinstance(app, App)
    app.synth()


def test_cdk_nag_findings_would_fail_the_synth(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stacks.document_stack.acknowledge_findings", lambda _stack: None)
    app = build("prod", nag=True).node.root
    assert isinstance(app, App)
    with pytest.raises(RuntimeError, match="AwsSolutions-COG8"):
        app.synth()


@stages
def test_the_template_is_the_committed_one(
    template_of: Templates, template_snapshot: SnapshotAssertion, stage: str
) -> None:
    assert template_of(stage) == template_snapshot


@stages
def test_no_stateful_resource_has_moved(template_of: Templates, stateful_ledger: Ledger, stage: str) -> None:
    stateful_ledger.check(template_of(stage))


def test_production_keeps_users_files_and_rows(template_of: Templates) -> None:
    stateful = {"AWS::Cognito::UserPool", "AWS::S3::Bucket", "AWS::DynamoDB::GlobalTable"}
    kept = {
        resource["Type"]: (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
        for resource in template_of("prod")["Resources"].values()
        if resource["Type"] in stateful
    }
    assert kept == dict.fromkeys(stateful, ("Retain", "Retain"))


def test_a_stage_says_whether_functions_are_packaged_with_bytecode() -> None:
    """And by default only the local cloud's are, which need no second Python."""
    assert {stage: settings.compiled for stage, settings in SETTINGS.items()} == {
        "local": True,
        "dev": False,
        "prod": False,
    }
    packages = set()
    for compiled in (True, False):
        app = App(context={"aws:cdk:bundling-stacks": []})
        settings = dataclasses.replace(settings_for("prod"), compiled=compiled)
        stack = DocumentStack(app, "Documents", settings=settings, account=None, region=None)
        packages.add(_package_of_shares(app.synth().get_stack_by_name(stack.stack_name).template))
    assert len(packages) == 2, "the same sources, requirements and platform"


def _package_of_shares(template: dict[str, Any]) -> Any:
    functions = [each for each in template["Resources"].values() if each["Type"] == "AWS::Lambda::Function"]
    [code] = [each["Properties"]["Code"] for each in functions if each["Properties"]["Runtime"] == "python3.13"]
    return code["S3Key"]


def test_an_unknown_stage_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="stage 'staging' is unknown; use one of local, dev, prod"):
        settings_for("staging")
