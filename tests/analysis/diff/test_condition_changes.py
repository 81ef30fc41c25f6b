"""A condition that keeps its name and changes its meaning is compared with every value of both versions."""

import copy
from typing import Any, Final

import pytest

from constructs_lib.analysis import Template
from constructs_lib.analysis.diff import Diff, compare
from tests.analysis.conftest import BUCKET, SUB, Document, join, template

OWN: Final = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, f"/private/{SUB}/*")}
PUBLIC: Final = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, "/public/*")}
IS_OPEN: Final = {"Fn::Equals": [{"Ref": "Stage"}, "open"]}
MAPPED: Final = {"Fn::Equals": [{"Fn::FindInMap": ["Stages", {"Ref": "AWS::Region"}, "kind"]}, {"Ref": "Stage"}]}


def version(condition: Any, **sections: Any) -> list[Template]:
    """Return a template whose users read `public/*` where the condition `Open` is true."""
    body = copy.deepcopy(template([OWN, {"Fn::If": ["Open", PUBLIC, {"Ref": "AWS::NoValue"}]}]))
    body |= {"Parameters": {"Stage": {"Type": "String", "Default": "dev"}}, "Conditions": {"Open": condition}}
    for name, more in sections.items():
        body[name] = {**body.get(name, {}), **more}
    return [Template(name="T", body=body, source="test")]


def both(old: list[Template], new: list[Template]) -> tuple[Diff, Diff]:
    return compare(old, new), compare(new, old)


def stages(kind: str) -> Document:
    return {"Stages": {"eu-west-1": {"kind": kind}}}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (version(IS_OPEN), version({"Fn::Not": [IS_OPEN]})),
        (version(IS_OPEN), version({"Fn::Equals": [{"Ref": "Stage"}, "dev"]})),
        (version(IS_OPEN), version({"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-9"]})),
        (
            version({"Condition": "Inner"}, Conditions={"Inner": IS_OPEN}),
            version({"Condition": "Inner"}, Conditions={"Inner": {"Fn::Not": [IS_OPEN]}}),
        ),
        (version(MAPPED, Mappings=stages("a")), version(MAPPED, Mappings=stages("b"))),
        (version(IS_OPEN), version(IS_OPEN, Parameters={"Stage": {"Type": "String", "Default": "open"}})),
    ],
)
def test_access_under_a_condition_of_another_meaning_is_gained(old: list[Template], new: list[Template]) -> None:
    for found in both(old, new):
        assert any("get Bucket public/*" in each.sentence for each in found.gained)


def test_access_under_a_condition_of_the_same_meaning_is_no_change() -> None:
    unused = {"Other": {"Fn::Equals": [{"Ref": "AWS::Region"}, "x"]}}
    for found in both(version(IS_OPEN), version(IS_OPEN, Conditions=unused)):
        assert found.changes == ()
