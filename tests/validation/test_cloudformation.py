"""The native engine says of a synth what the CDK's own validation says, and obeys the same switches."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, CfnResource, Stack

from constructs_lib.validation import CloudFormationPlugin, cloudformation, validated_app
from constructs_lib.validation.cdk_rules import rules_about

SICK_APP = Path(__file__).with_name("sick_app.py")
STRICT = {"@aws-cdk/core:validateAgainstDefaultRules": True}


def misspelt(app: App) -> App:
    CfnResource(Stack(app, "S"), "Misspelt", type="AWS::S3::Bucket", properties={"BuketName": "files"})
    return app


@pytest.fixture
def validating(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo what the tests switch off for speed."""
    monkeypatch.delenv("CDK_VALIDATION", raising=False)


@pytest.mark.usefixtures("validating")
def test_a_slip_fails_the_synth_and_names_the_property() -> None:
    with pytest.raises(RuntimeError, match="BuketName"):
        misspelt(validated_app(context=STRICT)).synth()


@pytest.mark.usefixtures("validating")
def test_a_slip_is_a_warning_where_the_app_is_not_strict(tmp_path: Path) -> None:
    misspelt(validated_app(outdir=str(tmp_path))).synth()
    [first, *_] = json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"]
    assert (first["conclusion"], first["violations"][0]["severity"]) == ("success", "warning")
    assert "BuketName" in first["violations"][0]["description"]


def test_an_invalid_template_is_accepted_with_the_cdks_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDK_VALIDATION", "false")
    misspelt(validated_app(context=STRICT)).synth()


@pytest.mark.usefixtures("validating")
def test_without_the_library_the_cdks_own_engine_checks_and_the_plugin_names_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cloudformation, "find_spec", lambda _: None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'cognito-app-constructs\[validation\]'"):
        CloudFormationPlugin()
    validated_app()  # does not ask for the library


def test_the_rules_of_the_cdk_are_asked_only_about_what_they_name() -> None:
    assert rules_about(['{"Type": "AWS::S3::Bucket"}']) == []
    [(name, source)] = rules_about(['{"Type": "AWS::GameLift::Fleet"}'])
    assert name == "gamelift-fleet.rego"
    assert "AWS::GameLift::Fleet" in source


@pytest.mark.slow
def test_both_engines_write_the_same_report(tmp_path: Path) -> None:
    """Findings, severities, places, fixes, acknowledgements, and the rules that only aws-cdk-lib has."""
    native, own = (report(engine, tmp_path / engine) for engine in ("native", "own"))
    assert native == own
    rules = {violation["ruleName"] for plugin in own["pluginReports"] for violation in plugin["violations"]}
    assert len(rules) > 3, rules
    assert any("GAMELIFT" in rule.upper() for rule in rules), rules


def report(engine: str, folder: Path) -> Any:
    environment = {name: value for name, value in os.environ.items() if name != "CDK_VALIDATION"}
    command = [sys.executable, str(SICK_APP), engine, str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert (folder / "validation-report.json").exists(), done.stderr
    return json.loads((folder / "validation-report.json").read_text())
