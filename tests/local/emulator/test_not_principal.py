"""A Deny of a bucket policy that names exceptions refuses everybody else."""

import json
from typing import Any

import pytest
import requests

from tests.local.emulator.conftest import outcome

pytestmark = pytest.mark.slow
ACCOUNT = "000000000000"


@pytest.mark.parametrize(
    ("excepted", "expected"),
    [
        (["{role}", ACCOUNT], "allowed"),
        (["{role}", f"arn:aws:iam::{ACCOUNT}:root"], "allowed"),
        (["{session}", ACCOUNT], "allowed"),
        (["{role}"], "AccessDenied"),
        ([ACCOUNT], "AccessDenied"),
        ([f"arn:aws:iam::{ACCOUNT}:role/another", ACCOUNT], "AccessDenied"),
    ],
    ids=["role and account", "role and root", "session and account", "role only", "account only", "another role"],
)
def test_a_denial_with_exceptions_refuses_everybody_else(emulator: Any, excepted: list[str], expected: str) -> None:
    bucket = emulator.bucket()
    objects = f"arn:aws:s3:::{bucket}/*"
    caller = emulator.member([{"Effect": "Allow", "Action": "s3:*", "Resource": objects}])
    session = caller.client("sts").get_caller_identity()["Arn"]
    role = f"arn:aws:iam::{ACCOUNT}:role/{session.split('/')[1]}"
    named = [each.format(role=role, session=session) for each in excepted]
    denial = {"Effect": "Deny", "NotPrincipal": {"AWS": named}, "Action": "s3:*", "Resource": objects}
    client = emulator.admin("s3")
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [denial]}))
    assert outcome(caller.client("s3").put_object, Bucket=bucket, Key="a") == expected
    client.put_object(Bucket=bucket, Key="a")
    assert requests.get(f"{emulator.cloud.endpoint_url}/{bucket}/a", timeout=30).status_code == 403
