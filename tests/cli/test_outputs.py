"""`cognito-app outputs` writes the whole file or nothing, and says what it lacks."""

import errno
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from constructs_lib.cli.outputs import command

APP = {
    "Region": "eu-west-1",
    "UserPoolId": "eu-west-1_Abc",
    "UserPoolClientId": "client",
    "IdentityPoolId": "eu-west-1:pool",
}


@pytest.fixture
def outputs_file(tmp_path: Path) -> Path:
    path = tmp_path / "cdk-outputs.json"
    path.write_text(json.dumps({"Documents-dev": APP, "Network": {"VpcId": "vpc-1"}}), encoding="utf-8")
    return path


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words])


def test_the_file_goes_to_standard_output(outputs_file: Path) -> None:
    result = run("--outputs-file", outputs_file)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["auth"]["user_pool_id"] == "eu-west-1_Abc"
    assert not result.stderr


@pytest.mark.parametrize(("shape", "name"), [("json", "amplify_outputs.json"), ("env", ".env"), ("ts", "outputs.ts")])
def test_a_folder_gets_the_usual_file_name(outputs_file: Path, tmp_path: Path, shape: str, name: str) -> None:
    result = run("Documents-dev", "--outputs-file", outputs_file, "--format", shape, "--out", tmp_path)
    assert result.exit_code == 0
    assert "eu-west-1_Abc" in (tmp_path / name).read_text(encoding="utf-8")
    assert not result.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([outputs_file.name, name])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "name a deployed STACK, or add --outputs-file"),
        (
            ["Nope", "--outputs-file", "FILE"],
            "stack 'Nope' is not in the outputs (stacks with outputs: Documents-dev, Network)",
        ),
        (["Network", "--outputs-file", "FILE"], "the stack has no output 'Region' or 'authRegion' (outputs: VpcId)"),
        (["--outputs-file", "FILE", "--out", "no/such/folder/x"], "no/such/folder/x cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_with_the_remedy(outputs_file: Path, words: list[str], message: str) -> None:
    result = run(*(outputs_file if word == "FILE" else word for word in words))
    assert result.exit_code != 0
    assert message in result.stderr.replace("\n", " ")
    assert not result.stdout


def test_a_file_on_a_read_only_disk_is_named_with_the_reason(
    outputs_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(Path, "write_text", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    result = run("--outputs-file", outputs_file, "--out", tmp_path / "x.json")
    assert f"{tmp_path}/x.json cannot be written (Read-only file system); name another file" in result.stderr


@pytest.mark.parametrize("content", ["{", "[]", '{"A": 1}'])
def test_a_file_that_is_no_outputs_file_is_refused_with_the_command_that_writes_one(
    tmp_path: Path, content: str
) -> None:
    path = tmp_path / "x.json"
    path.write_text(content, encoding="utf-8")
    result = run("--outputs-file", path)
    assert result.exit_code == 1
    assert "cdk deploy --outputs-file" in result.stderr


def test_a_stack_that_aws_does_not_show_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    result = run("Documents-dev", "--region", "eu-west-1", "--out", tmp_path / "x.json")
    assert result.exit_code == 1
    assert "AWS cannot be reached" in result.stderr
    assert "check the network and HTTPS_PROXY, or use --outputs-file" in " ".join(result.stderr.split())
    assert list(tmp_path.iterdir()) == []
