"""The document stack is what a linter, CDK's validation and cdk-nag accept, and no more than it should be."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from constructs_lib.testing.ledger import Ledger
from stacks.document_stack import DocumentStack
from stacks.settings import SETTINGS, settings_for
from tests.cfn_lint_rules import lint

Build = Callable[..., DocumentStack]
Built = Callable[[str], tuple[DocumentStack, dict[str, Any]]]
Synth = Callable[..., dict[str, Any]]
Templates = Callable[[str], dict[str, Any]]

stages = pytest.mark.parametrize("stage", SETTINGS)


@pytest.mark.slow
@stages
def test_cfn_lint_finds_nothing(template_of: Templates, stage: str) -> None:
    assert lint(template_of(stage)) == []


@pytest.mark.slow
@stages
def test_cdk_nag_finds_nothing_that_is_not_acknowledged_with_a_reason(built: Built, synth: Synth, stage: str) -> None:
    stack, template = built(stage)
    assert synth(stack, nag=True) == template


@pytest.mark.slow
def test_cdk_nag_findings_would_fail_the_synth(build: Build, synth: Synth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stacks.document_stack.acknowledge_findings", lambda _stack, **_constructs: None)
    stack = build(settings_for("prod"))
    with pytest.raises(RuntimeError, match="AwsSolutions-COG8"):
        synth(stack, nag=True)


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


def test_a_stage_says_whether_functions_are_packaged_with_bytecode(
    build: Build, synth: Synth, template_of: Templates
) -> None:
    """And by default only the local cloud's are, which need no second Python."""
    assert {stage: settings.compiled for stage, settings in SETTINGS.items()} == {
        "local": True,
        "dev": False,
        "prod": False,
    }
    compiled = synth(build(dataclasses.replace(settings_for("prod"), compiled=True)))
    assert _package_of_shares(compiled) != _package_of_shares(template_of("prod")), "the sources are the same"


def _package_of_shares(template: dict[str, Any]) -> Any:
    functions = [each for each in template["Resources"].values() if each["Type"] == "AWS::Lambda::Function"]
    [code] = [each["Properties"]["Code"] for each in functions if each["Properties"]["Runtime"] == "python3.13"]
    return code["S3Key"]


def test_an_unknown_stage_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="stage 'staging' is unknown; use one of local, dev, prod"):
        settings_for("staging")
