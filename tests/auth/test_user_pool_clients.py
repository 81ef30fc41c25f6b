"""Clients and resource servers in the template."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import Duration, SecretValue, Stack, Token
from aws_cdk.assertions import Template

from constructs_lib.api import Api, Route, jwt
from constructs_lib.auth import (
    Auth,
    Google,
    MachineClient,
    NativeClient,
    PrefixDomain,
    ResourceServer,
    ServerClient,
    WebClient,
)
from tests.synthesis import new_function

Find = Callable[[str], Any]
ORDERS = ResourceServer("orders", {"read": "Read orders"})
DOMAIN = PrefixDomain("my-app")
SECRET = SecretValue.secrets_manager("google")


def test_a_plain_client_has_no_hosted_sign_in_no_secret_and_no_example_com(resources: Find) -> None:
    assert resources("plain_auth").named("AuthWebClient") == {
        "UserPoolId": "<AuthUserPool>",
        "AllowedOAuthFlowsUserPoolClient": False,
        "EnableTokenRevocation": True,
        "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        "GenerateSecret": False,
        "PreventUserExistenceErrors": "ENABLED",
        "SupportedIdentityProviders": ["COGNITO"],
        "WriteAttributes": ["email", "locale", "name"],
    }


def test_hosted_sign_in_is_the_code_flow_only(resources: Find) -> None:
    found = resources("clients")
    web = found.named("AuthWebClient")
    assert web["AllowedOAuthFlows"] == ["code"]
    assert web["AllowedOAuthFlowsUserPoolClient"] is True
    assert web["AllowedOAuthScopes"] == ["openid"]
    assert web["CallbackURLs"] == [
        "https://app.example.com/",
        "http://localhost:5173/",
        "https://later.example.com/",
    ]
    assert "LogoutURLs" not in web
    native = found.named("AuthNativeClient")
    assert (native["CallbackURLs"], native["LogoutURLs"]) == (["myapp://callback"], ["myapp://bye"])
    assert native["AllowedOAuthScopes"] == ["openid", "email", "profile"]
    assert native["GenerateSecret"] is False


def test_a_server_has_a_secret_and_signs_in_with_its_own_rights_only_if_said(resources: Find) -> None:
    server = resources("clients").named("AuthServerClient")
    assert server["GenerateSecret"] is True
    assert "ALLOW_ADMIN_USER_PASSWORD_AUTH" in server["ExplicitAuthFlows"]
    assert server["LogoutURLs"] == ["https://later.example.com/bye"]
    assert ServerClient().admin_sign_in is False


def test_a_machine_asks_for_scopes_by_secret_signs_nobody_in_and_gets_no_credentials(resources: Find) -> None:
    found = resources("clients")
    machine = found.named("AuthBatchClient")
    assert machine["AllowedOAuthFlows"] == ["client_credentials"]
    assert machine["AllowedOAuthScopes"] == ["<AuthordersServer>/read"]
    assert machine["ExplicitAuthFlows"] == []
    assert machine["GenerateSecret"] is True
    assert machine["WriteAttributes"] == ["email", "locale", "name"]
    assert "SupportedIdentityProviders" not in machine
    in_pool = [each["ClientId"] for each in found.named("AuthIdentityPool")["CognitoIdentityProviders"]]
    assert in_pool == ["<AuthWebClient>", "<AuthNativeClient>", "<AuthServerClient>"]
    assert found.named("AuthordersServer")["Scopes"] == [
        {"ScopeName": "read", "ScopeDescription": "Read orders"},
        {"ScopeName": "write", "ScopeDescription": "Write orders"},
    ]


def test_every_client_people_sign_in_with_is_mapped_to_roles(resources: Find) -> None:
    mappings = resources("clients").named("AuthRoleAttachment")["RoleMappings"]
    assert {name: each["IdentityProvider"] for name, each in mappings.items()} == {
        f"{name}Client": f"<AuthUserPool.ProviderName>:<Auth{name}Client>" for name in ("Web", "Native", "Server")
    }


def test_validity_and_rotation_reach_the_client(stack: Stack) -> None:
    client = WebClient(
        access_token_validity=Duration.minutes(10),
        id_token_validity=Duration.minutes(20),
        refresh_token_validity=Duration.days(7),
        refresh_token_rotation=Duration.seconds(10),
    )
    Auth(stack, "Auth", clients=[client])
    Template.from_stack(stack).has_resource_properties(
        "AWS::Cognito::UserPoolClient",
        {
            "AccessTokenValidity": 10,
            "IdTokenValidity": 20,
            "RefreshTokenValidity": 10080,
            "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 10},
            "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"],
        },
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"clients": [WebClient(callback_urls=["https://a.example.com/"], scopes=["orders/write"])]}, "'orders/read'"),
        (
            {"clients": [WebClient(), MachineClient(name="B", scopes=["bills/read"])]},
            r"which no resource server has \(scopes: 'orders/read'\)",
        ),
        (
            {"clients": [WebClient(providers=["Google"])]},
            "client 'Web' offers provider 'Google', which this Auth does not have",
        ),
        (
            {"clients": [WebClient(write_attributes=["locale"])]},
            "write_attributes of client 'Web' does not contain email",
        ),
        ({"clients": [WebClient(write_attributes=["custom:tier"])]}, "which this user pool does not have"),
        ({"clients": [NativeClient(read_attributes=["custom:tier"])]}, "which this user pool does not have"),
        ({"resource_servers": [ORDERS, ORDERS]}, "two resource servers have the identifier 'orders'"),
    ],
)
def test_what_a_client_names_must_be_there(stack: Stack, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Auth(stack, "Auth", domain=DOMAIN, **{"resource_servers": [ORDERS], **options})


def test_a_client_that_may_not_write_what_a_provider_maps_is_refused(stack: Stack) -> None:
    google = Google(client_id="id", client_secret=SECRET, attribute_mapping={"email": "email", "picture": "picture"})
    with pytest.raises(ValueError, match="write_attributes of client 'Web' does not contain picture"):
        Auth(stack, "Auth", domain=DOMAIN, providers=[google], clients=[WebClient(write_attributes=["email"])])


def test_a_clients_name_session_default_address_and_context_reach_it(stack: Stack) -> None:
    clients = [
        WebClient(
            client_name="The page",
            auth_session_validity=Duration.minutes(15),
            callback_urls=["https://a.example.com/", "https://b.example.com/"],
            default_redirect_uri="https://b.example.com/",
        ),
        ServerClient(propagate_user_context=True),
    ]
    Auth(stack, "Auth", domain=DOMAIN, clients=clients)
    template = Template.from_stack(stack)
    template.has_resource_properties(
        "AWS::Cognito::UserPoolClient",
        {"ClientName": "The page", "AuthSessionValidity": 15, "DefaultRedirectURI": "https://b.example.com/"},
    )
    template.has_resource_properties(
        "AWS::Cognito::UserPoolClient", {"GenerateSecret": True, "EnablePropagateAdditionalUserContextData": True}
    )


def test_what_a_route_asks_of_a_token_must_be_a_scope_that_there_is(stack: Stack) -> None:
    auth = Auth(stack, "Auth", resource_servers=[ORDERS])
    auth.check_scopes(["orders/read", "openid", Token.as_string({"Ref": "Scope"})])
    with pytest.raises(
        ValueError, match=r"a route requires scope 'orders/raed', .* \(scopes: 'orders/read'\); declare it"
    ):
        Api(stack, "Api", auth=auth, routes=[Route("GET", "/", new_function(stack), access=[jwt("orders/raed")])])
    existing = Auth.from_existing(stack, "Existing", user_pool=auth.user_pool, user_pool_client=auth.user_pool_client)
    existing.check_scopes(["bills/read"])
