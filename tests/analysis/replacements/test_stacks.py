"""Stacks of two versions are the same if CloudFormation deploys them to the same place."""

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.analysis.replacements import Effect, Replacements, find_replacements
from constructs_lib.analysis.replacements.stacks import paired_stacks
from constructs_lib.analysis.template.templates import Template, load_templates

RESOURCES: dict[str, Any] = {"Bucket": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"}}
HERE = "aws://111122223333/us-east-1"
ANYWHERE = "aws://unknown-account/unknown-region"


def template(name: str) -> Template:
    return Template(name=name, body={"Resources": RESOURCES}, source=f"{name}.json")


def assembly(folder: Path, *stacks: tuple[str, str, str]) -> list[Template]:
    """Write an assembly with stacks (artifact, stack name and environment), and read it."""
    folder.mkdir()
    artifacts = {}
    for name, stack, environment in stacks:
        (folder / f"{name}.template.json").write_text(json.dumps({"Resources": RESOURCES}), encoding="utf-8")
        properties = {"templateFile": f"{name}.template.json", **({"stackName": stack} if stack else {})}
        artifacts[name] = {"environment": environment, "properties": properties}
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}), encoding="utf-8")
    return load_templates(folder)


def compare(old: list[Template], new: list[Template]) -> Replacements:
    return find_replacements(*paired_stacks(old, new))


@pytest.mark.parametrize(
    ("name", "stack", "environment", "partner"),
    [
        ("Docs", "Docs", "aws://111122223333/eu-west-1", "Docs in 111122223333 and eu-west-1"),
        ("Docs", "Docs", "aws://444455556666/us-east-1", "Docs in 444455556666 and us-east-1"),
        ("Docs", "Docs2", HERE, "Docs2 in 111122223333 and us-east-1"),
        ("Docs2", "", HERE, "Docs2"),
    ],
)
def test_a_stack_that_is_deployed_elsewhere_leaves_the_old_one_behind(
    tmp_path: Path, name: str, stack: str, environment: str, partner: str
) -> None:
    old = assembly(tmp_path / "old", ("Docs", "Docs", HERE))
    new = assembly(tmp_path / "new", (name, stack, environment))
    (finding,) = compare(old, new).findings
    assert (finding.stack, finding.effect) == ("Docs", Effect.ORPHANED)
    assert f"Bucket of stack {partner} seems to be meant for it" in finding.what


@pytest.mark.parametrize(
    "environment", [HERE, ANYWHERE, "aws://111122223333/unknown-region", "aws://unknown-account/us-east-1"]
)
def test_a_stack_whose_environment_may_be_the_same_is_the_same(tmp_path: Path, environment: str) -> None:
    old = assembly(tmp_path / "old", ("Docs", "Docs", HERE))
    new = assembly(tmp_path / "new", ("Renamed", "Docs", environment))
    for sides in ((old, new), (new, old)):
        assert compare(*sides).findings == ()


def test_stacks_of_one_name_in_two_regions_are_two_stacks(tmp_path: Path) -> None:
    stacks = [("East", "Docs", HERE), ("West", "Docs", "aws://111122223333/us-west-2")]
    old = assembly(tmp_path / "old", *stacks)
    assert compare(old, assembly(tmp_path / "new", *stacks[::-1])).findings == ()
    (finding,) = compare(old, assembly(tmp_path / "less", stacks[1])).findings
    assert finding.stack == "East"


def test_an_exact_environment_goes_before_one_that_may_be_the_same(tmp_path: Path) -> None:
    old = assembly(tmp_path / "old", ("A", "Docs", ANYWHERE), ("B", "Docs", HERE))
    before, after = paired_stacks(old, assembly(tmp_path / "new", ("C", "Docs", HERE)))
    assert (set(before), set(after)) == ({"A", "B"}, {"B"})


def test_a_renamed_construct_with_the_same_stack_name_is_the_same_stack(tmp_path: Path) -> None:
    old = assembly(tmp_path / "old", ("A", "Docs", HERE), ("B", "Other", HERE))
    assert compare(old, assembly(tmp_path / "new", ("C", "Docs", ANYWHERE), ("B", "Other", HERE))).findings == ()


def test_an_old_stack_is_one_new_stack_only(tmp_path: Path) -> None:
    old = assembly(tmp_path / "old", ("Docs", "Docs", ANYWHERE))
    new = assembly(tmp_path / "new", ("East", "Docs", HERE), ("West", "Docs", "aws://111122223333/us-west-2"))
    assert set(paired_stacks(old, new)[1]) == {"Docs", "West"}


def test_two_single_templates_are_compared_whatever_their_names(tmp_path: Path) -> None:
    result = compare([template("old")], [template("new")])
    assert (result.findings, result.compared) == ((), 1)
    assert compare([template("old")], assembly(tmp_path / "new", ("Docs", "Docs", HERE))).findings == ()


def test_templates_without_manifests_are_compared_by_name() -> None:
    before, after = paired_stacks([template("A"), template("B")], [template("B"), template("C")])
    assert (list(before), list(after)) == (["A", "B"], ["B", "C"])


def test_a_nested_stack_has_the_name_of_its_parent() -> None:
    body = {"Resources": {"Nested": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "n.json"}}}}
    old, new = ([Template(name=name, body=body, source=f"{name}.json"), template("n")] for name in ("old", "new"))
    before, after = paired_stacks(old, new)
    assert set(before) == set(after) == {"old", "old/Nested"}
