"""Templates are read completely or rejected with a clear error within seconds."""

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

MERGED = "a0: &a0 {k: 1}\n" + "".join(
    f"a{number}: &a{number} {{<<: [*a{number - 1}, *a{number - 1}], k{number}: 1}}\n" for number in range(1, 60)
)
"""A kilobyte of merge keys that a copying parser would expand for years."""
CHAINED = "a0: &a0 {k: 1}\n" + "".join(
    f"a{number}: &a{number} {{<<: *a{number - 1}, k{number}: 1}}\n" for number in range(1, 2000)
)


def parse(text: str) -> object:
    return parse_template(text, name="T", source="here").body


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"Resources": {"A"', "cannot be parsed"),
        ("Resources: [unclosed", "cannot be parsed"),
        ("", "it is empty"),
        ("just text", "is not a CloudFormation template"),
        ("[1, 2]", "is not a CloudFormation template"),
        ("Parameters: {}", "has no Resources"),
        ("Resources: []", "has no Resources"),
        (BOMB, "unfolds to more than"),
        ('{"Resources": ' + '{"A": ' * 200 + "1" + "}" * 201, "nested more than"),
        ('{"Resources": ' + "[" * 100_000, "nested more than"),
        ("Resources: " + "[" * 1_000, "maximum nesting depth"),
        pytest.param("Resources: " + "[" * 5_000, "maximum nesting depth", marks=pytest.mark.slow),
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


def test_merge_keys_that_double_at_each_step_are_read_at_once() -> None:
    started = time.perf_counter()
    body = parse(MERGED + "Resources: {A: {Type: 'Custom::A', Properties: *a59}}\n")
    assert isinstance(body, dict)
    assert len(body["Resources"]["A"]["Properties"]) == 60
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CHAINED + "Resources: {}", "merge keys copy more than"),
        ("a: &a [x]\nResources: {<<: *a}", "names no mapping"),
        ("a: &a {<<: *a}\nResources: {}", "unfolds for ever"),
        ("Resources: {A: {Type: x, Type: y}}", r"'Type' stands twice in Resources\.A \(line 1\)"),
        ("Resources: {}\nResources: {}", "'Resources' stands twice in the outermost mapping"),
        ("Resources: {[a]: b}", "is no text"),
        ("Resources: {A: !!set {x}}", "is not known to CloudFormation"),
        ("Resources: {A: !!binary aGk=}", "is no text, number or truth value"),
        ("Resources: {A: .inf}", "is no text, number or truth value"),
        ("Resources: {A: !!int x}", "cannot be read as"),
        ("Resources: {}\n---\nResources: {}", "another document"),
        ("Resources: {A: *a}", "undefined alias"),
    ],
)
def test_yaml_that_cloudformation_would_not_read_alike_is_refused(text: str, message: str) -> None:
    started = time.perf_counter()
    with pytest.raises(TemplateError, match=message):
        parse(text)
    assert time.perf_counter() - started < 5


def test_a_mappings_own_keys_win_over_those_it_merges_and_the_first_over_the_later() -> None:
    body = parse("a: &a {x: 1, y: 1}\nb: &b {x: 2, z: 2}\nResources: {A: {Type: x, Metadata: {<<: [*a, *b], y: 3}}}")
    assert isinstance(body, dict)
    assert body["Resources"]["A"]["Metadata"] == {"x": 1, "y": 3, "z": 2}


def test_keys_are_text_as_they_are_written() -> None:
    body = parse("Resources: {A: {Type: x, Metadata: {200: a, on: b, 2012-10-17: c, null: d}}}")
    assert isinstance(body, dict)
    assert list(body["Resources"]["A"]["Metadata"]) == ["200", "on", "2012-10-17", "null"]


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


def test_a_stack_that_cannot_be_read_names_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    with pytest.raises(TemplateError, match=r"must specify a region; sign in to AWS, name the region by AWS_REGION"):
        load_templates("stack:Nope")


@pytest.mark.parametrize("setting", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_a_region_of_the_environment_is_used_and_a_network_fault_is_named(
    monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        setting: "eu-west-1", "AWS_CONFIG_FILE": "/nonexistent", "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_MAX_ATTEMPTS": "1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    with pytest.raises(TemplateError, match=r"^AWS cannot be reached .*; check the network and HTTPS_PROXY$"):
        load_templates("stack:Nope")


def test_a_folder_gives_all_its_stacks_and_one_without_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"`cdk synth` first \(`cognito-app up`"):
        load_templates(tmp_path)
    (tmp_path / "inner").mkdir()
    for place in ("A.template.json", "inner/B.template.json"):
        (tmp_path / place).write_text('{"Resources": {}}')
    assert [template.name for template in load_templates(tmp_path)] == ["A", "B"]


def test_a_missing_assembly_is_refused_with_the_one_that_the_local_cloud_has(tmp_path: Path) -> None:
    (tmp_path / ".local-cloud" / "cdk.out").mkdir(parents=True)
    with pytest.raises(
        TemplateError, match=r"cdk\.out does not exist; name .*/\.local-cloud/cdk\.out, which `cognito-app"
    ):
        load_templates(tmp_path / "cdk.out")
    with pytest.raises(TemplateError, match=r"absent does not exist; name a CloudFormation template"):
        load_templates(tmp_path / "absent")


def test_a_folder_that_is_no_assembly_is_refused_with_the_assemblies_in_it(tmp_path: Path) -> None:
    (tmp_path / "node_modules" / "package").mkdir(parents=True)
    (tmp_path / "node_modules" / "package" / "X.template.json").write_text("{")
    with pytest.raises(
        TemplateError, match=r"is not a cdk\.out folder; name a CloudFormation template in JSON or YAML"
    ):
        load_templates(tmp_path)
    for name in ("before", "cdk.out", ".local-cloud/cdk.out"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "A.template.json").write_text('{"Resources": {}}')
    named = [str(tmp_path / each) for each in ("before", "cdk.out", ".local-cloud/cdk.out")]
    with pytest.raises(TemplateError) as refused:
        load_templates(tmp_path)
    assert str(refused.value) == (f"{tmp_path} is not a cdk.out folder; name {named[0]}, {named[1]} or {named[2]}")


def test_the_assembly_of_an_app_with_stages_only_gives_the_stacks_of_the_stages(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"artifacts": {}}')
    for stage in ("assembly-Dev", "assembly-Dev/assembly-Dev-Inner"):
        (tmp_path / stage).mkdir()
        (tmp_path / stage / f"{stage[-5:]}.template.json").write_text('{"Resources": {}}')
    assert [template.name for template in load_templates(tmp_path)] == ["Inner", "y-Dev"]


def test_an_assembly_with_packages_alone_is_that_of_a_failed_synthesis(tmp_path: Path) -> None:
    (tmp_path / f"asset.{'0' * 64}").mkdir()
    with pytest.raises(TemplateError, match="which is empty after a synth that failed"):
        load_templates(tmp_path)


def test_a_missing_file_is_an_error_that_says_what_may_stand_there(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"cdk\.out folder or stack:NAME"):
        load_templates(tmp_path / "none")


def test_a_stacks_account_is_the_one_of_its_assembly(tmp_path: Path) -> None:
    artifacts = {
        name: {"environment": f"aws://{where}", "properties": {"templateFile": f"{name}.template.json"}}
        for name, where in {"A": "123456789012/us-east-1", "B": "unknown-account/unknown-region"}.items()
    }
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {"Tree": {}, **artifacts}}))
    for name in artifacts:
        (tmp_path / f"{name}.template.json").write_text('{"Resources": {}}')
    assert [each.account for each in load_templates(tmp_path)] == ["123456789012", ""]
    (tmp_path / "manifest.json").write_text("[]")
    with pytest.raises(TemplateError, match=r"manifest\.json is not a CDK manifest"):
        load_templates(tmp_path)
