"""`cognito-app matrix` in every format."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from constructs_lib.cli.matrix import command
from tests.analysis.conftest import BUCKET, join, template

PUBLIC = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": join(BUCKET, "/public/*")}
SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "matrix-2.schema.json"


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


@pytest.fixture
def doubtful(tmp_path: Path) -> Path:
    """Return a template whose users have a policy of unknown content, and whose guests' role is not in it."""
    body = template([PUBLIC])
    body["Parameters"] = {"Elsewhere": {"Type": "String"}}
    body["Resources"]["User"]["Properties"]["ManagedPolicyArns"] = [{"Ref": "Elsewhere"}]
    body["Resources"]["Attachment"]["Properties"]["Roles"]["unauthenticated"] = "arn:aws:iam::1:role/elsewhere"
    path = tmp_path / "doubtful.json"
    path.write_text(json.dumps(body), encoding="utf-8")
    return path


def shown(path: Path, shape: str) -> str:
    """Return the words of an output, without marks and lines."""
    text = re.sub(r"<(style|script)>.*?</\1>", "", run(path, "--format", shape).stdout, flags=re.DOTALL)
    return re.sub(r"<[^>]*>|\\|[\s│]+", " ", text)


@pytest.mark.parametrize("shape", ["table", "markdown", "html"])
def test_what_is_not_known_is_marked_in_its_cell_and_said_below(app: Path, doubtful: Path, shape: str) -> None:
    assert re.search(r"maybe (\w+, )*delete", shown(doubtful, shape))
    assert "managed policy outside the templates parameter Elsewhere" in shown(doubtful, shape)
    assert "role/elsewhere, which is not in the templates" in shown(doubtful, shape)
    assert not re.search(r"maybe|not known", shown(app, shape), re.IGNORECASE)


def test_the_json_form_has_what_is_not_known_apart_from_what_is_allowed(app: Path, doubtful: Path) -> None:
    document = json.loads(run(doubtful, "--format", "json").stdout)
    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    ids = {each["id"] for each in document["doubts"]}
    assert document["access"] == json.loads(run(app, "--format", "json").stdout)["access"]
    assert all(each["doubts"] and set(each["doubts"]) <= ids for each in document["possible"])
    assert {"get", "delete", "other"} <= {each["verb"] for each in document["possible"]}
    assert "other resources:elsewhere:everything" in {each["place"] for each in document["possible"]}
    assert len(document["gaps"]) == 1


def test_the_page_is_one_document(app: Path) -> None:
    result = run(app, "--format", "html")
    assert result.stdout.startswith("<!doctype html>")
    assert result.stdout.count("<html") == 1


def test_a_file_that_is_no_template_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text("[]", encoding="utf-8")
    result = run(path)
    assert result.exit_code == 1
    assert "is not a CloudFormation template" in str(result.exception)


def test_no_name_is_cut_short_however_narrow_the_table_is(tmp_path: Path) -> None:
    place = "folder-" * 30
    grants = [{**PUBLIC, "Resource": join(BUCKET, f"/{place}/*")}]
    (tmp_path / "app.json").write_text(json.dumps(template(grants)), encoding="utf-8")
    shown = run(tmp_path / "app.json").stdout
    assert "…" not in shown
    assert place in "".join(line.split("│")[2].strip() for line in shown.splitlines() if line.count("│") > 2)
