"""Settings by which a resource that stays loses data or its users."""

from typing import Any

import pytest

from constructs_lib.analysis.replacements import Effect, Replacements, find_replacements


def compare(kind: str, old: Any, new: Any) -> Replacements:
    before, after = ({"App": {"Resources": {"It": {"Type": kind, "Properties": each}}}} for each in (old, new))
    return find_replacements(before, after)


@pytest.mark.parametrize("kind", ["AWS::KMS::Key", "AWS::KMS::ReplicaKey"])
@pytest.mark.parametrize(("old", "new", "certain"), [
    ({"Enabled": True}, {"Enabled": False}, True),
    ({}, {"Enabled": "false"}, True),
    ({}, {"Enabled": {"Ref": "Stage"}}, False),
])  # fmt: skip
def test_a_disabled_key_cuts_off_the_users_of_its_data(kind: str, old: Any, new: Any, certain: bool) -> None:
    (finding,) = compare(kind, old, new).findings
    assert (finding.effect, finding.cause, finding.certain) == (Effect.CUT_OFF, "Enabled", certain)
    assert compare(kind, new, old).findings == ()
    assert compare(kind, new, new).findings == ()


def test_signed_in_users_without_a_role_are_cut_off() -> None:
    kind, both = "AWS::Cognito::IdentityPoolRoleAttachment", {"authenticated": "a", "unauthenticated": "b"}
    (finding,) = compare(kind, {"Roles": both}, {"Roles": {"unauthenticated": "b"}}).findings
    assert (finding.effect, finding.cause) == (Effect.CUT_OFF, "Roles.authenticated")
    assert compare(kind, {"Roles": both}, {"Roles": {"authenticated": "c"}}).findings == ()


def rules(*found: Any) -> dict[str, Any]:
    return {"LifecycleConfiguration": {"Rules": list(found)}}


def rule(days: Any = 30, *, status: str = "Enabled", **more: Any) -> dict[str, Any]:
    return {"Status": status, "ExpirationInDays": days, **more}


CHOSEN = {"Fn::If": ["IsTest", rule(), {"Ref": "AWS::NoValue"}]}


@pytest.mark.parametrize(("old", "new", "text"), [
    ({}, rules(rule()), "deletes all objects: ExpirationInDays 30."),
    (rules(rule(status="Disabled")), rules(rule()), "deletes all objects"),
    (rules(rule(30)), rules(rule(1)), "ExpirationInDays 1."),
    (rules(rule(Prefix="tmp/")), rules(rule(Prefix="")), "deletes all objects"),
    (rules(rule(Prefix="tmp/")), rules(rule(Prefix="tmp/"), rule(Prefix="b/")), 'objects with {"Prefix": "b/"}'),
    ({}, rules({"Status": "Enabled", "ExpirationDate": "2027-01-01"}), "ExpirationDate 2027-01-01."),
    ({}, rules(CHOSEN), "may delete objects"),
    (rules({"Fn::If": ["IsTest", rule(2), rule()]}), rules(CHOSEN), "may delete objects"),
    ({}, {"LifecycleConfiguration": {"Fn::If": ["IsTest", {"Rules": [rule()]}, "x"]}}, "may delete"),
])  # fmt: skip
def test_objects_that_expire_are_noted(old: Any, new: Any, text: str) -> None:
    result = compare("AWS::S3::Bucket", old, new)
    assert [text in note.text for note in result.notes] == [True]
    assert result.findings == ()


@pytest.mark.parametrize(("old", "new"), [
    (rules(rule(1)), rules(rule(30))),
    (rules(rule(Id="a")), rules(rule(Id="b"), rule(Prefix="", status="Disabled"))),
    (rules(rule()), {}),
    ({}, rules({"Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}})),
    (rules(CHOSEN), rules(CHOSEN)),
])  # fmt: skip
def test_objects_that_are_kept_as_long_are_no_note(old: Any, new: Any) -> None:
    assert compare("AWS::S3::Bucket", old, new).notes == ()
