"""`cognito-app why` ends with a status that says the answer, in three formats."""

import json
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
from click.testing import CliRunner, Result

from constructs_lib.cli.why import command
from constructs_lib.local import LocalCloud, deployed
from tests.analysis.conftest import BUCKET, SUB, join, template

SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "why-1.schema.json"
OWN = [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, f"/private/{SUB}/*")}]
LOOSE = [{**OWN[0], "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words], standalone_mode=False)


@pytest.fixture
def app(tmp_path: Path) -> Path:
    path = tmp_path / "app.json"
    path.write_text(json.dumps(template(OWN)), encoding="utf-8")
    return path


@pytest.mark.parametrize("shape", ["table", "markdown", "json"])
@pytest.mark.parametrize(("place", "status"), [("private/{owner}/x", 0), ("private/{other}/x", 2)])
def test_allowed_ends_with_0_and_refused_with_2(app: Path, shape: str, place: str, status: int) -> None:
    result = run(app, "--as", "user", f"get Bucket {place}", "--format", shape)
    assert result.return_value == status, result.output
    assert ("cannot call s3:GetObject" in result.stdout.replace("\\", "")) == (status == 2)
    assert ("would be allowed" in result.stdout) == (status == 2)
    assert "User, inline P" in result.stdout


def test_undecided_ends_with_3_until_the_context_says_more(app: Path) -> None:
    app.write_text(json.dumps(template(LOOSE)), encoding="utf-8")
    asked = (app, "--as", "user", "get Bucket private/{owner}/x")
    assert run(*asked).return_value == 3
    assert run(*asked, "--context", "aws:SourceIp=10.0.0.1").return_value == 0
    assert run(*asked, "--context", "aws:SourceIp=192.0.2.1").return_value == 2


@pytest.mark.parametrize("place", ["private/{owner}/x", "private/{other}/x"])
def test_the_json_form_follows_the_published_schema(app: Path, place: str) -> None:
    document = json.loads(run(app, "--as", "user", f"get Bucket {place}", "--format", "json").stdout)
    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "write cognito-app why cdk.out --as user"),
        (("get Bucket x",), "no call to explain"),
        (("APP", "get Bucket x"), "has no caller; add --as guest"),
        (("APP", "get Bucket x", "--as", "nobody"), "it has internet (or anyone), authenticated (or user)"),
        (
            ("APP", "get Bucket x", "--as", "user", "--context", "x"),
            "--context 'x' is not a context key and value; write KEY=VALUE",
        ),
        (("missing.json", "get Bucket x", "--as", "user"), "missing.json does not exist"),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_sentence(app: Path, words: tuple[str, ...], message: str) -> None:
    result = CliRunner().invoke(command, [str(app) if word == "APP" else word for word in words])
    assert result.exit_code == 1
    assert message in result.stderr


@pytest.mark.parametrize("option", [("--last",), ("--request", "x")])
def test_without_a_local_cloud_the_command_that_starts_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command, option)
    assert result.exit_code == 1
    assert "start one with `cognito-app up`" in result.stderr


@pytest.mark.parametrize("refused", [False, True])
def test_without_a_refusal_the_last_call_is_told_and_said_to_be_none(
    app: Path, monkeypatch: pytest.MonkeyPatch, *, refused: bool
) -> None:
    (log := app.with_name("requests")).write_text(
        json.dumps({"id": "r1", "refused": refused, "checks": [], "operation": "X.Y", "token": {}, "status": 200,
                    "code": "NotAuthorizedException" if refused else "", "message": "", "time": 1.0}) + "\n"
    )  # fmt: skip
    monkeypatch.setattr(LocalCloud, "attach", lambda: SimpleNamespace(requests=log, templates=app.parent))
    monkeypatch.setattr(deployed, "deployed_resources", lambda _: [])
    result = run(app, "--last", "--format", "json")
    assert result.return_value == (2 if refused else 0), result.output
    assert ("No call has been refused. The last one:" in result.stderr) is not refused
    assert json.loads(result.stdout)["request_id"] == "r1"
