"""A template that is none ends every command in one line that names the place, and no traceback."""

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.cli import main

GOOD = json.dumps({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}})
BAD: dict[str, tuple[str | bytes, str]] = {
    "an empty file": ("", "it is empty"),
    "another encoding": ("é".encode("latin-1"), "cannot be read"),
    "two bytes a character": (GOOD.encode("utf-16"), "cannot be read"),
    "half a file": (GOOD[:-3], "cannot be parsed"),
    "a key twice": ('{"Resources": {"T": {"Type": "a", "Type": "b"}}}', "the key 'Type' stands twice in Resources.T"),
    "a key twice in YAML": ("Resources:\n  T: {Type: a, Type: b}\n", "'Type' stands twice in Resources.T (line 2)"),
    "a number that is none": ('{"Resources": {"T": {"Type": NaN}}}', "NaN is no JSON value"),
    "a number without an end": ('{"Resources": {"T": {"Type": %s}}}' % ("9" * 5000), "cannot be parsed"),
    "a resource that is a text": ('{"Resources": {"T": "x"}}', "Resources.T is a text"),
    "a resource that needs itself": (
        '{"Resources": {"T": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "T"}}}}}',
        "Resources.T is in a circular dependency",
    ),
    "a function of the wrong shape": (
        '{"Resources": {"T": {"Type": "a", "Properties": {"x": {"Fn::GetAtt": 5}}}}}',
        "Resources.T.Properties.x is Fn::GetAtt of the number 5",
    ),
}  # fmt: skip


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        main(words)
    told = capsys.readouterr().err
    assert isinstance(left.value.code, int)
    return left.value.code, told


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("command", ["prove", "matrix", "diff", "replacements", "review"])
def test_a_malformed_file_ends_in_one_line(
    command: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, says = BAD[name]
    bad, good = tmp_path / "bad.template", tmp_path / "good.json"
    bad.write_bytes(content if isinstance(content, bytes) else content.encode())
    good.write_text(GOOD)
    words = [str(bad)] if command in {"prove", "matrix"} else [str(good), str(bad)]
    code, told = run(capsys, command, *words)
    assert (code, told.count("\n")) == (1, 1)
    assert told.startswith("Error: ")
    assert says in told
    assert "bad.template" in told


def folder(tmp_path: Path, **files: Any) -> str:
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (tmp_path / name.replace("_", ".")).write_text(text)
    return str(tmp_path)


@pytest.mark.parametrize(
    "manifest", ["{", "[]", '{"files": []}', '{"files": {"a": 1}}', '{"files": {"a": {"source": 1}}}']
)
def test_a_broken_manifest_ends_in_one_line_that_names_it(
    manifest: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = folder(tmp_path, S_template_json=GOOD, S_assets_json=manifest)
    code, told = run(capsys, "prove", place)
    assert (code, told.count("\n")) == (1, 1)
    assert "S.assets.json is not a CDK asset manifest" in told


def test_a_folder_without_templates_and_a_place_that_is_none_end_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for place, says in (
        (str(tmp_path), "holds no *.template.json"),
        (str(tmp_path / "none"), "does not exist"),
        (str(tmp_path / ("x" * 5000)), "cannot be read"),
        ("/dev/null", "is not a file"),
    ):
        code, told = run(capsys, "matrix", place)
        assert (code, told.count("\n")) == (1, 1)
        assert says in told


def test_stacks_nested_in_each_other_end_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def nests(name: str) -> Any:
        return {"Resources": {"N": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": name}}}}

    place = folder(tmp_path, A_template_json=nests("B.template.json"), B_template_json=nests("A.template.json"))
    code, told = run(capsys, "prove", place)
    assert (code, told.count("\n")) == (1, 1)
    assert "nested in themselves" in told


def test_a_fault_of_ours_is_one_line_that_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: object, **__: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr("constructs_lib.analysis.model.assemble.build_model", fails)
    path = tmp_path / "t.json"
    path.write_text(GOOD)
    code, told = run(capsys, "matrix", str(path))
    assert (code, told.count("\n")) == (1, 1)
    assert "please report it: KeyError: 'x' (test_malformed.py, line" in told
