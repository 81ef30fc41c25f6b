"""Function URLs in the reports: the callers of a URL, and the principals who may run its code without it."""

from typing import Any

import pytest

from constructs_lib.analysis.matrix.endpoints import endpoints
from constructs_lib.analysis.proof.anonymous_access import open_to_anyone
from tests.proofs import models_of

URL = {"Type": "AWS::Lambda::Url", "Properties": {"TargetFunctionArn": {"Fn::GetAtt": ["Code", "Arn"]}}}


def open_doors(auth_type: str, *permissions: dict[str, Any]) -> list[str]:
    """Return the public entry points of a function with a URL."""
    code = {"Type": "AWS::Lambda::Function", "Properties": {"Role": "arn:aws:iam::123456789012:role/r"}}
    url = {**URL, "Properties": {**URL["Properties"], "AuthType": auth_type}}  # type: ignore[dict-item] # a mapping inside
    more = {
        f"P{number}": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {"FunctionName": {"Ref": "Code"}, "Principal": "*", **each},
        }
        for number, each in enumerate(permissions)
    }
    body = {"Resources": {"Code": code, "Url": url, **more}}
    (model,) = models_of(body)
    found = [endpoint.where for endpoint in endpoints(model)]
    assert len(found) == len([*open_to_anyone(model)])
    return found


BY_URL = {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"}
VIA_URL = {"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True}


@pytest.mark.parametrize(
    ("auth_type", "permissions", "expected"),
    [
        ("NONE", (), ["URL"]),
        ("NONE", (BY_URL, VIA_URL), ["URL"]),
        ("NONE", (BY_URL, VIA_URL | {"InvokedViaFunctionUrl": False}), ["URL", "invoke"]),
        ("NONE", (BY_URL, {"Action": "lambda:InvokeFunction"}), ["URL", "invoke"]),
        ("NONE", (BY_URL | {"FunctionUrlAuthType": "AWS_IAM"},), ["URL", "invoke"]),
        ("AWS_IAM", (), []),
        ("AWS_IAM", (BY_URL | {"FunctionUrlAuthType": "AWS_IAM"},), ["invoke"]),
        ("AWS_IAM", (VIA_URL,), []),
        ("AWS_IAM", (BY_URL, VIA_URL), []),
    ],
)
def test_an_open_url_is_one_way_in_and_every_other_permission_for_everyone_another(
    auth_type: str, permissions: tuple[dict[str, Any], ...], expected: list[str]
) -> None:
    assert open_doors(auth_type, *permissions) == expected
