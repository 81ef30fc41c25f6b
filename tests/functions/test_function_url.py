"""Function URLs: signed requests of whom the rules name, and nobody else unless `anyone` is said."""

from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from constructs_lib.access import allow, anyone
from constructs_lib.api import Api, Route
from constructs_lib.auth import Auth
from constructs_lib.functions import FunctionUrl, PythonFunction
from tests.functions.test_invocable import rights


def urls(stack: Stack) -> list[dict[str, Any]]:
    return [each["Properties"] for each in Template.from_stack(stack).find_resources("AWS::Lambda::Url").values()]


def permissions(stack: Stack) -> list[dict[str, Any]]:
    found = Template.from_stack(stack).find_resources("AWS::Lambda::Permission")
    return [each["Properties"] for each in found.values()]


def node_function(stack: Stack) -> lambda_.Function:
    return lambda_.Function(stack, "Node", code=lambda_.Code.from_inline("exports.handler = 1"),
                            handler="index.handler", runtime=lambda_.Runtime.NODEJS_22_X)  # fmt: skip


def test_each_role_gets_both_rights_and_no_event_of_its_own(stack: Stack, auth: Auth, entry: Path) -> None:
    function = PythonFunction(stack, "F", entry=entry)
    FunctionUrl(stack, "U", auth=auth, function=function, access=[allow.group("editors")])
    arn = stack.resolve(function.function.function_arn)
    assert rights(stack) == {
        "GroupeditorsPolicy": [
            {
                "Action": "lambda:InvokeFunctionUrl",
                "Effect": "Allow",
                "Resource": arn,
                "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}},
            },
            {
                "Action": "lambda:InvokeFunction",
                "Effect": "Allow",
                "Resource": arn,
                "Condition": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
            },
        ]
    }
    assert urls(stack) == [{"AuthType": "AWS_IAM", "TargetFunctionArn": arn}]
    assert permissions(stack) == []


def test_the_alias_has_the_url(stack: Stack, auth: Auth, entry: Path) -> None:
    function = PythonFunction(stack, "F", entry=entry, provisioned_concurrency=1)
    FunctionUrl(stack, "U", auth=auth, function=function, access=[allow.authenticated])
    (url,) = urls(stack)
    assert url["Qualifier"] == "live"
    assert {str(each["Resource"]) for each in rights(stack)["AuthenticatedPolicy"]} == {
        str(stack.resolve(function.target.function_arn))
    }


def test_named_pages_may_call_it(stack: Stack, auth: Auth, entry: Path) -> None:
    FunctionUrl(stack, "U", auth=auth, function=PythonFunction(stack, "F", entry=entry), access=[allow.authenticated],
                origins=["https://app.example.com"], methods=["DELETE"])  # fmt: skip
    cors = urls(stack)[0]["Cors"]
    assert (cors["AllowOrigins"], cors["AllowMethods"]) == (["https://app.example.com"], ["DELETE"])
    assert "x-amz-security-token" in cors["AllowHeaders"]
    assert "AllowCredentials" not in cors


def test_every_page_is_refused(stack: Stack, auth: Auth, entry: Path) -> None:
    with pytest.raises(ValueError, match=r"origin '\*'"):
        FunctionUrl(stack, "U", auth=auth, function=PythonFunction(stack, "F", entry=entry), origins=["*"],
                    access=[allow.authenticated])  # fmt: skip


def test_answers_are_streamed_where_the_runtime_can(stack: Stack, auth: Auth) -> None:
    FunctionUrl(stack, "U", auth=auth, function=node_function(stack), access=[allow.authenticated], streaming=True)
    assert urls(stack)[0]["InvokeMode"] == "RESPONSE_STREAM"


def test_python_does_not_stream(stack: Stack, auth: Auth, entry: Path) -> None:
    plain = lambda_.Function(stack, "Plain", code=lambda_.Code.from_inline("x = 1"), handler="index.handler",
                             runtime=lambda_.Runtime.PYTHON_3_13)  # fmt: skip
    functions: list[PythonFunction | lambda_.IFunction] = [PythonFunction(stack, "F", entry=entry), plain]
    for number, function in enumerate(functions):
        with pytest.raises(ValueError, match="streaming=True needs response streaming"):
            FunctionUrl(stack, f"U{number}", auth=auth, function=function, access=[allow.authenticated],
                        streaming=True)  # fmt: skip


def test_the_internet_has_to_be_named(stack: Stack, entry: Path) -> None:
    FunctionUrl(stack, "U", function=PythonFunction(stack, "F", entry=entry), access=[anyone])
    assert urls(stack)[0]["AuthType"] == "NONE"
    assert {each["Action"]: (each.get("FunctionUrlAuthType"), each.get("InvokedViaFunctionUrl")) for each in
            permissions(stack)} == {
        "lambda:InvokeFunctionUrl": ("NONE", None),
        "lambda:InvokeFunction": (None, True),
    }  # fmt: skip


def test_anyone_stands_alone(stack: Stack, auth: Auth, entry: Path) -> None:
    function = PythonFunction(stack, "F", entry=entry)
    with pytest.raises(ValueError, match="access has anyone together with callers or auth="):
        FunctionUrl(stack, "U", auth=auth, function=function, access=[anyone, allow.guest])
    with pytest.raises(ValueError, match="access has anyone together with callers or auth="):
        FunctionUrl(stack, "V", auth=auth, function=function, access=[anyone])


def test_somebody_has_to_be_named(stack: Stack, auth: Auth, entry: Path) -> None:
    function = PythonFunction(stack, "F", entry=entry)
    with pytest.raises(ValueError, match=r"access=\[\] allows no caller to use the URL"):
        FunctionUrl(stack, "U", auth=auth, function=function, access=[])
    with pytest.raises(ValueError, match=r"add auth=\.\.\."):
        FunctionUrl(stack, "V", function=function, access=[allow.authenticated])
    with pytest.raises(ValueError, match=r"access=\[allow\.owner\] has no effect"):
        FunctionUrl(stack, "W", auth=auth, function=function, access=[allow.owner])


@pytest.mark.parametrize("access", [[allow.authenticated], [anyone]])
def test_a_url_does_not_lead_around_the_routes_of_an_api(
    stack: Stack, auth: Auth, entry: Path, access: list[Any]
) -> None:
    """Its callers would send any path to the function, whoever the API opens it to."""
    function, other = PythonFunction(stack, "F", entry=entry), PythonFunction(stack, "G", entry=entry)
    with_auth: dict[str, Any] = {} if access == [anyone] else {"auth": auth}
    Api(stack, "Api", auth=auth, routes=[Route("GET", "/a", function, access=[allow.group("editors")])])
    with pytest.raises(ValueError, match=r"a URL passes on every method and path.*create two functions"):
        FunctionUrl(stack, "U", function=function, access=access, **with_auth)
    FunctionUrl(stack, "V", function=other, access=access, **with_auth)
    with pytest.raises(ValueError, match=r"a URL passes on every method and path.*create two functions"):
        Api(stack, "Other", auth=auth, routes=[Route("GET", "/a", other, access=[allow.group("editors")])])


def test_trusted_code_may_call_what_answers_an_api_by_its_url(stack: Stack, auth: Auth, entry: Path) -> None:
    function, other = PythonFunction(stack, "F", entry=entry), PythonFunction(stack, "G", entry=entry)
    Api(stack, "Api", auth=auth, routes=[Route("GET", "/a", function, access=[allow.guest])])
    FunctionUrl(stack, "U", auth=auth, function=function, access=[allow.function(other)])
    assert len(urls(stack)) == 1
