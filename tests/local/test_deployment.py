"""What the CDK command line finds when it starts."""

import os
import sys
from pathlib import Path

import pytest

from constructs_lib.local import LocalCloudError
from constructs_lib.local.deployment import Cdk


def test_of_the_last_synthesis_only_the_packages_that_it_used_are_left(tmp_path: Path) -> None:
    assembly, outputs = tmp_path / "cdk.out", tmp_path / "outputs.json"
    for folder in ("asset.used", "asset.half-built", "asset.of-a-stage", "assembly-Stage", "else"):
        (assembly / folder).mkdir(parents=True)
        (assembly / folder / "file").touch()
    (assembly / "manifest.json").touch()
    (assembly / "S.assets.json").write_text('{"path": "asset.used"}')
    (assembly / "assembly-Stage" / "T.assets.json").write_text('{"path": "../asset.of-a-stage"}')
    outputs.touch()
    cdk = Cdk(tmp_path, os.environ, print)
    cdk.words = [sys.executable, "-c", "pass"]
    assert cdk.deploy(app=None, context={}, assembly=assembly, validate=True, stacks=(), outputs=outputs) == {}
    assert {each.relative_to(assembly).as_posix() for each in assembly.rglob("*")} == {
        "asset.used", "asset.used/file", "asset.of-a-stage", "asset.of-a-stage/file",
    }  # fmt: skip
    assert not outputs.exists()


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("IMAGE=public.ecr.aws/sam/build-nodejs18.x", "npm install --save-dev esbuild"),
        ("IMAGE=public.ecr.aws/sam/build-python3.13", "PythonFunction"),
        ("no such file: cdk.out/manifest.json", "app.synth()"),
    ],
)
def test_a_synthesis_that_fails_for_a_known_reason_says_what_to_do(tmp_path: Path, said: str, hint: str) -> None:
    cdk = Cdk(tmp_path, os.environ, print)
    cdk.words = [sys.executable, "-c", f"import sys; sys.exit({said!r})"]
    with pytest.raises(LocalCloudError) as failed:
        cdk.deploy(app=None, context={}, assembly=tmp_path / "a", validate=True, stacks=(), outputs=tmp_path / "o")
    assert hint in str(failed.value).splitlines()[-1]


def failing_synthesis(folder: Path, said: str) -> str:
    cdk = Cdk(folder, os.environ, print)
    cdk.words = [sys.executable, "-c", f"import sys; sys.exit({said!r})"]
    with pytest.raises(LocalCloudError) as failed:
        cdk.deploy(app=None, context={}, assembly=folder / "a", validate=True, stacks=(), outputs=folder / "o")
    return str(failed.value)


def report(errors: int) -> str:
    findings = [f"ERROR finding {number}\n   its construct\n   Suggested fix\n" for number in range(errors)]
    return "\n".join([*findings, "WARNING a hint\n   of it\n", "Synthesis finished with errors"])


def test_of_a_validation_report_every_error_is_told_from_the_first_and_no_warning(tmp_path: Path) -> None:
    told = failing_synthesis(tmp_path, report(20)).splitlines()
    assert told[1:4] == ["ERROR finding 0", "   its construct", "   Suggested fix"]
    assert sum(line.startswith("ERROR ") for line in told) == 20
    assert not [line for line in told if "a hint" in line or "of it" in line]
    assert failing_synthesis(tmp_path, report(23)).splitlines()[-1] == "... and 3 more errors"


def test_what_an_app_logs_before_it_fails_does_not_hide_why(tmp_path: Path) -> None:
    told = failing_synthesis(tmp_path, "ERROR of the app's own log\n\n" + "frame\n" * 30 + "ValueError: why")
    assert told.endswith("ValueError: why")
    assert "own log" not in told
