"""CDK's own validation, which other tests switch off for speed, finds nothing in any stage and would find a slip."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from constructs_lib.local.toolchain import cdk, path_with_interpreter
from stacks.settings import SETTINGS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def synth(project: Path, output: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the real `cdk synth` with validation on."""
    environment = {name: value for name, value in os.environ.items() if name != "CDK_VALIDATION"}
    environment["PATH"] = path_with_interpreter(environment["PATH"])
    return subprocess.run(
        [*cdk(ROOT), "synth", "--quiet", "--output", str(output), *words],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("stage", SETTINGS)
def test_validation_finds_nothing(tmp_path: Path, stage: str) -> None:
    done = synth(ROOT, tmp_path / "out", "--context", f"stage={stage}")
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "out" / "validation-report.json").read_text())
    found = {each["pluginName"]: each for each in report["pluginReports"]}
    # What is left are this library's own hints, such as the one on Cognito's mail sender.
    assert {name for name, each in found.items() if each["violations"]} <= {"Construct Annotations"}


@pytest.mark.parametrize(
    "app", ["from aws_cdk import App", "from constructs_lib.validation import validated_app as App"]
)
def test_validation_finds_a_slip(tmp_path: Path, app: str) -> None:
    """By the CDK's own engine, and by the one that `app.py` asks."""
    (tmp_path / "cdk.json").write_text((ROOT / "cdk.json").read_text())
    (tmp_path / "app.py").write_text(
        f"{app}\n"
        "from aws_cdk import Stack\n"
        "from aws_cdk import aws_cognito as cognito\n"
        "app = App()\n"
        "policy = cognito.CfnUserPool.PasswordPolicyProperty(minimum_length=2)\n"
        "policies = cognito.CfnUserPool.PoliciesProperty(password_policy=policy)\n"
        "cognito.CfnUserPool(Stack(app, 'S'), 'Pool', policies=policies)\n"
        "app.synth()\n"
    )
    done = synth(tmp_path, tmp_path / "out")
    assert done.returncode != 0
    assert "MinimumLength" in done.stderr + done.stdout
