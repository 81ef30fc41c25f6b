"""Environment and files of the CDK command line at its start."""

import os
import sys
import tempfile
from contextlib import nullcontext
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
