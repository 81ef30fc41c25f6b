"""The requirements of a synthesized app are read from its assembly, including stages."""

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.local import LocalCloudError
from constructs_lib.local.assembly import (
    Environment,
    check_parameters,
    check_pins,
    check_stacks,
    environments,
    refuse_stacks,
    runs_node,
)
from constructs_lib.local.errors import PinnedError


def stack(environment: str, qualifier: str = "hnb659fds") -> dict[str, Any]:
    parameter = f"/cdk-bootstrap/{qualifier}/version"
    return {
        "type": "aws:cloudformation:stack",
        "environment": environment,
        "properties": {"bootstrapStackVersionSsmParameter": parameter} if qualifier else {},
    }


def write(folder: Path, **artifacts: Any) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return folder


def test_pins_regions_and_qualifiers_are_read_in_stages_too(tmp_path: Path) -> None:
    write(tmp_path / "assembly-Prod", Deep=stack("aws://111111111111/eu-west-1", "custom"))
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}
    tree = {"type": "cdk:tree", "properties": {"file": "tree.json"}}
    write(tmp_path, Free=stack("aws://unknown-account/unknown-region"), Bare=stack("aws://111111111111/us-east-1", ""),
          Stage=stage, Tree=tree)  # fmt: skip
    assert environments(tmp_path) == {
        Environment(account="", region="", qualifier="hnb659fds"),
        Environment(account="111111111111", region="us-east-1", qualifier=""),
        Environment(account="111111111111", region="eu-west-1", qualifier="custom"),
    }


@pytest.mark.parametrize("content", [None, "", "{", "[]", b"\xff"])
def test_an_assembly_that_cannot_be_read_is_named(tmp_path: Path, content: str | bytes | None) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(LocalCloudError, match=r"manifest\.json .*; run the same command again"):
        environments(tmp_path)


@pytest.mark.parametrize(
    ("name", "kind", "properties", "expected"),
    [
        ("F", "AWS::Lambda::Function", {"Runtime": "nodejs22.x"}, True),
        ("F", "AWS::Lambda::Function", {"Runtime": {"Fn::FindInMap": ["Latest", "r", "v"]}}, True),
        ("F", "AWS::Serverless::Function", {"Runtime": "nodejs20.x"}, True),
        ("F", "AWS::Lambda::Function", {"Runtime": "python3.13"}, False),
        ("F", "AWS::Lambda::Function", {"PackageType": "Image"}, False),
        ("F", "AWS::Lambda::LayerVersion", {"Runtime": "nodejs22.x"}, False),
        ("CustomS3AutoDeleteObjectsX", "AWS::Lambda::Function", {"Runtime": "nodejs22.x"}, False),
    ],
)
def test_functions_on_node_are_seen(
    tmp_path: Path, name: str, kind: str, properties: dict[str, Any], *, expected: bool
) -> None:
    resources = {name: {"Type": kind, "Properties": properties}}
    (tmp_path / "assembly-X").mkdir()
    (tmp_path / "assembly-X" / "S.template.json").write_text(json.dumps({"Resources": resources}))
    assert runs_node(tmp_path) is expected


def test_a_loop_may_make_functions_on_node(tmp_path: Path) -> None:
    resources = {"Fn::ForEach::Functions": ["Name", ["A", "B"], {"Function${Name}": {"Type": "AWS::Lambda::Function"}}]}
    (tmp_path / "S.template.json").write_text(json.dumps({"Resources": resources}))
    assert runs_node(tmp_path)


def _pinned(account: str, region: str) -> Environment:
    return Environment(account=account, region=region, qualifier="")


@pytest.mark.parametrize(
    ("wanted", "account", "region"),
    [(_pinned("2", ""), "2", "eu-west-1"), (_pinned("", "eu-west-3"), "1", "eu-west-3")],
)
def test_an_app_pinned_elsewhere_is_refused_with_its_account_and_region(
    wanted: Environment, account: str, region: str
) -> None:
    with pytest.raises(PinnedError) as refused:
        check_pins({wanted}, account="1", region="eu-west-1")
    assert (refused.value.account, refused.value.region) == (account, region)


def test_an_app_pinned_to_several_accounts_is_refused() -> None:
    with pytest.raises(LocalCloudError, match="pinned to the accounts 1, 2"):
        check_pins({_pinned("1", ""), _pinned("2", "")}, account="1", region="eu-west-1")


def test_an_app_of_one_region_and_the_one_of_cloudfront_is_accepted() -> None:
    check_pins({_pinned("1", "eu-west-1"), _pinned("1", "us-east-1")}, account="1", region="eu-west-1")


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """Write an app with a stack, and a stage with a stack that has a parameter."""

    def deployed(folder: Path, path: str, name: str, *parameters: str) -> dict[str, Any]:
        body = {"Parameters": {each: {"Type": "String"} for each in parameters}, "Resources": {}}
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.template.json").write_text(json.dumps(body))
        properties = {"templateFile": f"{name}.template.json", "stackName": name}
        return {"type": "aws:cloudformation:stack", "displayName": path, "properties": properties}

    inner = tmp_path / "assembly-Dev"
    write(inner, Deep=deployed(inner, "Dev/Deep", "Dev-Deep", "Size"))
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Dev"}}
    return write(tmp_path, Web=deployed(tmp_path, "Web", "Web", "BootstrapVersion"), Stage=stage)


@pytest.mark.parametrize("value", ["Size=1", "Dev-Deep:Size=1", "Size=a=b:c"])
def test_a_declared_parameter_is_accepted_also_in_a_stage(app: Path, value: str) -> None:
    check_parameters(app, [value])


@pytest.mark.parametrize("value", ["Siz=1", "Web:Size=1", "Deep:Size=1", "BootstrapVersion=9"])
def test_a_parameter_that_no_stack_declares_is_refused_with_the_declared_ones(app: Path, value: str) -> None:
    name = value.partition("=")[0]
    with pytest.raises(LocalCloudError, match=rf"the parameter {name} \(parameters: Dev-Deep:Size\); name one of"):
        check_parameters(app, ["Size=1", value])


@pytest.mark.parametrize("name", ["Web", "Dev/Deep", "D*", "!(Web)"])
def test_a_stack_by_its_path_or_a_pattern_is_accepted(app: Path, name: str) -> None:
    check_stacks(app, [name])


@pytest.mark.parametrize("name", ["We", "Dev-Deep", "Dev"])
def test_a_stack_that_the_app_does_not_have_is_refused_with_those_it_has(app: Path, name: str) -> None:
    with pytest.raises(LocalCloudError, match=rf"no stack '{name}' \(stacks: Dev/Deep, Web\); name one that it has"):
        check_stacks(app, ["Web", name])


def test_patterns_that_match_no_stack_are_refused_with_the_stacks_of_the_app(app: Path) -> None:
    with pytest.raises(LocalCloudError, match=r"no stack 'A\*', 'B' \(stacks: Dev/Deep, Web\); name one"):
        refuse_stacks(app, ["A*", "B"])
