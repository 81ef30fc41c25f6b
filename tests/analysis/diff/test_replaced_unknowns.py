"""Where one unknown part of a version replaces another, the diff says that it compared neither."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.analysis.conftest import PUBLIC, Document, template
from tests.analysis.diff.test_setting_changes import diff, silent


def with_managed(arn: Any) -> Document:
    body = template([PUBLIC])
    body["Resources"]["User"]["Properties"]["ManagedPolicyArns"] = [arn]
    return body


def statement(**more: Any) -> Document:
    return template([PUBLIC, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **more}])


def document(value: Any) -> Document:
    body = template([PUBLIC])
    body["Resources"]["User"]["Properties"]["Policies"][0]["PolicyDocument"] = value
    return body


def bounded(value: Any) -> Document:
    body = template([PUBLIC])
    body["Resources"]["User"]["Properties"]["PermissionsBoundary"] = value
    return body


PARTS: dict[str, Callable[[Any], Document]] = {
    "a managed policy": with_managed,
    "a permissions boundary": bounded,
    "an action": lambda value: statement(Action=value),
    "a condition": lambda value: statement(Condition={"StringEquals": {"aws:SourceVpc": value}}),
    "a policy": document,
}


def version(name: str, parameter: str) -> Document:
    return {**PARTS[name]({"Ref": parameter}), "Parameters": {each: {"Type": "String"} for each in ("Some", "Other")}}


@pytest.mark.parametrize("name", PARTS)
def test_another_unknown_part_of_a_callers_policies_is_not_decided_and_named(name: str) -> None:
    found = diff(version(name, "Some"), version(name, "Other"))
    assert any("Other" in each and each.endswith("not compared") for each in found.undecided)
    assert silent(diff(version(name, "Some"), version(name, "Some")))


def test_a_role_of_another_logical_id_with_the_same_unknown_policy_has_no_other_unknown_part() -> None:
    old = version("a managed policy", "Some")
    new = version("a managed policy", "Some")
    resources = new["Resources"]
    resources["Person"] = resources.pop("User")
    resources["Attachment"]["Properties"]["Roles"] = {"authenticated": {"Fn::GetAtt": ["Person", "Arn"]}}
    assert silent(diff(old, new))
