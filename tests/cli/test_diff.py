"""`cognito-app diff` exits with 2 when access grew, and says so in every format."""

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from constructs_lib.cli.diff import command
from tests.analysis.conftest import BUCKET, Document, join, template

PUBLIC: Document = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, "/public/*")}
SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "diff-1.schema.json"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words], standalone_mode=False)


@pytest.fixture
def narrow(tmp_path: Path) -> Path:
    path = tmp_path / "narrow.json"
    path.write_text(json.dumps(template([])), encoding="utf-8")
    return path


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    path = tmp_path / "wide.json"
    path.write_text(json.dumps(template([PUBLIC])), encoding="utf-8")
    return path


@pytest.mark.parametrize("shape", ["table", "markdown", "json"])
def test_grown_access_exits_with_2(narrow: Path, wide: Path, shape: str) -> None:
    result = run(narrow, wide, "--format", shape)
    assert result.return_value == 2
    assert "A signed-in user can now get Bucket public/" in result.stdout


def test_lost_access_exits_with_0(narrow: Path, wide: Path) -> None:
    result = run(wide, narrow)
    assert result.return_value == 0
    assert "A signed-in user can no longer get Bucket public/*" in result.stdout


def test_the_same_template_changes_nobodys_access(wide: Path) -> None:
    result = run(wide, wide)
    assert (result.return_value, result.stdout) == (0, "No access changes.\n")


def test_the_json_form_carries_a_request_that_was_replayed(narrow: Path, wide: Path) -> None:
    document = json.loads(run(narrow, wide, "--format", "json").stdout)
    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    (change,) = document["changes"]
    assert change["replayed"]
    assert change["request"]["action"] == "s3:GetObject"
