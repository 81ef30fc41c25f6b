"""`cognito-app review` is short when nothing matters, and says what matters first when something does."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from constructs_lib.analysis.report.review import MARKER, MAX_LENGTH
from constructs_lib.cli.review import command
from tests.analysis.conftest import BUCKET, SUB, Document, join, template

SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "review-1.schema.json"
OWN: Document = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, f"/private/{SUB}/*")}
ALL: Document = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, "/private/*")}
PUBLIC: Document = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, "/public/*")}


def _review(tmp_path: Path, old: Any, new: Any, *options: str) -> Result:
    for name, body in (("old", old), ("new", new)):
        (tmp_path / f"{name}.json").write_text(body if isinstance(body, str) else json.dumps(body))
    words = [str(tmp_path / "old.json"), str(tmp_path / "new.json"), *options]
    return CliRunner().invoke(command, words, standalone_mode=False)


def test_nothing_to_see_is_said_in_three_lines_and_exits_with_0(tmp_path: Path) -> None:
    result = _review(tmp_path, template([OWN]), template([OWN]))
    assert result.return_value == 0
    assert result.stdout.startswith(f"{MARKER}\n### ✅ Access review: no findings\n")
    shown = result.stdout.split("<details>")[0]
    assert "No access changes" in shown
    assert "PROVED" in shown
    assert len(shown.splitlines()) < 12


def test_a_new_attack_comes_first_and_exits_with_2(tmp_path: Path) -> None:
    result = _review(tmp_path, template([OWN]), template([OWN, ALL]))
    assert result.return_value == 2
    assert "⛔ Access review: users no longer isolated" in result.stdout
    assert result.stdout.index("access to data of other owners") < result.stdout.index("#### Access")
    assert "get (everybody's)" in result.stdout


def test_an_attack_that_was_there_before_is_not_called_new(tmp_path: Path) -> None:
    result = _review(tmp_path, template([OWN, ALL]), template([OWN, ALL]))
    assert result.return_value == 2
    assert "not isolated, as before" in result.stdout
    assert "open before this change too" in result.stdout


def test_a_folder_that_nobody_owns_any_more_is_no_silent_proof(tmp_path: Path) -> None:
    table_rows = template([OWN])
    result = _review(tmp_path, table_rows, template([ALL]))
    assert result.return_value == 2
    assert "No longer owned" in result.stdout
    assert "private/\\{owner\\}/\\*" in result.stdout


def test_access_that_is_accepted_is_no_attack(tmp_path: Path) -> None:
    words = ["--accept", "Bucket private/{owner}/*:get"]
    result = _review(tmp_path, template([OWN, ALL]), template([OWN, ALL]), *words)
    assert result.exception is None, result.exception
    assert result.return_value == 0
    assert "COUNTEREXAMPLE" not in result.stdout


def test_access_that_shrinks_is_shown_and_exits_with_0(tmp_path: Path) -> None:
    result = _review(tmp_path, template([OWN, PUBLIC]), template([OWN]))
    assert result.return_value == 0
    assert "access shrank" in result.stdout


def test_a_lost_bucket_exits_with_2(tmp_path: Path) -> None:
    extra = {"Archive": {"Type": "AWS::S3::Bucket"}}
    result = _review(tmp_path, template([OWN], more=extra), template([OWN]))
    assert result.return_value == 2
    assert "**DELETED** `Archive`" in result.stdout


def test_the_json_form_follows_its_schema(tmp_path: Path) -> None:
    result = _review(tmp_path, template([OWN]), template([OWN, ALL]), "--format", "json")
    document = json.loads(result.stdout)
    jsonschema.validate(document, json.loads(SCHEMA.read_text()))
    assert document["status"] == result.return_value == 2
    assert document["new_attacks"]


def test_a_comment_that_no_platform_would_take_is_cut_with_its_parts_closed(tmp_path: Path) -> None:
    buckets = {f"Archive{number}": {"Type": "AWS::S3::Bucket"} for number in range(150)}
    result = _review(tmp_path, template([OWN], more=buckets), template([OWN]))
    assert len(result.stdout) < MAX_LENGTH + 200
    assert result.stdout.count("<details") == result.stdout.count("</details>")
    assert "prints the whole" in result.stdout


@pytest.mark.parametrize("text", ["{", "[]", "Resources: 3"])
def test_what_is_no_template_is_an_error_that_names_the_file(tmp_path: Path, text: str) -> None:
    result = _review(tmp_path, text, template([OWN]))
    assert "old.json" in str(result.exception)
