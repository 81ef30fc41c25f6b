"""Kept templates are those of the stacks that run, whatever was synthesized and deployed in between."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from constructs_lib.local import LocalCloudError
from constructs_lib.local.assembly import Stack
from constructs_lib.local.deployed_templates import keep_templates, running_template


def body(*resources: str) -> dict[str, Any]:
    return {"Resources": {name: {"Type": "AWS::SNS::Topic"} for name in resources}}


def synthesized(assembly: Path, templates: Mapping[str, Any], region: str = "unknown-region", **more: Any) -> Path:
    assembly.mkdir(parents=True, exist_ok=True)
    for name, template in templates.items():
        (assembly / f"{name}.template.json").write_text(json.dumps(template))
    artifacts = {
        name: {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://unknown-account/{region}",
            "properties": {"templateFile": f"{name}.template.json", "stackName": f"my-{name}"},
        }
        for name in templates
    }
    (assembly / "manifest.json").write_text(json.dumps({"artifacts": {**artifacts, **more}}))
    return assembly


class Cloud:
    """What CloudFormation has, by stack name."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.stacks = folder / "deployed", dict[str, Any]()

    def __call__(self, stack: Stack) -> Any:
        return self.stacks.get(stack.name)

    def keep(self, assembly: Path) -> dict[str, Any]:
        """Keep what runs, and return the kept templates."""
        keep_templates(assembly, self.folder, self, region="us-east-1")
        return self.kept()

    def kept(self) -> dict[str, Any]:
        files = self.folder.rglob("*.template.json")
        return {each.name.partition(".")[0]: json.loads(each.read_text()) for each in files}


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    """Give a cloud that the first versions of two stacks run on."""
    made = Cloud(tmp_path)
    made.stacks = {"my-A": body("a1"), "my-B": body("b1")}
    assert made.keep(synthesized(tmp_path / "first", {"A": body("a1"), "B": body("b1")})) == {
        "A": body("a1"), "B": body("b1"),
    }  # fmt: skip
    return made


def test_a_stack_that_did_not_take_its_new_template_keeps_the_old_one(cloud: Cloud, tmp_path: Path) -> None:
    second = synthesized(tmp_path / "second", {"A": body("a2"), "B": body("b2"), "C": body("c")})
    cloud.stacks["my-A"] = body("a2")
    assert cloud.keep(second) == {"A": body("a2"), "B": body("b1")}


def test_a_stack_that_was_changed_from_elsewhere_has_no_template_here(cloud: Cloud, tmp_path: Path) -> None:
    cloud.stacks["my-A"] = body("changed by boto3")
    second = synthesized(tmp_path / "second", {"A": body("a2"), "B": body("b1")})
    assert cloud.keep(second) == {"B": body("b1")}


def test_a_synthesis_that_failed_changes_nothing(cloud: Cloud, tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    with pytest.raises(LocalCloudError):
        cloud.keep(tmp_path / "second")
    assert cloud.kept() == {"A": body("a1"), "B": body("b1")}


def test_a_stack_that_the_app_no_longer_has_is_kept_until_it_is_deleted(cloud: Cloud, tmp_path: Path) -> None:
    second = synthesized(tmp_path / "second", {"A": body("a1")})
    assert cloud.keep(second) == {"A": body("a1"), "B": body("b1")}
    del cloud.stacks["my-B"]
    assert cloud.keep(second) == {"A": body("a1")}


def test_templates_of_a_cloud_that_has_ended_are_not_kept(cloud: Cloud, tmp_path: Path) -> None:
    cloud.stacks.clear()
    assert cloud.keep(synthesized(tmp_path / "second", {"A": body("a1")})) == {}


def test_a_stack_that_is_pinned_to_its_region_now_is_the_same_stack(cloud: Cloud, tmp_path: Path) -> None:
    cloud.stacks["my-A"] = body("a2")
    second = synthesized(tmp_path / "second", {"A": body("a2"), "B": body("b1")}, region="us-east-1")
    assert cloud.keep(second) == {"A": body("a2"), "B": body("b1")}
    assert len([*cloud.folder.iterdir()]) == 2


def test_stages_nested_stacks_and_metadata_are_kept(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path)
    cloud.stacks = {"my-A": body("a"), "my-S": body("s")}
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}
    assembly = synthesized(tmp_path / "first", {"A": body("a")}, Prod=stage)
    deep = synthesized(assembly / "assembly-Prod", {"S": body("s")})
    (deep / "SInner.nested.template.json").write_text(json.dumps(body("inner")))
    (deep / "S.assets.json").write_text(json.dumps({"files": {
        "1": {"source": {"path": "SInner.nested.template.json"}}, "2": {"source": {"path": "asset.2"}},
        "3": {"source": {"executable": ["build"]}}, "4": {"source": {"path": "S.template.json"}},
    }}))  # fmt: skip
    assert cloud.keep(assembly) == {"A": body("a"), "S": body("s"), "SInner": body("inner")}
    assert (cloud.folder / "us-east-1.my-S" / "S.assets.json").is_file()


@pytest.mark.parametrize("status", ["REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "DELETE_COMPLETE"])
def test_a_stack_without_resources_runs_nothing(status: str) -> None:
    assert told(status, json.dumps(body("a"))) is None


@pytest.mark.parametrize(
    "text", [json.dumps(body("a")), "Resources:\n  a:\n    Type: AWS::SNS::Topic\n"], ids=["JSON", "YAML"]
)
@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_FAILED"])
def test_a_stack_with_resources_runs_the_template_that_cloudformation_has(status: str, text: str) -> None:
    assert told(status, text) == body("a")


def test_a_stack_that_does_not_exist_runs_nothing() -> None:
    client = cloudformation()
    with Stubber(client) as stub:
        stub.add_client_error("describe_stacks", "ValidationError")
        assert running_template(client, "my-A") is None


def told(status: str, text: str) -> Any:
    client = cloudformation()
    with Stubber(client) as stub:
        described = {"StackName": "my-A", "StackStatus": status, "CreationTime": "2026-01-01T00:00:00Z"}
        stub.add_response("describe_stacks", {"Stacks": [described]})
        stub.add_response("get_template", {"TemplateBody": text})
        return running_template(client, "my-A")


def cloudformation() -> Any:
    return boto3.client("cloudformation", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
