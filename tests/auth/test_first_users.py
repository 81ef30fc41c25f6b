"""The users that a pool begins with."""

from typing import Any

import pytest
from aws_cdk import RemovalPolicy, Stack
from aws_cdk.assertions import Template

from constructs_lib.auth import Attribute, Auth, FirstUser, Group, SignIn, Triggers
from tests.synthesis import HASH, new_function, plain

ADMINS = [Group("admins")]


def resources(stack: Stack, type_: str) -> dict[str, Any]:
    found = Template.from_stack(stack).find_resources(type_)
    return {HASH.sub("", name): body for name, body in found.items()}


def test_the_first_administrator_is_invited_by_mail_and_is_in_their_group(stack: Stack) -> None:
    sign_in = SignIn(self_sign_up=False, first_users=[FirstUser("ada@example.com", groups=["admins"])])
    Auth(stack, "Auth", sign_in=sign_in, groups=ADMINS)
    users = resources(stack, "AWS::Cognito::UserPoolUser")
    [user] = users.values()
    assert [*users] == ["AuthFirstada40example2ecomUser"]
    assert plain(user["Properties"]) == {
        "UserPoolId": "<AuthUserPool>",
        "Username": "ada@example.com",
        "DesiredDeliveryMediums": ["EMAIL"],
        "UserAttributes": [
            {"Name": "email", "Value": "ada@example.com"},
            {"Name": "email_verified", "Value": "true"},
        ],
    }
    assert (user["DeletionPolicy"], user["UpdateReplacePolicy"]) == ("Retain", "Retain")
    [membership] = resources(stack, "AWS::Cognito::UserPoolUserToGroupAttachment").values()
    assert plain(membership["Properties"]) == {
        "UserPoolId": "<AuthUserPool>",
        "Username": "ada@example.com",
        "GroupName": "admins",
    }
    assert {HASH.sub("", name) for name in membership["DependsOn"]} == {*users, "AuthGroupadminsGroup"}


def test_first_users_go_with_a_pool_that_goes(stack: Stack) -> None:
    sign_in = SignIn(first_users=[FirstUser("ada@example.com")])
    Auth(stack, "Auth", sign_in=sign_in, removal_policy=RemovalPolicy.DESTROY)
    [user] = resources(stack, "AWS::Cognito::UserPoolUser").values()
    assert user["DeletionPolicy"] == "Delete"


def test_a_first_user_may_have_a_username_or_a_phone_and_more_attributes(stack: Stack) -> None:
    named = FirstUser("ada", email="ada@example.com", attributes={"given_name": "Ada"})
    Auth(
        stack,
        "Named",
        sign_in=SignIn(username=True, first_users=[named]),
        attributes=[Attribute("given_name", required=True)],
    )
    by_phone = SignIn(email=False, phone=True, first_users=[FirstUser("+4512345678")])
    Auth(stack, "Called", sign_in=by_phone)
    users = resources(stack, "AWS::Cognito::UserPoolUser")
    attributes = {each["Name"]: each["Value"] for each in users["NamedFirstadaUser"]["Properties"]["UserAttributes"]}
    assert attributes == {"email": "ada@example.com", "email_verified": "true", "given_name": "Ada"}
    assert users["CalledFirst2b4512345678User"]["Properties"]["DesiredDeliveryMediums"] == ["SMS"]


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        (" ", {}, "has no name"),
        ("ada@example.com", {"groups": "admins"}, r"write groups=\['admins'\]"),
        ("ada", {"email": "nowhere"}, "email='nowhere' is not an e-mail address"),
        ("ada@example.com", {"attributes": {"email": "eve@example.com"}}, "which is set from the name and email"),
    ],
)
def test_a_first_user_no_pool_takes_is_refused(name: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FirstUser(name, **options)


@pytest.mark.parametrize(
    ("sign_in", "message"),
    [
        ({"first_users": [FirstUser("ada@example.com", groups=["admin"])]}, r"'admin', which .* \(groups: 'admins'\)"),
        ({"first_users": [FirstUser("ada")]}, "first user 'ada' is not an e-mail address"),
        ({"first_users": [FirstUser("+4512345678")]}, r"first user '\+4512345678' is not an e-mail address"),
        (
            {"phone": True, "first_users": [FirstUser("ada")]},
            "first user 'ada' is not an e-mail address or a phone number",
        ),
        ({"first_users": [FirstUser("ada@example.com")] * 2}, r"two first users have the name 'ada@example\.com'"),
        ({"first_users": [FirstUser("a@example.com", email="b@example.com")]}, "remove email"),
        ({"username": True, "first_users": [FirstUser("ada")]}, "has no address for the invitation"),
        (
            {"first_users": [FirstUser("ada@example.com", attributes={"custom:tier": "1"})]},
            "which this user pool does not have",
        ),
    ],
)
def test_a_first_user_this_pool_does_not_take_is_refused(stack: Stack, sign_in: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Auth(stack, "Auth", sign_in=SignIn(**sign_in), groups=ADMINS)


def test_a_first_user_has_what_every_user_has(stack: Stack) -> None:
    sign_in = SignIn(first_users=[FirstUser("ada@example.com")])
    with pytest.raises(ValueError, match=r"first user 'ada@example\.com' does not have given_name"):
        Auth(stack, "Auth", sign_in=sign_in, attributes=[Attribute("given_name", required=True)])


def test_a_first_user_is_invited_when_the_pool_may_call_its_triggers_and_they_may_read_codes(stack: Stack) -> None:
    triggers = Triggers(pre_sign_up=new_function(stack, "Checks"), custom_email_sender=new_function(stack, "Sends"))
    Auth(stack, "Auth", sign_in=SignIn(first_users=[FirstUser("ada@example.com")]), triggers=triggers)
    [user] = resources(stack, "AWS::Cognito::UserPoolUser").values()
    waited_for = {HASH.sub("", name) for name in user["DependsOn"]}
    assert {*resources(stack, "AWS::Lambda::Permission"), "AuthSendsReadsCodes"} <= waited_for
    assert len(resources(stack, "AWS::Lambda::Permission")) == 2
