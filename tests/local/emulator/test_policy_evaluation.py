"""Policy variables and operators, enforced on S3 by the running emulator."""

import json
from typing import Any

import pytest

from tests.local.emulator.conftest import outcome

pytestmark = pytest.mark.slow
SUB = "${cognito-identity.amazonaws.com:sub}"


def objects(bucket: str, path: str, *actions: str, **extra: Any) -> dict[str, Any]:
    wanted = [f"s3:{action}" for action in actions or ("GetObject", "PutObject", "DeleteObject")]
    return {"Effect": "Allow", "Action": wanted, "Resource": f"arn:aws:s3:::{bucket}/{path}", **extra}


def put(caller: Any, bucket: str, key: str) -> str:
    return outcome(caller.client("s3").put_object, Bucket=bucket, Key=key, Body=b"x")


def test_each_user_reaches_their_own_folder_only(emulator: Any) -> None:
    bucket, pool = emulator.bucket(), emulator.identity_pool()
    emulator.give(pool, authenticated=emulator.role([objects(bucket, f"private/{SUB}/*")], pool))
    alice, bob = emulator.caller(pool, emulator.user()), emulator.caller(pool, emulator.user())
    assert put(alice, bucket, f"private/{alice.identity_id}/a") == "allowed"
    assert put(alice, bucket, f"private/{alice.identity_id}/line\nbreak") == "allowed"
    assert put(alice, bucket, f"private/{bob.identity_id}/a") == "AccessDenied"
    assert put(alice, bucket, f"private/{SUB}/a") == "AccessDenied"
    assert put(alice, bucket, "private/*/a") == "AccessDenied"


def test_a_widened_path_lets_the_neighbour_in(emulator: Any) -> None:
    """The mutation of the test above: what it asserts depends on the policy."""
    bucket, pool = emulator.bucket(), emulator.identity_pool()
    emulator.give(pool, authenticated=emulator.role([objects(bucket, "private/*")], pool))
    alice, bob = emulator.caller(pool, emulator.user()), emulator.caller(pool, emulator.user())
    assert put(alice, bucket, f"private/{bob.identity_id}/a") == "allowed"


def test_a_list_is_allowed_under_the_granted_prefix_only(emulator: Any) -> None:
    bucket = emulator.bucket()
    caller = emulator.member([
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}",
         "Condition": {"StringLike": {"s3:prefix": [f"private/{SUB}/", f"private/{SUB}/*"]}}},
    ])  # fmt: skip
    listed = caller.client("s3").list_objects_v2
    own = f"private/{caller.identity_id}/"
    assert outcome(listed, Bucket=bucket, Prefix=own) == "allowed"
    assert outcome(listed, Bucket=bucket, Prefix=f"{own}deep/er") == "allowed"
    for prefix in ("", "private/", "private/*", own.rstrip("/"), f"private/{SUB}/"):
        assert outcome(listed, Bucket=bucket, Prefix=prefix) == "AccessDenied"
    assert outcome(listed, Bucket=bucket) == "AccessDenied"


@pytest.mark.parametrize("version", ["2008-10-17", None])
def test_a_policy_of_another_version_has_no_variables(emulator: Any, version: str | None) -> None:
    bucket, pool = emulator.bucket(), emulator.identity_pool()
    role = emulator.role([objects(bucket, f"private/{SUB}/*")], pool, version=version)
    emulator.give(pool, authenticated=role)
    caller = emulator.caller(pool, emulator.user())
    assert put(caller, bucket, f"private/{caller.identity_id}/a") == "AccessDenied"
    assert put(caller, bucket, f"private/{SUB}/a") == "allowed"


def test_an_absent_key_matches_nothing_and_its_default_stands_in(emulator: Any) -> None:
    bucket = emulator.bucket()
    caller = emulator.member([
        objects(bucket, "a/${aws:PrincipalTag/team}/*"),
        objects(bucket, "b/${aws:PrincipalTag/team, 'none'}/*"),
        objects(bucket, "c/*", Condition={"StringNotEquals": {"s3:x-amz-acl": "${aws:PrincipalTag/team}"}}),
    ])  # fmt: skip
    assert put(caller, bucket, "a//x") == "AccessDenied"
    assert put(caller, bucket, "a/none/x") == "AccessDenied"
    assert put(caller, bucket, "b/none/x") == "allowed"
    assert put(caller, bucket, "c/x") == "AccessDenied"


def test_a_bucket_policy_has_variables_in_its_own_version(emulator: Any) -> None:
    bucket = emulator.bucket()
    caller = emulator.member([objects(bucket, "*")])
    for version, expected in (("2012-10-17", "AccessDenied"), ("2008-10-17", "allowed")):
        deny = objects(bucket, f"closed/{SUB}/*") | {"Effect": "Deny", "Principal": "*"}
        policy = {"Version": version, "Statement": [deny]}
        emulator.admin("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
        assert put(caller, bucket, f"closed/{caller.identity_id}/a") == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}}, "allowed"),
        ({"ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "unauthenticated"}}, "AccessDenied"),
        ({"StringEquals": {"cognito-identity.amazonaws.com:sub": SUB}}, "allowed"),
        ({"StringEqualsIfExists": {"aws:PrincipalTag/team": "red"}}, "allowed"),
        ({"StringEquals": {"aws:PrincipalTag/team": "red"}}, "AccessDenied"),
        ({"Null": {"aws:PrincipalTag/team": "true"}}, "allowed"),
        ({"Null": {"cognito-identity.amazonaws.com:sub": "true"}}, "AccessDenied"),
        ({"ForAllValues:StringEquals": {"aws:PrincipalTag/team": "red"}}, "allowed"),
        ({"ForAnyValue:StringEquals": {"aws:PrincipalTag/team": "red"}}, "AccessDenied"),
        ({"ForAllValues:StringLike": {"cognito-identity.amazonaws.com:amr": ["auth*", "cognito-idp.*"]}}, "allowed"),
        ({"Bool": {"aws:SecureTransport": "true"}}, "allowed"),
        ({"StringNotLike": {"cognito-identity.amazonaws.com:sub": "us-east-1:*"}}, "AccessDenied"),
    ],
)
def test_operators_mean_what_iam_says(emulator: Any, condition: dict[str, Any], expected: str) -> None:
    bucket = emulator.bucket()
    caller = emulator.member([objects(bucket, "*", Condition=condition)])
    assert put(caller, bucket, "a") == expected


def test_the_principal_of_a_session_is_its_role(emulator: Any) -> None:
    bucket = emulator.bucket()
    every = {"Action": "s3:*", "Resource": f"arn:aws:s3:::{bucket}/*"}
    for pattern, expected in (("arn:aws:iam::*:role/role-*", "AccessDenied"), ("arn:aws:sts::*", "allowed")):
        condition = {"ArnLike": {"aws:PrincipalArn": pattern}}
        caller = emulator.member([{"Effect": "Allow", **every}, {"Effect": "Deny", **every, "Condition": condition}])
        assert outcome(caller.client("s3").put_object, Bucket=bucket, Key="a") == expected
