"""Everything an Auth can do, in one stack: `python kitchen_sink_app.py` synthesizes it as `cdk` would.

Context `nag`: cdk-nag's AwsSolutions pack looks at it.
"""

import json
from pathlib import Path
from typing import Any, Final

from aws_cdk import Acknowledgment, Duration, RemovalPolicy, SecretValue, Stack, Validations
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_wafv2 as wafv2
from cdk_nag import AwsSolutionsChecks
from constructs import Construct

from constructs_lib.access import Statement, allow
from constructs_lib.auth import (
    Attribute,
    Auth,
    Branding,
    CustomDomain,
    EndUserMessaging,
    Facebook,
    Factors,
    FirstUser,
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
    RiskNotice,
    RiskResponses,
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
from constructs_lib.auth.triggers import TRIGGERS
from constructs_lib.validation import validated_app

CONTEXT: Final = json.loads((Path(__file__).parents[2] / "cdk.json").read_text())["context"]
SECRET: Final = SecretValue.secrets_manager("sign-in", json_field="secret")
SAML_METADATA: Final = "https://saml.example.com/metadata"
SAML_DOCUMENT: Final = f"<EntityDescriptor>{' ' * 1000}</EntityDescriptor>"
READ: Final = Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::files/news.txt",))
HANDLER: Final = "def handler(event, context):\n    return event\n"


class KitchenSink(Stack):
    """Two Auths: what one pool cannot be at once, the other is."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        functions = {name: self._function(name) for name in TRIGGERS}
        auth = self._everything(functions)
        auth.allow_admin(functions["post_confirmation"], "cognito-idp:AdminAddUserToGroup")
        auth.grant(self, allow.owner, [READ])
        auth.grant(self, allow.guest, [READ])
        auth.add_callback_urls("https://later.example.com/")
        other = self._other()
        another = Auth.from_existing(
            self,
            "Another",
            user_pool=other.user_pool,
            user_pool_client=other.user_pool_client,
            groups=[Group("visitors", precedence=9)],
        )
        another.grant(self, allow.group("visitors"), [READ])
        _acknowledge(self)

    def _function(self, name: str) -> lambda_.Function:
        role = iam.Role(self, f"{name}_role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        return lambda_.Function(
            self,
            name,
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler="index.handler",
            code=lambda_.Code.from_inline(HANDLER),
            role=role,
            log_group=logs.LogGroup(self, f"{name}_logs", removal_policy=RemovalPolicy.DESTROY),
        )

    def _everything(self, functions: dict[str, lambda_.Function]) -> Auth:
        zone = route53.HostedZone(self, "Zone", zone_name="example.com")
        arn = f"arn:aws:acm:us-east-1:{self.account}:certificate/12345678-1234-1234-1234-123456789012"
        return Auth(
            self,
            "Everything",
            guests=True,
            groups=[Group("editors", description="They edit"), Group("lawyers", precedence=7), Group("org:1")],
            sign_in=SignIn(
                username=True,
                preferred_username=True,
                phone=True,
                recovery="email_then_phone",
                first_users=[
                    FirstUser("ada", groups=["org:1"], email="ada@example.com", attributes={"given_name": "Ada"})
                ],
            ),
            factors=Factors(
                first=["password", "passkey"],
                mfa="required",
                second=["totp", "sms", "email"],
                password=PasswordPolicy(history=3),
                device_tracking="opt_in",
            ),
            attributes=[
                Attribute("given_name", required=True, user_writable=True),
                Attribute("department"),
                Attribute("age", type="Number", min=0, max=150, user_writable=True),
            ],
            clients=[
                WebClient(
                    callback_urls=["https://app.example.com/", "http://localhost:5173/"],
                    logout_urls=["https://app.example.com/"],
                    refresh_token_rotation=Duration.seconds(10),
                    auth_session_validity=Duration.minutes(5),
                    client_name="The page",
                    default_redirect_uri="https://app.example.com/",
                ),
                NativeClient(callback_urls=["myapp://callback"], providers=["COGNITO", "Google"]),
                ServerClient(scopes=["openid", "orders/read"], admin_passwords=True, propagate_user_context=True),
                MachineClient(name="Batch", scopes=["orders/write"], access_token_validity=Duration.minutes(10)),
            ],
            resource_servers=[
                ResourceServer("orders", {"read": "Read orders", "write": "Place orders"}),
                ResourceServer("https://api.example.com", {"read": "Read all"}),
            ],
            providers=_providers(),
            identity_providers=IdentityProviders(
                google_client_id="google",
                facebook_app_id="123456789",
                amazon_app_id="amzn1.application.1",
                apple_services_id="com.example.app",
                twitter=Twitter(consumer_key="key", consumer_secret=SECRET),
                oidc=[IamOidcProvider(name="Auth0", url="https://x.auth0.com", client_ids=["auth0"])],
                saml=[
                    iam.SamlProvider(self, "Saml", metadata_document=iam.SamlMetadataDocument.from_xml(SAML_DOCUMENT))
                ],
                developer="login.example.com",
            ),
            domain=CustomDomain(
                "auth.example.com",
                certificate=acm.Certificate.from_certificate_arn(self, "Certificate", arn),
                hosted_zone=zone,
                branding=Branding(
                    settings={"components": {"pageBackground": {"image": {"enabled": False}}}},
                    terms_of_use="https://example.com/terms",
                    privacy_policy={"default": "https://example.com/privacy", "german": "https://example.com/de"},
                ),
                security_policy="TLS_V1_3_2025",
            ),
            triggers=Triggers(**_triggers(functions)),
            messages=Messages(
                email=SesSender(
                    from_email="hello@example.com",
                    from_name="Example",
                    verified_domain="example.com",
                    configuration_set="mails",
                ),
                verification_body="Your code is {####}",
                invitation_body="You are {username}, your password is {####}",
                mfa_sms="Your code is {####}",
                mfa_email_subject="Your code",
                mfa_email_body="Your code is {####}",
                sms=EndUserMessaging(configuration_set="texts"),
            ),
            protection=Protection(
                threat_protection="enforced",
                custom_threat_protection="audit",
                web_acl_arn=self._web_acl().attr_arn,
                risks=RiskResponses(block_notice=RiskNotice(subject="Blocked", text="We blocked {ip-address}")),
                log_group=logs.LogGroup(self, "AuthLogs", removal_policy=RemovalPolicy.DESTROY),
                sign_in_logs=self._bucket(),
                encryption_key=kms.Key(
                    self, "UsersKey", enable_key_rotation=True, removal_policy=RemovalPolicy.DESTROY
                ),
            ),
            role_rules=[
                RoleRule("cognito:groups", "editors", group="editors", match="Contains"),
                RoleRule("custom:department", "legal", group="lawyers"),
                RoleRule("custom:department", "org", group="org:1"),
                RoleRule("hd", "example.com", group="editors", provider="accounts.google.com"),
            ],
            user_pool_name="everybody",
            identity_pool_name="everybody",
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _bucket(self) -> s3.Bucket:
        return s3.Bucket(
            self,
            "SignInLogs",
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _other(self) -> Auth:
        return Auth(
            self,
            "Other",
            owner="sub",
            groups=[Group("editors")],
            sign_in=SignIn(verification="link", self_sign_up=False),
            factors=Factors(first=["password", "email_otp"], device_tracking="always"),
            domain=PrefixDomain("kitchen-sink", branding=Branding()),
            messages=Messages(email=SesSender(from_email="hello@example.com")),
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _web_acl(self) -> wafv2.CfnWebACL:
        return wafv2.CfnWebACL(
            self,
            "Firewall",
            scope="REGIONAL",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=wafv2.CfnWebACL.VisibilityConfigProperty(
                cloud_watch_metrics_enabled=False, metric_name="firewall", sampled_requests_enabled=False
            ),
        )


def _triggers(functions: dict[str, lambda_.Function]) -> dict[str, Any]:
    return {**functions, "pre_token_generation_version": "V3_0"}


def _providers() -> list[Any]:
    mapping = {"email": "email", "given_name": "given_name"}
    names = {"email": "mail", "given_name": "givenName"}
    return [
        Google(client_id="google", client_secret=SECRET, attribute_mapping=mapping),
        Facebook(client_id="facebook", client_secret=SECRET, attribute_mapping=mapping),
        LoginWithAmazon(client_id="amazon", client_secret=SECRET, attribute_mapping=mapping),
        SignInWithApple(
            services_id="com.example.app", team_id="TEAM", key_id="KEY", private_key=SECRET, attribute_mapping=mapping
        ),
        Oidc(
            name="Okta",
            client_id="okta",
            client_secret=SECRET,
            issuer_url="https://example.okta.com",
            attribute_mapping=mapping,
        ),
        Saml(name="Corp", metadata=SAML_METADATA, attribute_mapping=names),
        Saml(name="Partner", metadata=SAML_METADATA, identifiers=["partner.example.com"], attribute_mapping=names),
    ]


def _acknowledge(stack: KitchenSink) -> None:
    """Say why this stack lives with what cdk-nag finds."""
    reasons = {
        "IAM5[Resource::*]": "an SMS goes to a phone number, which is no resource; topics are denied",
        "COG2": "the other pool shows optional MFA",
        "COG7": "guests read what is public",
        "COG8": "the other pool shows the default plan",
        "S1": "it keeps logs itself",
    }
    for rule, reason in reasons.items():
        Validations.of(stack).acknowledge(Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason))


if __name__ == "__main__":
    app = validated_app(context=CONTEXT)
    if app.node.try_get_context("nag"):
        Validations.of(app).add_plugins(AwsSolutionsChecks())
    KitchenSink(app, "KitchenSink")
    app.synth()
