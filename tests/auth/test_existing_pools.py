"""Pools that exist already."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import CfnParameter, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from constructs_lib.access import allow
from constructs_lib.auth import Auth, Group, IdentityProviders, RoleRule, Triggers, UserPoolProvider
from tests.synthesis import new_function, plain

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
    with pytest.raises(ValueError, match="an identity pool has one role attachment"):
        existing(stack, "Two", identity_pool_id=IDENTITY_POOL)
    auth = Auth(stack, "Own")
    with pytest.raises(ValueError, match="an identity pool has one role attachment"):
        existing(stack, "Three", identity_pool_id=auth.identity_pool_id)
    existing(stack, "Four", identity_pool_id=IDENTITY_POOL, authenticated_role=iam.Role.from_role_name(stack, "R", "r"))


def test_an_attachment_made_by_hand_is_found_too(stack: Stack) -> None:
    auth = Auth(stack, "Auth")
    cognito.CfnIdentityPoolRoleAttachment(stack, "ByHand", identity_pool_id=auth.identity_pool_id)
    with pytest.raises(RuntimeError, match="Stack/ByHand attaches roles to the identity pool of Stack/Auth"):
        stack.node.root.synth()  # type: ignore[attr-defined] # the root is an App


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"group_roles": "role"}, "guest_role and group_roles need an authenticated_role"),
        ({"authenticated_role": "role"}, r"add identity_pool_id=\.\.\."),
        (
            {"authenticated_role": "role", "identity_pool_id": IDENTITY_POOL, "groups": [Group("editors")]},
            "pass the groups' roles in group_roles, or remove",
        ),
        ({"authenticated_role": "role", "identity_pool_id": IDENTITY_POOL, "guests": True}, "set both or neither"),
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


@pytest.mark.parametrize("imported", ["arn", "name", "parameter", "none"])
@pytest.mark.parametrize(
    ("options", "both"),
    [
        (("authenticated_role", "guest_role"), "authenticated_role and guest_role"),
        (("authenticated_role", "editors"), r"authenticated_role and group_roles\['editors'\]"),
        (("editors", "lawyers"), r"group_roles\['editors'\] and group_roles\['lawyers'\]"),
    ],
)
def test_two_kinds_of_callers_have_two_roles(stack: Stack, imported: str, options: tuple[str, str], both: str) -> None:
    """One role would get the permissions of both."""
    shared = iam.Role(stack, "Shared", assumed_by=iam.AccountRootPrincipal())
    arn = CfnParameter(stack, "Arn").value_as_string

    def role(option: str) -> iam.IRole:
        if option in options and imported == "none":
            return shared
        if option in options and imported == "parameter":
            return iam.Role.from_role_arn(stack, option, arn)
        # "IAM identifiers": names are not distinguished by case.
        name = ("App" if option == options[0] else "app") if option in options else option
        if imported == "name" and option == options[1]:
            return iam.Role.from_role_name(stack, option, name)
        return iam.Role.from_role_arn(stack, option, f"arn:aws:iam::111122223333:role/{name}")

    given: dict[str, Any] = {"guests": True, "identity_pool_id": IDENTITY_POOL}
    given |= {option: role(option) for option in ("authenticated_role", "guest_role")}
    with pytest.raises(ValueError, match=f"^{both} are the same role"):
        existing(stack, "Auth", **given, group_roles={name: role(name) for name in ("editors", "lawyers")})


def test_the_identity_pool_of_another_is_known_by_its_id(stack: Stack) -> None:
    auth = existing(stack, "Auth", identity_pool_id=IDENTITY_POOL, guests=True)
    assert auth.identity_pool_id == IDENTITY_POOL
    with pytest.raises(ValueError, match="use identity_pool_id"):
        _ = auth.identity_pool
    assert next(subjects for subjects, _ in auth.callers()) == {allow.guest, allow.guest_owner}
    with pytest.raises(
        ValueError, match=r"client 'Client' .* is imported, and CloudFormation changes .* where the client"
    ):
        auth.add_callback_urls("https://app.example.com/")
    with pytest.raises(ValueError, match="not a client for users here; use one of 'Client'"):
        auth.add_callback_urls("https://app.example.com/", client="Web")


def test_groups_of_one_user_pool_differ_over_all_its_stacks(stack: Stack) -> None:
    auth = Auth(stack, "Auth", groups=[Group("editors")])
    pools: dict[str, Any] = {"user_pool": auth.user_pool, "user_pool_client": auth.user_pool_client}
    with pytest.raises(ValueError, match=r"group 'lawyers' has precedence 0, which a group of 'Stack/Auth' .* has"):
        Auth.from_existing(stack, "One", groups=[Group("lawyers")], **pools)
    with pytest.raises(ValueError, match="'Stack/Auth' already creates group 'editors' in this user pool"):
        Auth.from_existing(stack, "Two", groups=[Group("editors", precedence=5)], **pools)
    Auth.from_existing(stack, "Three", groups=[Group("visitors", precedence=6)], **pools)
    Auth(stack, "Other", groups=[Group("editors")])


def of_this_app(stack: Stack, *, hosted: bool = True) -> dict[str, Any]:
    """Return a user pool and a client that a stack of the app made, with plain CDK."""
    pool = cognito.UserPool(stack, "Pool", self_sign_up_enabled=True)
    addresses = cognito.OAuthSettings(callback_urls=["https://app.example.com/"])
    client = pool.add_client("Client", o_auth=addresses if hosted else None, disable_o_auth=not hosted or None)
    return {"user_pool": pool, "user_pool_client": client}


def test_a_client_that_this_app_made_may_return_to_further_addresses(stack: Stack) -> None:
    auth = Auth.from_existing(stack, "Auth", **of_this_app(stack))
    auth.add_callback_urls("https://later.example.com/", logout_urls=["https://later.example.com/bye"])
    [client] = Template.from_stack(stack).find_resources("AWS::Cognito::UserPoolClient").values()
    assert client["Properties"]["CallbackURLs"] == ["https://app.example.com/", "https://later.example.com/"]
    assert client["Properties"]["LogoutURLs"] == ["https://later.example.com/bye"]
    with pytest.raises(ValueError, match=r"callback_urls='http://later\.example\.com/' would transmit the"):
        auth.add_callback_urls("http://later.example.com/")


def test_a_client_without_hosted_sign_in_is_not_given_any(stack: Stack) -> None:
    auth = Auth.from_existing(stack, "Auth", **of_this_app(stack, hosted=False))
    with pytest.raises(ValueError, match=r"client 'Client' \(Stack/Pool/Client\) has no hosted sign-in"):
        auth.add_callback_urls("https://later.example.com/")


def test_a_pool_that_this_app_made_may_call_further_functions(stack: Stack) -> None:
    triggers = Triggers(post_confirmation=new_function(stack))
    Auth.from_existing(stack, "Auth", **of_this_app(stack), triggers=triggers)
    [pool] = Template.from_stack(stack).find_resources("AWS::Cognito::UserPool").values()
    assert plain(pool["Properties"]["LambdaConfig"]) == {"PostConfirmation": "<Function.Arn>"}


def test_an_imported_pool_cannot_be_given_triggers(stack: Stack) -> None:
    with pytest.raises(ValueError, match="user pool 'Stack/Auth/eu-west-1_abcdefghiInItsRegion' is imported"):
        existing(stack, "Auth", triggers=Triggers(post_confirmation=new_function(stack)))
    sender = Triggers(custom_email_sender=new_function(stack, "Sender"))
    with pytest.raises(ValueError, match="custom senders need a key that the user pool is created with"):
        Auth.from_existing(stack, "Other", **of_this_app(stack), triggers=sender)


def test_the_tokens_of_several_clients_are_taken_and_each_leads_to_the_groups_roles(stack: Stack) -> None:
    phone = cognito.UserPoolClient.from_user_pool_client_id(stack, "Phone", "phone-id")
    auth = existing(stack, "Auth", further_clients={"Phone": phone}, groups=[Group("editors")])
    template = Template.from_stack(stack)
    [pool] = template.find_resources("AWS::Cognito::IdentityPool").values()
    assert [each["ClientId"] for each in pool["Properties"]["CognitoIdentityProviders"]] == ["client-id", "phone-id"]
    [attachment] = template.find_resources("AWS::Cognito::IdentityPoolRoleAttachment").values()
    mappings = plain(attachment["Properties"]["RoleMappings"])
    assert {name: each["IdentityProvider"].rpartition(":")[2] for name, each in mappings.items()} == {
        "Client": "client-id",
        "Phone": "phone-id",
    }
    assert [*auth.clients] == ["Client", "Phone"]
    for name in ("Client", "my phone"):
        with pytest.raises(ValueError, match=f"further_clients contains the name '{name}'"):
            existing(stack, f"Bad{len(name)}", further_clients={name: phone})


def test_several_user_pools_stand_behind_one_identity_pool(stack: Stack) -> None:
    partners = cognito.UserPool.from_user_pool_id(stack, "Partners", "us-west-2_partners1")
    ids = ("one", "two")
    clients = [cognito.UserPoolClient.from_user_pool_client_id(stack, f"{id}Client", id) for id in ids]
    providers = IdentityProviders(user_pools=[UserPoolProvider(name="Partners", user_pool=partners, clients=clients)])
    rule = RoleRule("custom:level", "gold", group="editors", provider="Partners")
    own = RoleRule("cognito:groups", "editors", group="editors", match="Contains")
    existing(stack, "Auth", identity_providers=providers, groups=[Group("editors")], role_rules=[rule, own])
    template = Template.from_stack(stack)
    [pool] = template.find_resources("AWS::Cognito::IdentityPool").values()
    provider = "cognito-idp.us-west-2.<AWS::URLSuffix>/us-west-2_partners1"
    assert plain(pool["Properties"]["CognitoIdentityProviders"])[1:] == [
        {"ClientId": id, "ProviderName": provider, "ServerSideTokenCheck": True} for id in ids
    ]
    [attachment] = template.find_resources("AWS::Cognito::IdentityPoolRoleAttachment").values()
    mappings = plain(attachment["Properties"]["RoleMappings"])
    assert {name: (each["IdentityProvider"], each["Type"]) for name, each in mappings.items() if name != "Client"} == {
        f"Provider{number}": (f"{provider}:{id}", "Rules") for number, id in enumerate(ids, 1)
    }


def test_an_identity_pool_made_elsewhere_is_given_no_providers(stack: Stack) -> None:
    providers = IdentityProviders(google_client_id="google")
    with pytest.raises(ValueError, match="pool, and"):
        existing(stack, "Auth", identity_pool_id=IDENTITY_POOL, identity_providers=providers)
    with pytest.raises(ValueError, match="user pool 'P' has no clients"):
        UserPoolProvider(
            name="P", user_pool=cognito.UserPool.from_user_pool_id(stack, "P", "us-west-2_partners1"), clients=[]
        )
