"""Options that Cognito refuses together."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import SecretValue, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_lambda as lambda_

from constructs_lib.auth import (
    Auth,
    Branding,
    CustomDomain,
    Factors,
    Google,
    MachineClient,
    Messages,
    PasswordPolicy,
    PrefixDomain,
    Protection,
    ResourceServer,
    Saml,
    SesSender,
    SignIn,
    Triggers,
    WebClient,
)

SES = Messages(email=SesSender(from_email="a@example.com"))
LITE = Protection(plan="lite")
PHONE = SignIn(email=False, phone=True)


def function(stack: Stack) -> lambda_.IFunction:
    return lambda_.Function.from_function_name(stack, "Function", "name")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"factors": Factors(second=["totp", "email"])}, "needs SES as the sender"),
        (
            {"factors": Factors(second=["totp", "sms"]), "sign_in": PHONE},
            "second factor 'sms' cannot be combined with password recovery by SMS",
        ),
        (
            {"factors": Factors(second=["totp", "email"]), "messages": SES},
            "second factor 'email' cannot be combined with password recovery by",
        ),
        ({"factors": Factors(first=["password", "email_otp"]), "sign_in": PHONE}, "'email_otp' needs users with"),
        ({"factors": Factors(first=["password", "sms_otp"])}, "'sms_otp' needs users with a phone number"),
        ({"factors": Factors(first=["password", "passkey"])}, "passkeys belong to a domain, which is not set"),
        ({"factors": Factors(first=["password", "email_otp"]), "protection": LITE}, "needs plan='essentials'"),
        ({"factors": Factors(password=PasswordPolicy(history=3)), "protection": LITE}, "password history=3 needs plan"),
        ({"domain": PrefixDomain("my-app"), "protection": LITE}, r"managed login needs plan=.*classic=True"),
        ({"clients": [WebClient(callback_urls=["https://a.example.com/"])]}, "callback_urls of client 'Web' needs a"),
        ({"sign_in": SignIn(verification="link")}, r"SignIn\(verification='link'\) needs a domain"),
        (
            {
                "clients": [WebClient(), MachineClient(name="Batch", scopes=["orders/read"])],
                "resource_servers": [ResourceServer("orders", {"read": "Read"})],
            },
            "machine client 'Batch' needs a domain",
        ),
        (
            {"providers": [Google(client_id="id", client_secret=SecretValue.secrets_manager("google"))]},
            "provider 'Google' needs a domain",
        ),
    ],
)
def test_each_pair_is_refused_with_the_way_out(stack: Stack, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Auth(stack, "Auth", **options)


def test_two_pre_sign_up_triggers_are_refused(stack: Stack) -> None:
    sign_in = SignIn(allowed_email_domains=["example.com"])
    with pytest.raises(ValueError, match="allowed_email_domains creates a pre sign-up trigger"):
        Auth(stack, "Auth", sign_in=sign_in, triggers=Triggers(pre_sign_up=function(stack)))


def test_the_access_tokens_claims_are_not_on_the_plan_lite(stack: Stack) -> None:
    triggers = Triggers(pre_token_generation=function(stack))
    with pytest.raises(ValueError, match="pre_token_generation_version='V2_0' needs plan"):
        Auth(stack, "Auth", triggers=triggers, protection=LITE)


def test_with_hosted_pages_on_a_custom_domain_passkeys_belong_to_it(stack: Stack) -> None:
    arn = "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"
    certificate = acm.Certificate.from_certificate_arn(stack, "Certificate", arn)
    factors = Factors(first=["password", "passkey"], relying_party_id="example.com")
    with pytest.raises(ValueError, match="remove relying_party_id"):
        Auth(stack, "Auth", factors=factors, domain=CustomDomain("auth.example.com", certificate=certificate))


def test_what_the_plan_lite_includes_is_accepted(stack: Stack) -> None:
    domain = PrefixDomain("my-app", branding=Branding(classic=True))
    Auth(stack, "Auth", protection=LITE, domain=domain)


def test_sign_in_by_phone_without_sms_mfa_is_warned_of(stack: Stack, warnings: Callable[[Stack], set[str]]) -> None:
    Auth(stack, "Auth", sign_in=PHONE)
    assert warnings(stack) == {"cognito-app:Auth.phoneWithoutSmsMfa"}


SECRET = SecretValue.secrets_manager("secret")
GOOGLE = Google(client_id="id", client_secret=SECRET)
COMPANY = Saml("Company", metadata="https://idp.example.com/metadata", attribute_mapping={"email": "email"})
BY_ADMINISTRATORS = SignIn(self_sign_up=False)


@pytest.mark.parametrize(
    ("sign_in", "provider", "refuses", "warned"),
    [
        (BY_ADMINISTRATORS, GOOGLE, False, True),
        (BY_ADMINISTRATORS, GOOGLE, True, False),
        (BY_ADMINISTRATORS, COMPANY, False, False),
        (SignIn(self_sign_up=False, allowed_email_domains=["example.com"]), GOOGLE, False, False),
        (SignIn(), GOOGLE, False, False),
    ],
)
def test_everyone_with_a_social_account_signs_up_where_only_administrators_create_users_with_a_warning(
    stack: Stack,
    warnings: Callable[[Stack], set[str]],
    sign_in: SignIn,
    provider: Google | Saml,
    refuses: bool,
    warned: bool,
) -> None:
    Auth(
        stack,
        "Auth",
        sign_in=sign_in,
        providers=[provider],
        triggers=Triggers(pre_sign_up=function(stack) if refuses else None),
        domain=PrefixDomain("my-app"),
        clients=[WebClient(callback_urls=["https://app.example.com/"])],
    )
    assert ("cognito-app:Auth.signUpByProvider" in warnings(stack)) is warned
