"""Functions that clients invoke by themselves: each role exactly its own, and nobody more."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from constructs_lib.access import allow
from constructs_lib.api import Api, Route
from constructs_lib.auth import Auth, Triggers
from constructs_lib.database import OwnedTable
from constructs_lib.functions import FunctionUrl, Invocable, PythonFunction
from constructs_lib.storage import Storage, presets


def rights(stack: Stack) -> dict[str, list[dict[str, Any]]]:
    """Return the statements of each policy, by the policy's name without its hash."""
    found = Template.from_stack(stack).find_resources("AWS::IAM::Policy")
    return {
        str(name)[:-8].removeprefix("Auth"): list(policy["Properties"]["PolicyDocument"]["Statement"])
        for name, policy in found.items()
        if str(name).startswith("Auth")
    }


def test_each_role_invokes_exactly_the_function(stack: Stack, auth: Auth, entry: Path) -> None:
    function = PythonFunction(stack, "F", entry=entry, auth=auth, access=[allow.group("editors")])
    only = {"Action": "lambda:InvokeFunction", "Effect": "Allow"}
    assert rights(stack) == {"GroupeditorsPolicy": [only | {"Resource": stack.resolve(function.function.function_arn)}]}


def test_signed_in_users_are_in_every_group(stack: Stack, auth: Auth, entry: Path) -> None:
    PythonFunction(stack, "F", entry=entry, auth=auth, access=[allow.authenticated, allow.group("editors")])
    assert {name: len(found) for name, found in rights(stack).items()} == {
        "AuthenticatedPolicy": 1,
        "GroupeditorsPolicy": 1,
        "GroupreadersPolicy": 1,
    }


def test_guests_invoke_what_is_theirs(stack: Stack, auth: Auth, entry: Path) -> None:
    PythonFunction(stack, "F", entry=entry, auth=auth, access=[allow.guest])
    assert [*rights(stack)] == ["GuestPolicy"]


def test_the_alias_is_invoked_where_there_is_one(stack: Stack, auth: Auth, entry: Path) -> None:
    function = PythonFunction(stack, "F", entry=entry, snap_start=True, auth=auth, access=[allow.authenticated])
    (statement,) = rights(stack)["AuthenticatedPolicy"]
    assert statement["Resource"] == stack.resolve(function.target.function_arn)
    assert statement["Resource"] != stack.resolve(function.function.function_arn)


def test_any_function_can_be_opened(stack: Stack, auth: Auth) -> None:
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:old:live"
    Invocable(stack, "I", auth=auth, function=lambda_.Function.from_function_arn(stack, "Old", arn),
              access=[allow.group("readers")])  # fmt: skip
    assert [each["Resource"] for each in rights(stack)["GroupreadersPolicy"]] == [arn]


def test_the_function_knows_whose_identities_it_takes(stack: Stack, auth: Auth, entry: Path) -> None:
    PythonFunction(stack, "F", entry=entry, auth=auth, access=[allow.authenticated])
    (function,) = Template.from_stack(stack).find_resources("AWS::Lambda::Function").values()
    assert function["Properties"]["Environment"]["Variables"] == {
        "IDENTITY_POOL_ID": stack.resolve(auth.identity_pool_id)
    }


@pytest.mark.parametrize("subject", [allow.owner, allow.guest_owner, allow.tenant])
def test_a_function_is_nobodys_own(stack: Stack, auth: Auth, entry: Path, subject: Any) -> None:
    with pytest.raises(ValueError, match=r"use allow\.authenticated or allow\.guest, and check the"):
        PythonFunction(stack, "F", entry=entry, auth=auth, access=[subject])


def test_a_group_must_be_there(stack: Stack, auth: Auth, entry: Path) -> None:
    with pytest.raises(ValueError, match="Group"):
        PythonFunction(stack, "F", entry=entry, auth=auth, access=[allow.group("nobody")])


def test_nobody_has_to_be_left_out(stack: Stack, auth: Auth, entry: Path) -> None:
    with pytest.raises(ValueError, match=r"access=\[\] allows no caller to invoke the function"):
        Invocable(stack, "I", auth=auth, function=PythonFunction(stack, "F", entry=entry), access=[])
    with pytest.raises(ValueError, match="without access="):
        PythonFunction(stack, "G", entry=entry, auth=auth)
    with pytest.raises(ValueError, match=r"add auth=\.\.\."):
        PythonFunction(stack, "H", entry=entry, access=[allow.guest])


def test_what_answers_an_api_is_not_invoked_by_clients(stack: Stack, auth: Auth, entry: Path) -> None:
    """Else they would write the event that an API writes, with another as the caller in it."""
    function = PythonFunction(stack, "F", entry=entry, snap_start=True)
    Api(stack, "Api", auth=auth, routes=[Route("GET", "/a", function, access=[allow.guest])])
    with pytest.raises(ValueError, match="create two functions from the same code"):
        Invocable(stack, "I", auth=auth, function=function, access=[allow.authenticated])
    other = PythonFunction(stack, "G", entry=entry, auth=auth, access=[allow.authenticated])
    with pytest.raises(ValueError, match="create two functions from the same code"):
        FunctionUrl(stack, "U", auth=auth, function=other, access=[allow.authenticated])
    with pytest.raises(ValueError, match="create two functions from the same code"):
        Api(stack, "Other", auth=auth, routes=[Route("GET", "/a", other.function, access=[allow.guest])])


def _called_by_a_pool(stack: Stack, auth: Auth, function: PythonFunction) -> object:
    del auth
    return Auth(stack, "Other", triggers=Triggers(post_confirmation=function))


def _called_by_a_bucket(stack: Stack, auth: Auth, function: PythonFunction) -> object:
    return Storage(stack, "Files", auth=auth, access=presets.private()).on_upload("On", function)


def _called_by_a_table(stack: Stack, auth: Auth, function: PythonFunction) -> object:
    stream = dynamodb.StreamViewType.NEW_IMAGE
    table = OwnedTable(stack, "Rows", auth=auth, access=[allow.owner.to("read")], stream=stream)
    return table.on_change("On", function)


@pytest.mark.parametrize("call", [_called_by_a_pool, _called_by_a_bucket, _called_by_a_table])
def test_what_believes_its_event_is_not_invoked_by_clients(
    stack: Stack, auth: Auth, entry: Path, call: Callable[[Stack, Auth, PythonFunction], object]
) -> None:
    """Else they would write of which user, object or row something is told."""
    function, other = PythonFunction(stack, "F", entry=entry), PythonFunction(stack, "G", entry=entry)
    call(stack, auth, function)
    with pytest.raises(ValueError, match="create two functions from the same code"):
        Invocable(stack, "I", auth=auth, function=function, access=[allow.authenticated])
    Invocable(stack, "J", auth=auth, function=other, access=[allow.authenticated])
    stack.node.try_remove_child("Files")
    stack.node.try_remove_child("Rows")
    stack.node.try_remove_child("Other")
    with pytest.raises(ValueError, match="create two functions from the same code"):
        call(stack, auth, other)


def test_trusted_code_invokes_what_answers_an_api(stack: Stack, auth: Auth, entry: Path) -> None:
    function, other = PythonFunction(stack, "F", entry=entry), PythonFunction(stack, "G", entry=entry)
    Api(stack, "Api", auth=auth, routes=[Route("GET", "/a", function, access=[allow.guest])])
    Invocable(stack, "I", auth=auth, function=function, access=[allow.function(other)])
    assert "lambda:InvokeFunction" not in str(rights(stack))
    policies = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    (given,) = (each["Properties"] for each in policies if "lambda:InvokeFunction" in str(each))
    assert given["Roles"] == [stack.resolve(other.role.role_name)]


def test_several_functions_are_not_one(stack: Stack, auth: Auth) -> None:
    functions = lambda_.Function.from_function_name(stack, "F", "thumbnails-*")
    with pytest.raises(ValueError, match=r"function= has the ARN '.*thumbnails-\*'.*write the whole ARN"):
        Invocable(stack, "I", auth=auth, function=functions, access=[allow.guest])
