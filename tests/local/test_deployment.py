"""Environment and files of the CDK command line at its start."""

import os
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from constructs_lib.local import LocalCloudError
from constructs_lib.local.deployment import Cdk, failure_reasons


def synthesized(assembly: Path, command: str = "pass") -> None:
    cdk = Cdk(assembly.parent, os.environ, print)
    cdk.words = [sys.executable, "-c", command]
    outputs = assembly.with_name("outputs.json")
    assert cdk.deploy(app=None, context={}, assembly=assembly, validate=True, stacks=(), outputs=outputs) == {}


def test_of_the_last_synthesis_only_the_packages_that_it_used_are_left(tmp_path: Path) -> None:
    assembly = tmp_path / "cdk.out"
    for folder in ("asset.used", "asset.half-built", "asset.of-a-stage", "assembly-Stage", "else"):
        (assembly / folder).mkdir(parents=True)
        (assembly / folder / "file").touch()
    (assembly / ".cache").mkdir()
    for name in ("used.zip", "half-built.zip", "used.zip._tmp"):
        (assembly / ".cache" / name).touch()
    (assembly / "manifest.json").touch()
    (assembly / "S.assets.json").write_text('{"path": "asset.used"}')
    (assembly / "assembly-Stage" / "T.assets.json").write_text('{"path": "../asset.of-a-stage"}')
    (tmp_path / "outputs.json").touch()
    synthesized(assembly)
    assert {each.relative_to(assembly).as_posix() for each in assembly.rglob("*") if each.is_file()} == {
        "asset.used/file", "asset.of-a-stage/file", ".cache/used.zip", ".packages",
    }  # fmt: skip
    assert {each.name for each in assembly.iterdir() if each.is_dir()} == {"asset.used", "asset.of-a-stage", ".cache"}
    assert not (tmp_path / "outputs.json").exists()


def test_packages_outlast_a_synthesis_that_fails_but_not_one_that_no_longer_uses_them(tmp_path: Path) -> None:
    assembly = tmp_path / "cdk.out"
    (assembly / "asset.used").mkdir(parents=True)
    (assembly / "S.assets.json").write_text('{"path": "asset.used"}')
    fails = "import pathlib, sys; pathlib.Path('cdk.out', 'asset.half-built').mkdir(exist_ok=True); sys.exit(1)"
    for _ in range(2):
        with pytest.raises(LocalCloudError):
            synthesized(assembly, fails)
        assert (assembly / "asset.used").is_dir()
    synthesized(assembly, "import pathlib; pathlib.Path('cdk.out', 'S.assets.json').write_text('{}')")
    synthesized(assembly)
    assert [each.name for each in assembly.iterdir()] == [".packages"]


EVENT = "Bare |   1 | 3:12:55 AM | CREATE_FAILED | AWS::SNS::Topic | Broken No such topic"
FAILS = f"""\
Set a flag to turn these into errors.
✨  Synthesis time: 1s
{EVENT}

Failed resources:
{EVENT.replace("|   1 ", "")}
❌  Bare failed to deploy
‣ DeploymentError: Resource updates failed: No such topic"""


def test_an_error_is_in_the_message_of_a_failure_only_and_each_event_is_reported_once(tmp_path: Path) -> None:
    told: list[str] = []
    cdk = Cdk(tmp_path, os.environ, told.append)
    cdk.words = [sys.executable, "-c", f"import sys; print({FAILS!r}); sys.exit(1)"]
    with pytest.raises(LocalCloudError) as failed:
        cdk.deploy(app=None, context={}, assembly=tmp_path / "a", validate=True, stacks=(), outputs=tmp_path / "o")
    assert told[1:] == [EVENT, "❌  Bare failed to deploy"]
    assert str(failed.value).splitlines() == ["the deployment failed:", *FAILS.splitlines()[-2:]]


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


WRITES = "import os, pathlib, sys, time; pathlib.Path(os.environ['TMPDIR'], 'left').touch()"


@pytest.mark.parametrize(
    ("then", "ends"),
    [
        ("pass", None),
        ("sys.exit(1)", LocalCloudError),
        ("print('Bundling', flush=True); time.sleep(60)", KeyboardInterrupt),
    ],
    ids=["it ends", "it fails", "it is interrupted"],
)
def test_no_temporary_file_of_the_command_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, then: str, ends: type[BaseException] | None
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)

    def interrupt(line: str) -> None:
        if line == "Bundling":
            assert [each.name for each in temporary.glob("*/*")] == ["left"]
            raise KeyboardInterrupt

    cdk = Cdk(tmp_path, os.environ, interrupt)
    cdk.words = [sys.executable, "-c", f"{WRITES}; {then}"]
    with pytest.raises(ends) if ends else nullcontext():
        cdk.deploy(app=None, context={}, assembly=tmp_path / "a", validate=True, stacks=(), outputs=tmp_path / "o")
    assert list(temporary.iterdir()) == []


def test_the_reasons_of_a_validation_that_the_stacks_events_only_refer_to_are_named() -> None:
    failed = {"LogicalResourceId": "S", "ResourceType": "AWS::CloudFormation::Stack", "ResourceStatus": "CREATE_FAILED"}
    found = {"LogicalResourceId": "B", "ResourceType": "AWS::S3::Bucket", "ValidationStatusReason": "it exists"}
    client = SimpleNamespace(
        describe_stacks=lambda: {"Stacks": [{"StackName": "S", "StackStatus": "ROLLBACK_COMPLETE"}]},
        describe_stack_events=lambda **_: {"StackEvents": [{**failed, "ResourceStatusReason": "Call DescribeEvents"}]},
        describe_events=lambda **_: {"OperationEvents": [found, {**failed, "ResourceStatusReason": "Again"}]},
    )
    session: Any = SimpleNamespace(client=lambda _: client)
    assert failure_reasons(session).splitlines()[-1] == "  B (AWS::S3::Bucket): it exists"
