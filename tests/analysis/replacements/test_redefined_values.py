"""A value that is written as before differs if its condition, parameter or mapping is defined differently."""

import copy
from typing import Any

import pytest

from constructs_lib.analysis.replacements import Effect, Finding, find_replacements


def app(name: Any = "documents", *, stage: str = "prod", default: str = "a", mapped: str = "x", **more: Any) -> Any:
    """Return a template with a bucket, and a condition, a parameter and a mapping that its name may depend on."""
    return {
        "Parameters": {"Stage": {"Type": "String"}, "Name": {"Type": "String", "Default": default}},
        "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, stage]}},
        "Mappings": {"Names": {"bucket": {"name": mapped, "other": stage}}},
        "Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}, **more}},
    }


def found(old: Any, new: Any) -> list[Finding]:
    return list(find_replacements({"App": old}, {"App": new}).findings)


MAPPED = {"Fn::FindInMap": ["Names", "bucket", "name"]}
BY_PARAMETER = {"Fn::FindInMap": ["Names", {"Ref": "Stage"}, "name"]}


@pytest.mark.parametrize(
    ("name", "changed", "certain"),
    [
        (MAPPED, {"mapped": "y"}, True),
        (BY_PARAMETER, {"mapped": "y"}, False),
        ({"Ref": "Name"}, {"default": "b"}, False),
        ({"Fn::Sub": "${Name}-documents"}, {"default": "b"}, False),
        ({"Fn::Sub": ["${Name}-${Kind}", {"Kind": "documents"}]}, {"default": "b"}, False),
        ({"Fn::Join": ["-", ["a", {"Fn::If": ["IsProd", "b", "c"]}]]}, {"stage": "live"}, False),
    ],
)
def test_a_name_with_another_definition_replaces_the_bucket(name: Any, changed: Any, certain: bool) -> None:
    (finding,) = found(app(name), app(name, **changed))
    assert (finding.effect, finding.cause, finding.certain) == (Effect.REPLACED, "BucketName", certain)
    assert found(app(name), app(name)) == []


@pytest.mark.parametrize("given", ["b", {"Ref": "Name"}])
def test_another_value_from_the_parent_stack_replaces_the_bucket(given: Any) -> None:
    def stacks(value: Any, default: str) -> dict[str, Any]:
        nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"Parameters": {"Name": value}}}
        parent = {"Parameters": {"Name": {"Type": "String", "Default": default}}, "Resources": {"Nested": nested}}
        return {"App/Nested": app({"Ref": "Name"}), "App": parent}

    old = stacks({"Ref": "Name"}, "a")
    (finding,) = find_replacements(old, stacks(given, "b")).findings
    assert (finding.stack, finding.cause, finding.certain) == ("App/Nested", "BucketName", False)
    assert find_replacements(old, stacks({"Ref": "Name"}, "a")).findings == ()


def test_a_condition_of_another_meaning_may_delete_the_bucket() -> None:
    (finding,) = found(app(Condition="IsProd"), app(Condition="IsProd", stage="live"))
    assert (finding.effect, finding.cause, finding.certain) == (Effect.DELETED, "Condition", False)


def test_other_values_of_a_mapping_and_other_parameters_change_no_name() -> None:
    assert found(app(MAPPED), app(MAPPED, stage="live", default="b")) == []
    old = app({"Ref": "Name"})
    new = copy.deepcopy(old)
    new["Parameters"]["Name"]["Description"] = "The name of the bucket"
    assert found(old, new) == []


def test_a_known_value_of_a_mapping_equals_the_value_itself() -> None:
    assert found(app(MAPPED, mapped="x"), app("x")) == []
