"""Pools that exist already."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam

from constructs_lib.access import allow
from constructs_lib.auth import Auth, Group

Find = Callable[[str], Any]
IDENTITY_POOL = "eu-west-1:12345678-1234-1234-1234-123456789012"
READ = {"Action": "s3:GetObject", "Effect": "Allow", "Resource": "arn:aws:s3:::files/*"}


def existing(stack: Stack, id: str, **options: Any) -> Auth:
    pool = cognito.UserPool.from_user_pool_id(stack, f"{id}Pool", "eu-west-1_abcdefghi")
    client = cognito.UserPoolClient.from_user_pool_client_id(stack, f"{id}Client", "client-id")
    return Auth.from_existing(stack, id, user_pool=pool, user_pool_client=client, **options)


def test_an_existing_user_pool_gets_an_identity_pool_groups_and_roles_here(resources: Find) -> None:
    found = resources("imported")
    assert not found.of_type("AWS::Cognito::UserPool")
    provider = "cognito-idp.eu-west-1.<AWS::URLSuffix>/eu-west-1_abcdefghi"
    assert found.named("AuthIdentityPool")["CognitoIdentityProviders"] == [
        {"ClientId": "client-id", "ProviderName": provider, "ServerSideTokenCheck": True}
    ]
    assert found.named("AuthGroupeditorsGroup")["UserPoolId"] == "eu-west-1_abcdefghi"
    assert found.named("AuthRoleAttachment")["RoleMappings"]["Client"]["IdentityProvider"] == f"{provider}:client-id"
    assert found.named("AuthPrincipalTag")["IdentityProviderName"] == provider
    assert found.named("AuthGroupeditorsPolicy")["PolicyDocument"]["Statement"] == [READ]


def test_existing_roles_get_rights_and_nothing_else_is_made(resources: Find) -> None:
    found = resources("imported_roles")
    assert {each for each in found.ids() if each != "CDKMetadata"} == {
        "AuthAuthenticatedPolicy",
        "AuthGroupeditorsPolicy",
    }
    assert found.named("AuthAuthenticatedPolicy")["Roles"] == ["user"]
    assert found.named("AuthGroupeditorsPolicy")["PolicyDocument"]["Statement"] == [READ]


def test_group_roles_may_live_in_another_stack_than_the_pools(resources: Find) -> None:
    local = resources("local")
    group = local.named("AuthGrouplawyersGroup")
    assert group["UserPoolId"] == "<identity>"
    assert group["RoleArn"] == "<AuthGrouplawyersRole.Arn>"
    assert group["Precedence"] == 7


def test_a_second_attachment_to_one_pool_names_the_first(stack: Stack) -> None:
    existing(stack, "One", identity_pool_id=IDENTITY_POOL)
    with pytest.raises(ValueError, match="'Stack/Two' attaches roles to an identity pool that 'Stack/One' has"):
        existing(stack, "Two", identity_pool_id=IDENTITY_POOL)
    auth = Auth(stack, "Own")
    with pytest.raises(ValueError, match="'Stack/Own' has attached roles to already"):
        existing(stack, "Three", identity_pool_id=auth.identity_pool_id)
    existing(stack, "Four", identity_pool_id=IDENTITY_POOL, authenticated_role=iam.Role.from_role_name(stack, "R", "r"))


def test_an_attachment_made_by_hand_is_found_too(stack: Stack) -> None:
    auth = Auth(stack, "Auth")
    cognito.CfnIdentityPoolRoleAttachment(stack, "ByHand", identity_pool_id=auth.identity_pool_id)
    with pytest.raises(RuntimeError, match="Stack/ByHand attaches roles to the identity pool of Stack/Auth"):
        stack.node.root.synth()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"group_roles": "role"}, "exist only beside an authenticated_role"),
        ({"authenticated_role": "role"}, "give identity_pool_id"),
        (
            {"authenticated_role": "role", "identity_pool_id": IDENTITY_POOL, "groups": [Group("editors")]},
            "give their roles in group_roles",
        ),
        ({"authenticated_role": "role", "identity_pool_id": IDENTITY_POOL, "guests": True}, "give both or neither"),
        ({"owner": "me"}, "owner='me' is unknown"),
    ],
)
def test_options_that_contradict_each_other_are_refused(stack: Stack, options: dict[str, Any], message: str) -> None:
    if "authenticated_role" in options:
        options = {**options, "authenticated_role": iam.Role.from_role_name(stack, "Role", "role")}
    if "group_roles" in options:
        options = {**options, "group_roles": {"editors": iam.Role.from_role_name(stack, "Editors", "editors")}}
    with pytest.raises(ValueError, match=message):
        existing(stack, "Auth", **options)


def test_the_identity_pool_of_another_is_known_by_its_id(stack: Stack) -> None:
    auth = existing(stack, "Auth", identity_pool_id=IDENTITY_POOL, guests=True)
    assert auth.identity_pool_id == IDENTITY_POOL
    with pytest.raises(ValueError, match="use identity_pool_id"):
        _ = auth.identity_pool
    assert next(subjects for subjects, _ in auth.callers()) == {allow.guest, allow.guest_owner}
    with pytest.raises(ValueError, match="signs no people in here"):
        auth.add_callback_urls("https://app.example.com/")


def test_groups_of_one_user_pool_differ_over_all_its_stacks(stack: Stack) -> None:
    auth = Auth(stack, "Auth", groups=[Group("editors")])
    pools: dict[str, Any] = {"user_pool": auth.user_pool, "user_pool_client": auth.user_pool_client}
    with pytest.raises(ValueError, match=r"group 'lawyers' has precedence 0, which a group of 'Stack/Auth' .* has"):
        Auth.from_existing(stack, "One", groups=[Group("lawyers")], **pools)
    with pytest.raises(ValueError, match="'Stack/Auth' makes group 'editors' in this user pool already"):
        Auth.from_existing(stack, "Two", groups=[Group("editors", precedence=5)], **pools)
    Auth.from_existing(stack, "Three", groups=[Group("visitors", precedence=6)], **pools)
    Auth(stack, "Other", groups=[Group("editors")])
