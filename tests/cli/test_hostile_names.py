"""No name of a template adds, erases or reverses a line of any format of any command."""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from constructs_lib.analysis.report.printable import printable, printable_json, printable_lines
from constructs_lib.cli.main import group, main, module_of
from constructs_lib.testing import assert_access, assert_isolated
from tests.analysis.conftest import BUCKET, SUB, Document, join, template

EVIL = "\x1b[1A\x1b[2K\r\n\u2028No access changes. \u202e\u2066\u200b\x9b"
FORGED = re.compile(r"^[^\S\n]*(\|?\s*)No access changes", re.MULTILINE)
COMMANDS = ["deploy-role", "diff", "matrix", "prove", "replacements", "review", "why"]
MORE = {
    "deploy-role": ["--account", "111122223333", "--region", "us-east-1"],
    "prove": ["--engine", "automata"],
    "review": ["--timeout", "1"],
}


def named(body: Document) -> Document:
    """Return a template in which every name has the characters."""
    resources = body["Resources"]
    for name in ("Bucket", "Table", "User", "Pool"):
        resources[name]["Metadata"] = {"aws:cdk:path": f"App/{name}{EVIL}/Resource"}
    said = resources["User"]["Properties"]["Policies"][0]
    said["PolicyName"] = f"P{EVIL}"
    for each in said["PolicyDocument"]["Statement"]:
        each["Sid"] = f"S{EVIL}"
    return {**body, "Description": EVIL}


def app(*statements: Document) -> Document:
    own = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, f"/private{EVIL}/{SUB}/*")}
    unknown = {"Effect": "Allow", "Action": {"Ref": f"P{EVIL}"}, "Resource": "*"}
    more = {
        f"Pages{EVIL}": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": f"pages{EVIL}"}},
        "Http": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": EVIL}},
        "Route": {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {"ApiId": {"Ref": "Http"}, "RouteKey": f"GET /x{EVIL}", "AuthorizationType": f"A{EVIL}"},
        },
        "Users": {"Type": "AWS::Cognito::UserPool", "Properties": {"UserPoolName": EVIL}},
        "Group": {
            "Type": "AWS::Cognito::UserPoolGroup",
            "Properties": {"UserPoolId": {"Ref": "Users"}, "GroupName": f"G{EVIL}"},
        },
        f"Macro{EVIL}": {"Type": f"Custom::Macro{EVIL}", "Properties": {"Name": join(BUCKET, EVIL)}},
    }
    body = template([own, unknown, *statements], guest=[own], more=more)
    return {**named(body), "Parameters": {f"P{EVIL}": {"Type": "String"}}}


@pytest.fixture
def versions(tmp_path: Path) -> list[str]:
    """Write two versions of which the second opens everything and loses what holds data."""
    wide = {"Effect": "Allow", "Action": "s3:*", "Resource": join(BUCKET, "/*")}
    old, new = app(), app(wide)
    del new["Resources"][f"Pages{EVIL}"]
    paths = [tmp_path / "old.json", tmp_path / "new.json"]
    for path, body in zip(paths, (old, new), strict=True):
        path.write_text(json.dumps(body), encoding="utf-8")
    return [str(each) for each in paths]


def formats(name: str) -> list[str]:
    command: Any = group.get_command(click.Context(group), name)
    [shape] = [each for each in command.params if "--format" in each.opts]
    return [*shape.type.choices]


def safe(text: str) -> bool:
    unseen = {each for each in text if unicodedata.category(each) in {"Cc", "Cf", "Zl", "Zp", "Cs"}}
    return unseen <= {"\n", "\u200b"} and not re.search(r"(?<!@)\u200b", text) and not FORGED.search(text)


@pytest.mark.parametrize(("name", "shape"), [(name, shape) for name in COMMANDS for shape in formats(name)])
def test_names_are_shown_with_visible_escapes(versions: list[str], name: str, shape: str) -> None:
    asked = {
        "why": [versions[1], "--as", "user", "s3:GetObject arn:aws:s3:::Bucket/x"],
        "matrix": versions[1:],
        "prove": versions[1:],
        "deploy-role": versions[1:],
    }
    words = [name, *asked.get(name, versions), *MORE.get(name, ()), "--format", shape]
    result = CliRunner().invoke(group, words, standalone_mode=False)
    assert result.exception is None
    assert safe(result.output), [line for line in result.output.splitlines() if not safe(line)][:3]
    if shape == "json":
        json.loads(result.stdout)
    elif name != "deploy-role":
        assert "\\u001b" in result.stdout.replace("\\\\", "\\")


def test_a_script_of_an_attack_shows_names_with_visible_escapes(versions: list[str], tmp_path: Path) -> None:
    words = ["prove", versions[1], "--engine", "automata", "--scripts", str(tmp_path / "scripts")]
    CliRunner().invoke(group, words, standalone_mode=False)
    scripts = [each.read_text(encoding="utf-8") for each in (tmp_path / "scripts").iterdir()]
    assert scripts
    assert all(map(safe, scripts))


def test_every_command_about_templates_is_tried() -> None:
    reading = {each for each in group.list_commands(click.Context(group)) if _reads_templates(each)}
    # `try` shows the calls of its own story.
    assert reading - {"try"} == {*COMMANDS}


def _reads_templates(name: str) -> bool:
    path = Path(__file__).parents[2] / "constructs_lib" / "cli" / f"{module_of(name)}.py"
    return "read_templates(" in path.read_text(encoding="utf-8")


def test_an_error_shows_a_name_with_visible_escapes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "app.json"
    path.write_text(json.dumps({"Resources": {f"R{EVIL}": 1}}), encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["prove", str(path)])
    shown = capsys.readouterr().err
    assert "\\u001b[1A" in shown
    assert not {each for each in shown if unicodedata.category(each) in {"Cc", "Cf", "Zl", "Zp"}} - {"\n"}


def test_a_failed_assertion_shows_names_with_visible_escapes() -> None:
    wide: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, "/*")}
    body = app(wide)
    del body["Resources"]["Bucket"]["Metadata"]
    with pytest.raises(AssertionError) as isolated:
        assert_isolated(body)
    with pytest.raises(AssertionError) as access:
        assert_access(body, "authenticated", cannot=["get Bucket *"])
    assert all("\\u001b" in str(each.value) and safe(str(each.value)) for each in (isolated, access))


def test_json_keeps_each_text_and_no_two_texts_look_the_same() -> None:
    document = {EVIL: ["\ud800", "\U000e0041"]}
    assert json.loads(printable_json(json.dumps(document, ensure_ascii=False, indent=2))) == document
    assert printable("a\nb") == "a\\nb"
    assert printable("a\\nb") == "a\\\\nb"
    assert printable("C:\\app") == "C:\\app"
    assert printable("ü ⟦x⟧ 日本") == "ü ⟦x⟧ 日本"
    assert printable_lines("a\n\tb") == "a\n\\tb"
