"""What an Auth is made of, and what it does not make."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from constructs_lib.access import Statement, allow
from constructs_lib.api import Api, Route, anyone
from constructs_lib.auth import Auth, Factors, Group, IdentityProviders, PrefixDomain, Protection, WebClient

Find = Callable[[str], Any]
Warnings = Callable[[Stack], set[str]]


def test_a_plain_auth_has_no_guest_role_no_policy_and_no_mapping(resources: Find) -> None:
    found = resources("plain_auth")
    assert found.ids() - {"CDKMetadata"} == {
        "AuthUserPool",
        "AuthWebClient",
        "AuthIdentityPool",
        "AuthAuthenticatedRole",
        "AuthRoleAttachment",
    }
    assert found.named("AuthIdentityPool")["AllowUnauthenticatedIdentities"] is False
    assert found.named("AuthRoleAttachment") == {
        "IdentityPoolId": "<AuthIdentityPool>",
        "Roles": {"authenticated": "<AuthAuthenticatedRole.Arn>"},
    }


def test_a_plain_auth_keeps_its_users_and_is_protected(resources: Find) -> None:
    pool = resources("plain_auth").whole("AuthUserPool")
    assert (pool["DeletionPolicy"], pool["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert pool["Properties"]["DeletionProtection"] == "ACTIVE"
    assert resources("two").named("TwoUserPool")["DeletionProtection"] == "INACTIVE"


def test_the_identity_pool_asks_whether_tokens_were_revoked_and_has_no_classic_flow(resources: Find) -> None:
    pool = resources("full").named("AuthIdentityPool")
    assert pool["AllowClassicFlow"] is False
    assert pool["CognitoIdentityProviders"] == [
        {"ClientId": "<AuthWebClient>", "ProviderName": "<AuthUserPool.ProviderName>", "ServerSideTokenCheck": True}
    ]


def test_groups_choose_roles_and_who_is_in_none_is_not_locked_out(resources: Find) -> None:
    assert resources("full").named("AuthRoleAttachment") == {
        "IdentityPoolId": "<AuthIdentityPool>",
        "Roles": {"authenticated": "<AuthAuthenticatedRole.Arn>", "unauthenticated": "<AuthGuestRole.Arn>"},
        "RoleMappings": {
            "WebClient": {
                "Type": "Token",
                "AmbiguousRoleResolution": "AuthenticatedRole",
                "IdentityProvider": "<AuthUserPool.ProviderName>:<AuthWebClient>",
            }
        },
    }


def test_two_auths_share_nothing(resources: Find) -> None:
    found = resources("two")
    for name in ("One", "Two"):
        assert found.named(f"{name}GroupeditorsGroup")["RoleArn"] == f"<{name}GroupeditorsRole.Arn>"
        assert found.named(f"{name}RoleAttachment")["IdentityPoolId"] == f"<{name}IdentityPool>"


def test_who_acts_for_what(stack: Stack) -> None:
    auth = Auth(stack, "Auth", guests=True, groups=[Group("editors")])
    assert [subjects for subjects, _ in auth.callers()] == [
        {allow.guest, allow.guest_owner},
        {allow.authenticated, allow.owner},
        {allow.authenticated, allow.owner, allow.group("editors")},
    ]


def test_an_owner_is_the_identity_or_the_sub(stack: Stack) -> None:
    assert Auth(stack, "One").owner_variable == "${cognito-identity.amazonaws.com:sub}"
    assert Auth(stack, "Two", owner="sub").owner_variable == "${aws:PrincipalTag/sub}"
    china = Stack(App(), "China", env={"account": "111122223333", "region": "cn-north-1"})
    assert Auth(china, "Auth").owner_variable == "${cognito-identity.cn-north-1.amazonaws.com.cn:sub}"


def test_subjects_that_cannot_exist_are_refused(stack: Stack) -> None:
    plain = Auth(stack, "Plain")
    with pytest.raises(ValueError, match=r"a rule names allow\.guest, but guests are not enabled"):
        plain.check_subject(allow.guest)
    with pytest.raises(ValueError, match="a guest has no user-pool sub and cannot be an owner with owner='sub'"):
        Auth(stack, "Sub", owner="sub", guests=True).check_subject(allow.guest_owner)
    with pytest.raises(ValueError, match=r'add Auth\(\.\.\., groups=\[Group\("editors"\)\]\)'):
        plain.check_subject(allow.group("editors"))
    with pytest.raises(
        ValueError, match="'Stack/Plain/AuthenticatedRole' is a role of users, who would get permissions"
    ):
        plain.check_subject(allow.function(plain.authenticated_role))
    with pytest.raises(ValueError, match="owner='subject' is unknown"):
        Auth(stack, "Unknown", owner="subject")  # type: ignore[arg-type] # the mistake


def test_users_of_the_identity_pools_own_providers_own_nothing_by_sub(stack: Stack, warnings: Warnings) -> None:
    providers = IdentityProviders(google_client_id="google-id")
    auth = Auth(stack, "Auth", owner="sub", identity_providers=providers, removal_policy=RemovalPolicy.DESTROY)
    assert auth.identity_pool.ref == auth.identity_pool_id
    assert warnings(stack) == {"cognito-app:Auth.ownersBySub"}


def test_a_guests_session_carries_no_rights_in_services_outside_its_policy(stack: Stack, warnings: Warnings) -> None:
    auth = Auth(stack, "Auth", guests=True, removal_policy=RemovalPolicy.DESTROY)
    reads = Statement(actions=("ssm:GetParameter", "s3:GetObject"), resources=("arn:aws:s3:::files/*",))
    auth.grant(stack, allow.authenticated, [reads])
    auth.grant(stack, allow.guest, [reads])
    assert warnings(stack) == {"cognito-app:Auth.guestService.ssm"}


def test_production_is_warned_of_the_sender_that_stops_at_fifty_mails(stack: Stack, warnings: Warnings) -> None:
    Auth(stack, "Auth")
    assert warnings(stack) == {"cognito-app:Auth.defaultEmailSender"}


def test_a_stage_that_is_thrown_away_is_not_warned(stack: Stack, warnings: Warnings) -> None:
    Auth(stack, "Auth", removal_policy=RemovalPolicy.DESTROY)
    assert warnings(stack) == set()


# `Template.from_stack` refuses a template whose resources depend on each other in a circle.
def test_pages_of_a_later_distribution_may_be_returned_to_without_a_cycle(stack: Stack) -> None:
    auth = Auth(stack, "Auth", domain=PrefixDomain("my-app"))
    origin = origins.HttpOrigin("origin.example.com", custom_headers={"x-client": auth.user_pool.user_pool_id})
    behavior = cloudfront.BehaviorOptions(origin=origin)
    distribution = cloudfront.Distribution(stack, "Pages", default_behavior=behavior)
    url = f"https://{distribution.distribution_domain_name}/"
    auth.add_callback_urls(url, logout_urls=[url])
    [client] = Template.from_stack(stack).find_resources("AWS::Cognito::UserPoolClient").values()
    assert client["Properties"]["AllowedOAuthFlows"] == ["code"]
    assert "DomainName" in str(client["Properties"]["CallbackURLs"])


def test_the_callback_url_of_a_later_api_is_accepted(stack: Stack) -> None:
    auth = Auth(stack, "Auth", domain=PrefixDomain("my-app"))
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    function = lambda_.Function(
        stack, "Function", runtime=lambda_.Runtime.PYTHON_3_13, handler="index.handler", code=code
    )
    api = Api(stack, "Api", auth=auth, routes=[Route("GET", "/callback", function, access=[anyone])])
    auth.add_callback_urls(f"{api.url}/callback")
    Template.from_stack(stack)


def test_a_callback_needs_a_domain_and_a_client(stack: Stack) -> None:
    with pytest.raises(ValueError, match="hosted sign-in needs a domain"):
        Auth(stack, "One").add_callback_urls("https://app.example.com/")
    auth = Auth(stack, "Two", domain=PrefixDomain("my-app"), clients=[WebClient(name="Pages")])
    with pytest.raises(ValueError, match="not a client for users here; use one of 'Pages'"):
        auth.add_callback_urls("https://app.example.com/", client="Web")
    with pytest.raises(ValueError, match=r"callback_urls='http://app\.example\.com/' would transmit the"):
        auth.add_callback_urls("http://app.example.com/")


def test_long_role_names_are_warned_of_where_they_do_not_work(warnings: Warnings) -> None:
    stack = Stack(App(), "Stack", env={"account": "111122223333", "region": "us-gov-east-1"})
    Auth(stack, "Auth", removal_policy=RemovalPolicy.DESTROY)
    assert warnings(stack) == {"cognito-app:Auth.roleNames"}
    with pytest.raises(ValueError, match="web_acl_arn is not supported for user pools of us-gov-east-1"):
        Auth(
            stack,
            "Other",
            protection=Protection(web_acl_arn="arn:aws-us-gov:wafv2:us-gov-east-1:1:regional/webacl/a/1"),
        )


def test_a_passkey_on_hosted_pages_of_govcloud_belongs_to_their_own_domain() -> None:
    stack = Stack(App(), "Stack", env={"account": "111122223333", "region": "us-gov-west-1"})
    Auth(stack, "Auth", domain=PrefixDomain("my-app"), factors=Factors(first=["password", "passkey"]))
    pools = Template.from_stack(stack).find_resources("AWS::Cognito::UserPool").values()
    ids = [pool["Properties"]["WebAuthnRelyingPartyID"] for pool in pools]
    assert ids == ["my-app.auth-fips.us-gov-west-1.amazoncognito.com"]


def test_pools_may_have_fixed_names(stack: Stack) -> None:
    Auth(stack, "Auth", user_pool_name="my-users", identity_pool_name="my identities")
    template = Template.from_stack(stack)
    template.has_resource_properties("AWS::Cognito::UserPool", {"UserPoolName": "my-users"})
    template.has_resource_properties("AWS::Cognito::IdentityPool", {"IdentityPoolName": "my identities"})
    with pytest.raises(ValueError, match="identity_pool_name='a/b' contains '/'"):
        Auth(stack, "Other", identity_pool_name="a/b")
    with pytest.raises(ValueError, match=r"user_pool_name=.* has 129 characters"):
        Auth(stack, "Third", user_pool_name="x" * 129)
