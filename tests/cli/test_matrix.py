"""`cognito-app matrix` in every format."""

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from constructs_lib.cli.matrix import command
from tests.analysis.conftest import BUCKET, join, template

PUBLIC = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": join(BUCKET, "/public/*")}
SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "matrix-1.schema.json"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words], standalone_mode=False)


@pytest.fixture
def app(tmp_path: Path) -> Path:
    path = tmp_path / "app.json"
    path.write_text(json.dumps(template([PUBLIC])), encoding="utf-8")
    return path


def test_the_table_has_a_column_for_everybody(app: Path) -> None:
    lines = run(app).stdout.splitlines()
    assert all(name in lines[2] for name in ("anyone", "signed-in user"))
    assert any("public/*" in line and "get" in line for line in lines)


def test_an_assembly_of_many_apps_stays_readable(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"App{number}.template.json").write_text(json.dumps(template([PUBLIC], guest=[])), encoding="utf-8")
    shown = run(tmp_path).stdout
    assert max(map(len, shown.splitlines())) < 160
    assert "signed-in user #4" in shown


@pytest.mark.parametrize("shape", ["table", "markdown"])
def test_actions_are_named_on_request(app: Path, shape: str) -> None:
    assert "s3:PutObject" not in run(app, "--format", shape).stdout
    assert "s3:PutObject" in run(app, "--format", shape, "--actions").stdout


def test_the_json_form_keeps_to_its_published_schema(app: Path) -> None:
    document = json.loads(run(app, "--format", "json").stdout)
    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert {(each["verb"], each["reach"]) for each in document["access"]} == {("get", "all"), ("write", "all")}


def test_the_page_is_one_document(app: Path) -> None:
    result = run(app, "--format", "html")
    assert result.stdout.startswith("<!doctype html>")
    assert result.stdout.count("<html") == 1


def test_a_file_that_is_no_template_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text("[]", encoding="utf-8")
    result = run(path)
    assert result.exit_code == 1
    assert "is no CloudFormation template" in str(result.exception)
