"""An action that AWS's data does not have may be a new one: what it newly gives is never "no access changes"."""

from typing import Any

import pytest

from tests.analysis.conftest import BUCKET, PUBLIC, SUB, TABLE, Document, join, template
from tests.analysis.diff.test_setting_changes import diff, silent


def with_action(action: Any, resource: Any = "*", **more: Any) -> Document:
    return template([PUBLIC, {"Effect": "Allow", "Action": action, "Resource": resource, **more}])


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObjectsBatch", join(BUCKET, "/*")),
        ("dynamodb:GetItemsNew", TABLE),
        ("lambda:NewPower", "*"),
        ("cognito-idp:AdminNew*", "*"),
        ("newservice:Read", "*"),
    ],
)
def test_a_new_right_by_such_an_action_is_not_decided_and_named(action: str, resource: Any) -> None:
    found = diff(template([PUBLIC]), with_action(action, resource))
    assert not found.changes
    assert any(f"{action} is no action in AWS's data of" in each for each in found.undecided)
    assert not diff(with_action(action, resource), template([PUBLIC])).undecided


def test_a_bucket_policy_with_such_an_action_is_not_decided_and_named() -> None:
    said = {"Effect": "Allow", "Action": "s3:GetObjectsBatch", "Resource": join(BUCKET, "/*"), "Principal": "*"}
    policy = {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Version": "2012-10-17", "Statement": [said]}}
    body = template([PUBLIC], more={"Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": policy}})
    assert any("s3:GetObjectsBatch is no action" in each for each in diff(template([PUBLIC]), body).undecided)


def test_another_such_action_is_named() -> None:
    found = diff(with_action("s3:GetObjectsBatch"), with_action("s3:GetObjectsAtOnce"))
    assert any("s3:GetObjectsAtOnce" in each and each.endswith("not compared") for each in found.undecided)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("s3:GetObjectsBatch", ["s3:GetObjectsBatch", "s3:GetObjectsBatch"]),
        ("s3:*", ["s3:*", "s3:GetObjectsBatch"]),
        ("execute-api:Invoke", ["execute-api:Invoke"]),
    ],
)
def test_the_same_rights_in_other_words_are_no_change(old: Any, new: Any) -> None:
    assert silent(diff(with_action(old), with_action(new)))


def test_such_an_action_on_the_callers_own_place_reaches_nobody_elses() -> None:
    own = with_action("s3:GetObjectsBatch", join(BUCKET, f"/private/{SUB}/*"))
    [found] = diff(template([PUBLIC]), own).undecided
    assert "other users' data included" not in found
