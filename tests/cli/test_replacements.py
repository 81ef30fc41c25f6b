"""`cognito-app replacements` exits with 2 when a change would lose something, and says what."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from constructs_lib.cli.replacements import command

POOL: dict[str, Any] = {"Type": "AWS::Cognito::UserPool", "Properties": {"UsernameAttributes": ["email"]}}
QUEUE: dict[str, Any] = {"Type": "AWS::SQS::Queue"}


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words], standalone_mode=False)


def write(folder: Path, name: str, **resources: dict[str, Any]) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.template.json"
    path.write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    return path


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return write(tmp_path / "old", "App", Pool=POOL)


@pytest.fixture
def renamed(tmp_path: Path) -> Path:
    return write(tmp_path / "new", "App", NewPool=POOL)


def test_a_renamed_user_pool_exits_with_2_and_is_named_in_every_format(old: Path, renamed: Path) -> None:
    for shape in ("table", "markdown", "json"):
        result = run(old, renamed, "--format", shape)
        assert result.return_value == 2
        assert "Pool" in result.stdout
        assert "DELETED" in result.stdout.upper()


def test_the_json_form_names_its_schema(old: Path, renamed: Path) -> None:
    document = json.loads(run(old, renamed, "--format", "json").stdout)
    assert document["schema"] == "cognito-app/replacements/1"
    assert [(each["logical_id"], each["effect"]) for each in document["findings"]] == [("Pool", "deleted")]


def test_a_change_that_keeps_everything_exits_with_0(old: Path, tmp_path: Path) -> None:
    result = run(old, write(tmp_path / "new", "App", Queue=QUEUE, Pool=POOL))
    assert result.return_value == 0
    assert result.stdout.startswith("Everything that holds data, users or an address is kept (1 compared).")


def test_a_change_that_cannot_be_compared_exits_with_3_and_is_named_in_every_format(tmp_path: Path) -> None:
    stack = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://example.com/a.json"}}
    other = {**stack, "Properties": {"TemplateURL": "https://example.com/b.json"}}
    sides = write(tmp_path / "old", "App", Nested=stack), write(tmp_path / "new", "App", Nested=other)
    for shape in ("table", "markdown", "json"):
        result = run(*sides, "--format", shape)
        assert result.return_value == 3
        assert "its template is not here" in result.stdout
    assert "Not everything could be compared (1 not decided)." in run(*sides).stdout
    assert run(sides[0], sides[0]).return_value == 0
    assert run(write(tmp_path / "gone", "App"), sides[1]).return_value == 0


def test_folders_are_compared_stack_by_stack(tmp_path: Path) -> None:
    for side in ("old", "new"):
        write(tmp_path / side, "App", Pool=POOL)
        write(tmp_path / side, "Queues", **({"Queue": QUEUE} if side == "old" else {"Other": QUEUE}))
    result = run(tmp_path / "old", tmp_path / "new")
    assert result.return_value == 2
    assert "stack Queues" in result.stdout
    assert "stack App" not in result.stdout


def test_a_nested_stack_whose_file_is_named_anew_is_the_same_stack(tmp_path: Path) -> None:
    for side, name in (("old", "App-Nested-1.nested"), ("new", "App-Nested-2.nested")):
        nested = {
            "Type": "AWS::CloudFormation::Stack",
            "Metadata": {"aws:asset:path": f"{name}.template.json"},
        }
        write(tmp_path / side, "App", Nested=nested)
        write(tmp_path / side, name, Pool=POOL)
    assert run(tmp_path / "old", tmp_path / "new").return_value == 0


def test_a_missing_template_is_named_with_the_remedy(old: Path) -> None:
    result = run(old, old.parent / "missing.json")
    assert result.exit_code == 1
    assert "does not exist; name a CloudFormation template" in str(result.exception)


def test_the_json_form_follows_the_published_schema(old: Path, renamed: Path) -> None:
    schema = Path(__file__).parents[2] / "docs" / "schemas" / "replacements-1.schema.json"
    jsonschema.validate(
        json.loads(run(old, renamed, "--format", "json").stdout), json.loads(schema.read_text(encoding="utf-8"))
    )
