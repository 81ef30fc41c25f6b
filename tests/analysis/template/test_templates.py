"""Templates are read whole or refused with a clear error within seconds."""

import json
import time
from pathlib import Path

import pytest

from constructs_lib.analysis import TemplateError, load_templates
from constructs_lib.analysis.template.templates import parse_template

BOMB = "Resources: &z {}\na: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [*{last}, *{last}, *{last}, *{last}, *{last}, *{last}, *{last}, *{last}, *{last}, *{last}]\n"
    for last, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def parse(text: str) -> object:
    return parse_template(text, name="T", source="here").body


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"Resources": {"A"', "cannot be parsed"),
        ("Resources: [unclosed", "cannot be parsed"),
        ("", "it is empty"),
        ("just text", "no CloudFormation template"),
        ("[1, 2]", "no CloudFormation template"),
        ("Parameters: {}", "has no Resources"),
        ("Resources: []", "has no Resources"),
        (BOMB, "unfolds to more than"),
        ('{"Resources": ' + '{"A": ' * 200 + "1" + "}" * 201, "nested more than"),
        ('{"Resources": ' + "[" * 100_000, "nested more than"),
        ("Resources: " + "[" * 1_000, "nested more than"),
        pytest.param("Resources: " + "[" * 5_000, "nested more than", marks=pytest.mark.slow),
        ("a: &a\n  b: *a\nResources: {}", "unfolds for ever"),
        ("Resources:\n  A: !!python/object/apply:os.system ['true']", "cannot be parsed"),
    ],
    ids=[
        "json", "yaml", "empty", "text", "list", "other", "array", "bomb", "deep", "json2", "yaml2", "yaml3", "loop",
        "tag",
    ],
)  # fmt: skip
def test_garbage_is_a_clear_error_within_seconds(text: str, message: str) -> None:
    started = time.perf_counter()
    with pytest.raises(TemplateError, match=message):
        parse(text)
    assert time.perf_counter() - started < 10


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(21 * 1024 * 1024)
    with pytest.raises(TemplateError, match="larger than 20 MiB"):
        load_templates(path)


def test_a_file_of_ten_megabytes_is_read_within_seconds(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    resource = {"Type": "AWS::SNS::Topic", "Metadata": {"text": "x" * 10_000}}
    path.write_text(json.dumps({"Resources": {f"T{number}": resource for number in range(1_000)}}))
    started = time.perf_counter()
    assert len(load_templates(path)[0].body["Resources"]) == 1_000
    assert time.perf_counter() - started < 10


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TemplateError, match="cannot be read"):
        load_templates(path)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("!Ref A", {"Ref": "A"}),
        ("!GetAtt A.Arn", {"Fn::GetAtt": ["A", "Arn"]}),
        ("!GetAtt [A, Arn]", {"Fn::GetAtt": ["A", "Arn"]}),
        ("!GetAtt A.Outputs.B", {"Fn::GetAtt": ["A", "Outputs.B"]}),
        ("!Sub '${A}-x'", {"Fn::Sub": "${A}-x"}),
        ("!Sub ['${A}', {A: !Ref B}]", {"Fn::Sub": ["${A}", {"A": {"Ref": "B"}}]}),
        ("!If [C, !Ref A, !Ref 'AWS::NoValue']", {"Fn::If": ["C", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]}),
        ("!Join ['', [a, !Ref B]]", {"Fn::Join": ["", ["a", {"Ref": "B"}]]}),
        ("!Condition C", {"Condition": "C"}),
        ("!FindInMap [A, B, C]", {"Fn::FindInMap": ["A", "B", "C"]}),
    ],
)
def test_a_short_form_means_its_long_form(short: str, long: object) -> None:
    body = parse(f"Resources:\n  X:\n    Type: Custom::X\n    Properties:\n      P: {short}\n")
    assert isinstance(body, dict)
    assert body["Resources"]["X"]["Properties"]["P"] == long


def test_a_date_stays_text() -> None:
    body = parse("Resources: {X: {Type: Custom::X, Properties: {Version: 2012-10-17}}}")
    assert isinstance(body, dict)
    assert body["Resources"]["X"]["Properties"]["Version"] == "2012-10-17"


def test_a_folder_gives_all_its_stacks_and_one_without_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="cdk synth"):
        load_templates(tmp_path)
    (tmp_path / "inner").mkdir()
    for place in ("A.template.json", "inner/B.template.json"):
        (tmp_path / place).write_text('{"Resources": {}}')
    assert [template.name for template in load_templates(tmp_path)] == ["A", "B"]


def test_a_missing_file_is_an_error_that_says_what_may_stand_there(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"cdk\.out folder or stack:NAME"):
        load_templates(tmp_path / "none")
