"""Stacks with an Auth, synthesized once in one app with the feature flags of cdk.json."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from aws_cdk import App, Environment, NestedStack, RemovalPolicy, SecretValue, Stack, Stage
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53

from constructs_lib.access import Statement, allow
from constructs_lib.auth import (
    Attribute,
    Auth,
    Branding,
    CustomDomain,
    Facebook,
    Factors,
    Google,
    Group,
    IamOidcProvider,
    IdentityProviders,
    LoginWithAmazon,
    MachineClient,
    Messages,
    NativeClient,
    Oidc,
    PasswordPolicy,
    PrefixDomain,
    Protection,
    ResourceServer,
    RoleRule,
    Saml,
    ServerClient,
    SesSender,
    SignIn,
    SignInWithApple,
    Triggers,
    Twitter,
    WebClient,
)
from tests.synthesis import CONTEXT, HASH, new_function, plain

ACCOUNT: Final = "111122223333"
SECRET: Final = SecretValue.secrets_manager("sign-in", json_field="secret")
GOOGLE: Final = Google(client_id="google-id", client_secret=SECRET)
CERTIFICATE: Final = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/12345678-1234-1234-1234-123456789012"
READ: Final = Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::files/*",))


def existing_pools(stack: Stack) -> dict[str, Any]:
    pool = cognito.UserPool.from_user_pool_id(stack, "Pool", "eu-west-1_abcdefghi")
    return {
        "user_pool": pool,
        "user_pool_client": cognito.UserPoolClient.from_user_pool_client_id(stack, "PoolClient", "client-id"),
    }


PLAIN_CASES: Final[dict[str, dict[str, Any]]] = {
    "plain_auth": {},
    "by_phone": {
        "sign_in": SignIn(email=False, phone=True, recovery="admin"),
        "factors": Factors(second=["totp", "sms"], first=["password", "sms_otp"]),
    },
    "by_username": {
        "sign_in": SignIn(username=True, preferred_username=True, phone=True, recovery="email_then_phone"),
        "factors": Factors(mfa="off", device_tracking="opt_in"),
    },
    "by_username_alone": {"sign_in": SignIn(email=False, username=True, case_sensitive=True, self_sign_up=False)},
    "passkeys": {"factors": Factors(first=["password", "passkey", "email_otp"], relying_party_id="example.com")},
    "passkeys_required": {
        "factors": Factors(first=["password", "passkey"], mfa="required"),
        "domain": PrefixDomain("my-app"),
    },
    "classic": {
        "domain": PrefixDomain("my-app", branding=Branding(classic=True)),
        "protection": Protection(plan="lite"),
        "sign_in": SignIn(verification="link"),
    },
}


def full(stack: Stack) -> None:
    auth = Auth(stack, "Auth", guests=True, groups=[Group("editors"), Group("a.b@c")])
    auth.grant(stack, allow.owner, [READ])


def by_sub(stack: Stack) -> None:
    auth = Auth(stack, "Auth", owner="sub", guests=True, groups=[Group("editors", description="They edit")])
    auth.grant(stack, allow.authenticated, [READ])


def two(stack: Stack) -> None:
    Auth(stack, "One", groups=[Group("editors")])
    Auth(stack, "Two", groups=[Group("editors")], removal_policy=RemovalPolicy.DESTROY)


def nested(stack: Stack) -> None:
    inner = NestedStack(stack, "Inner")
    auth = Auth(inner, "Auth", guests=True)
    auth.grant(inner, allow.guest, [READ])


def strict(stack: Stack) -> None:
    password = PasswordPolicy(min_length=16, symbols=False, history=5)
    Auth(
        stack,
        "Auth",
        sign_in=SignIn(recovery="admin"),
        factors=Factors(mfa="required", second=["totp", "email"], password=password, device_tracking="always"),
        messages=Messages(
            email=SesSender(
                from_email="hello@example.com",
                from_name="Example",
                reply_to="help@example.com",
                verified_domain="example.com",
                configuration_set="mails",
            ),
            verification_subject="Welcome",
            verification_body="Your code: {####}",
            invitation_subject="Come in",
            invitation_body="{username} {####}",
        ),
        protection=Protection(
            threat_protection="enforced",
            custom_threat_protection="audit",
            web_acl_arn=f"arn:aws:wafv2:eu-west-1:{ACCOUNT}:regional/webacl/acl/12345678-1234-1234-1234-123456789012",
            log_group=logs.LogGroup(stack, "Logs"),
        ),
    )


def attributes(stack: Stack) -> None:
    own = [
        Attribute("given_name", required=True),
        Attribute("nickname"),
        Attribute("tier"),
        Attribute("motto", user_writable=True, min=1, max=80),
        Attribute("age", type="Number", min=0, max=150),
        Attribute("birth", mutable=False, type="DateTime"),
    ]
    clients = [WebClient(), NativeClient(read_attributes=["email"], write_attributes=["email", "given_name"])]
    Auth(stack, "Auth", attributes=own, clients=clients)


def clients(stack: Stack) -> None:
    auth = Auth(
        stack,
        "Auth",
        groups=[Group("editors")],
        domain=PrefixDomain("my-app"),
        resource_servers=[ResourceServer("orders", {"read": "Read orders", "write": "Write orders"})],
        clients=[
            WebClient(callback_urls=["https://app.example.com/", "http://localhost:5173/"], scopes=["openid"]),
            NativeClient(callback_urls=["myapp://callback"], logout_urls=["myapp://bye"]),
            ServerClient(admin_passwords=True),
            MachineClient(name="Batch", scopes=["orders/read"]),
        ],
    )
    auth.add_callback_urls("https://later.example.com/", client="Server", logout_urls=["https://later.example.com/bye"])
    auth.add_callback_urls("https://later.example.com/")


def providers(stack: Stack) -> None:
    Auth(
        stack,
        "Auth",
        domain=PrefixDomain("my-app"),
        attributes=[Attribute("department")],
        providers=[
            GOOGLE,
            Facebook(client_id="facebook-id", client_secret=SECRET, api_version="v19.0"),
            LoginWithAmazon(client_id="amazon-id", client_secret=SECRET),
            SignInWithApple(services_id="apple-id", team_id="TEAM", key_id="KEY", private_key=SECRET),
            Oidc(
                name="Okta",
                client_id="okta-id",
                client_secret=SECRET,
                issuer_url="https://example.okta.com",
                identifiers=["example.com"],
            ),
            Saml(
                name="One-Corp",
                metadata="https://one.example.com/saml",
                sign_out=True,
                sign_requests=True,
                attribute_mapping={"email": "mail", "custom:department": "dept"},
            ),
            Saml(name="Other", metadata="<xml/>", attribute_mapping={"email": "mail"}),
        ],
        clients=[
            WebClient(callback_urls=["https://app.example.com/"]),
            WebClient(name="Staff", providers=["Okta"]),
        ],
    )


def federated(stack: Stack) -> None:
    existing = iam.OpenIdConnectProvider.from_open_id_connect_provider_arn(
        stack, "Existing", f"arn:aws:iam::{ACCOUNT}:oidc-provider/one.example.com"
    )
    saml = iam.SamlProvider.from_saml_provider_arn(stack, "Saml", f"arn:aws:iam::{ACCOUNT}:saml-provider/corp")
    Auth(
        stack,
        "Auth",
        groups=[Group("googlers")],
        role_rules=[
            RoleRule("cognito:groups", "googlers", group="googlers", match="Contains"),
            RoleRule("hd", "example.com", group="googlers", provider="accounts.google.com"),
        ],
        identity_providers=IdentityProviders(
            google_client_id="google-id",
            facebook_app_id="facebook-id",
            amazon_app_id="amazon-id",
            apple_services_id="apple-id",
            twitter=Twitter(consumer_key="key", consumer_secret=SECRET),
            oidc=[IamOidcProvider(name="Auth0", url="https://x.auth0.com", client_ids=["auth0-id"]), existing],
            saml=[saml],
            developer="login.example.com",
        ),
    )


def custom_domain(stack: Stack) -> None:
    zone = route53.HostedZone.from_hosted_zone_attributes(stack, "Zone", hosted_zone_id="Z1", zone_name="example.com")
    domain = CustomDomain(
        "auth.example.com",
        certificate=acm.Certificate.from_certificate_arn(stack, "Certificate", CERTIFICATE),
        hosted_zone=zone,
        branding=Branding(settings={"components": {}}),
    )
    Auth(stack, "Auth", domain=domain, factors=Factors(first=["password", "passkey"]))


def triggered(stack: Stack) -> None:
    names = ["pre_sign_up", "post_confirmation", "pre_authentication", "post_authentication", "pre_token_generation"]
    names += ["user_migration", "define_auth_challenge", "create_auth_challenge", "verify_auth_challenge_response"]
    names += ["inbound_federation", "custom_message", "custom_email_sender", "custom_sms_sender"]
    functions: dict[str, Any] = {name: new_function(stack, name.title().replace("_", "")) for name in names}
    auth = Auth(stack, "Auth", triggers=Triggers(**functions), removal_policy=RemovalPolicy.DESTROY)
    auth.allow_admin(functions["post_confirmation"], "cognito-idp:AdminAddUserToGroup")
    auth.allow_admin(functions["post_confirmation"], "cognito-idp:AdminGetUser")


def rules(stack: Stack) -> None:
    Auth(
        stack,
        "Auth",
        attributes=[Attribute("department")],
        groups=[Group("lawyers"), Group("staff")],
        role_rules=[
            RoleRule("custom:department", "legal", group="lawyers"),
            RoleRule("custom:department", "x", group="staff", match="NotEqual"),
        ],
        clients=[WebClient(), NativeClient()],
    )


def imported(stack: Stack) -> None:
    auth = Auth.from_existing(
        stack, "Auth", **existing_pools(stack), guests=True, groups=[Group("editors")], owner="sub"
    )
    auth.grant(stack, allow.group("editors"), [READ])


def imported_roles(stack: Stack) -> None:
    auth = Auth.from_existing(
        stack,
        "Auth",
        **existing_pools(stack),
        identity_pool_id="eu-west-1:12345678-1234-1234-1234-123456789012",
        authenticated_role=iam.Role.from_role_name(stack, "User", "user"),
        group_roles={"editors": iam.Role.from_role_name(stack, "Editor", "editor")},
    )
    auth.grant(stack, allow.owner, [READ])


SCENARIOS: Final[tuple[Callable[[Stack], None], ...]] = (
    full, by_sub, two, nested, strict, attributes, clients, providers, federated, custom_domain, triggered, rules,
    imported, imported_roles,
)  # fmt: skip
_REGIONS: Final = {"strict": "eu-west-1", "imported": "eu-west-1", "imported_roles": "eu-west-1"}


@pytest.fixture(scope="session")
def templates() -> dict[str, dict[str, Any]]:
    """Return each scenario's template by name, and those of scenarios that take several stacks or regions."""
    app = App(context=CONTEXT)
    for build in SCENARIOS:
        region = _REGIONS.get(build.__name__)
        env = Environment(account=ACCOUNT, region=region) if region else None
        build(Stack(app, build.__name__.replace("_", "-"), env=env))
    for name, options in PLAIN_CASES.items():
        Auth(Stack(app, name.replace("_", "-")), "Auth", **options)
    for name, region in (("china", "cn-north-1"), ("govcloud", "us-gov-west-1")):
        full(Stack(app, name, env=Environment(account=ACCOUNT, region=region)))
    _several(app)
    stage = Stage(app, "prod")
    full(Stack(stage, "staged", stack_name="staged"))
    assembly = app.synth()
    stacks = [*assembly.stacks, *assembly.get_nested_assembly("assembly-prod").stacks]
    found = {stack.stack_name.replace("-", "_"): stack.template for stack in stacks}
    [inner] = Path(assembly.directory).glob("nestedInner*.nested.template.json")
    return {**found, "inner": json.loads(inner.read_text())}


def _several(app: App) -> None:
    functions = Stack(app, "functions")
    function = new_function(functions)
    identity = Stack(app, "identity")
    auth = Auth(identity, "Auth", guests=True, groups=[Group("editors")], triggers=Triggers(post_confirmation=function))
    auth.allow_admin(function, "cognito-idp:AdminAddUserToGroup")
    auth.grant(Stack(app, "other"), allow.owner, [READ])
    local = Stack(app, "local")
    pools: dict[str, Any] = {"user_pool": auth.user_pool, "user_pool_client": auth.user_pool_client}
    again = Auth.from_existing(local, "Auth", groups=[Group("lawyers", precedence=7)], **pools)
    again.grant(local, allow.group("lawyers"), [READ])


@pytest.fixture
def stack() -> Stack:
    """Return an empty stack."""
    return Stack(App(context=CONTEXT), "Stack")


class Resources:
    """The resources of a template, by type or by the ID their construct gives them."""

    def __init__(self, template: dict[str, Any]) -> None:
        self._all: dict[str, dict[str, Any]] = template["Resources"]

    def named(self, id: str) -> dict[str, Any]:
        """Return the plain properties of the one resource of this ID."""
        properties: dict[str, Any] = plain(self.whole(id).get("Properties", {}))
        return properties

    def whole(self, id: str) -> dict[str, Any]:
        """Return the one resource of this ID."""
        [found] = [body for name, body in self._all.items() if HASH.sub("", name) == id]
        return found

    def of_type(self, type_: str) -> list[dict[str, Any]]:
        """Return the plain properties of all resources of a type."""
        return [plain(body.get("Properties", {})) for body in self._all.values() if body["Type"] == type_]

    def ids(self) -> set[str]:
        """Return the IDs of all resources."""
        return {HASH.sub("", name) for name in self._all}


@pytest.fixture
def resources(templates: dict[str, dict[str, Any]]) -> Callable[[str], Resources]:
    """Return what gives the resources of a scenario."""
    return lambda scenario: Resources(templates[scenario])


@pytest.fixture
def warnings() -> Callable[[Stack], set[str]]:
    """Return what gives the IDs of the warnings of a stack, its app being synthesized by it."""

    def found(stack: Stack) -> set[str]:
        app = stack.node.root
        assert isinstance(app, App)
        messages = app.synth().get_stack_artifact(stack.artifact_id).messages
        texts = [str(message.entry.data) for message in messages if "cognito-app" in str(message.entry.data)]
        return {match for text in texts for match in re.findall(r"cognito-app:[\w.]+", text)}

    return found
