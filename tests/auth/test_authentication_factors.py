"""How users prove who they are."""

from collections.abc import Callable
from typing import Any, Literal

import pytest

from constructs_lib.auth import Factors, PasswordPolicy

Find = Callable[[str], Any]
PASSKEYS: list[Literal["password", "passkey"]] = ["password", "passkey"]


def test_by_default_a_long_password_and_an_authenticator_app_for_who_wants(resources: Find) -> None:
    pool = resources("plain_auth").named("AuthUserPool")
    assert pool["MfaConfiguration"] == "OPTIONAL"
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    assert pool["Policies"] == {
        "PasswordPolicy": {
            "MinimumLength": 12,
            "RequireLowercase": True,
            "RequireNumbers": True,
            "RequireSymbols": True,
            "RequireUppercase": True,
            "TemporaryPasswordValidityDays": 3,
        }
    }
    assert "DeviceConfiguration" not in pool


def test_every_second_factor_reaches_the_pool(resources: Find) -> None:
    assert resources("by_phone").named("AuthUserPool")["EnabledMfas"] == ["SMS_MFA", "SOFTWARE_TOKEN_MFA"]
    strict = resources("strict").named("AuthUserPool")
    assert strict["MfaConfiguration"] == "ON"
    assert strict["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]
    off = resources("by_username").named("AuthUserPool")
    assert off["MfaConfiguration"] == "OFF"
    assert "EnabledMfas" not in off


def test_passwordless_factors_turn_the_choice_on_in_every_client(resources: Find) -> None:
    for scenario, factors in (
        ("passkeys", ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"]),
        ("by_phone", ["PASSWORD", "SMS_OTP"]),
    ):
        found = resources(scenario)
        policies = found.named("AuthUserPool")["Policies"]
        assert policies["SignInPolicy"] == {"AllowedFirstAuthFactors": factors}
        assert "ALLOW_USER_AUTH" in found.named("AuthWebClient")["ExplicitAuthFlows"]
    assert "ALLOW_USER_AUTH" not in resources("plain_auth").named("AuthWebClient")["ExplicitAuthFlows"]


def test_a_passkey_belongs_to_the_domain_given_or_the_hosted_one(resources: Find) -> None:
    pool = resources("passkeys").named("AuthUserPool")
    assert (pool["WebAuthnRelyingPartyID"], pool["WebAuthnUserVerification"]) == ("example.com", "preferred")
    assert "WebAuthnFactorConfiguration" not in pool
    hosted = resources("passkeys_required").named("AuthUserPool")
    assert hosted["WebAuthnRelyingPartyID"] == "my-app.auth.<AWS::Region>.amazoncognito.com"
    assert resources("custom_domain").named("AuthUserPool")["WebAuthnRelyingPartyID"] == "auth.example.com"


def test_with_required_mfa_a_passkey_verifies_the_user_and_stands_for_both_factors(resources: Find) -> None:
    pool = resources("passkeys_required").named("AuthUserPool")
    assert pool["WebAuthnFactorConfiguration"] == "MULTI_FACTOR_WITH_USER_VERIFICATION"
    assert pool["WebAuthnUserVerification"] == "required"


def test_devices_may_be_remembered(resources: Find) -> None:
    assert resources("strict").named("AuthUserPool")["DeviceConfiguration"] == {
        "ChallengeRequiredOnNewDevice": True,
        "DeviceOnlyRememberedOnUserPrompt": False,
    }
    assert resources("by_username").named("AuthUserPool")["DeviceConfiguration"]["DeviceOnlyRememberedOnUserPrompt"]


def test_a_password_policy_reaches_the_pool(resources: Find) -> None:
    policy = resources("strict").named("AuthUserPool")["Policies"]["PasswordPolicy"]
    assert (policy["MinimumLength"], policy["RequireSymbols"], policy["PasswordHistorySize"]) == (16, False, 5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"first": ["passkey"]}, "which Cognito cannot disable"),
        ({"first": "password"}, r"write first=\['password'\]"),
        ({"first": ["password", "password"]}, "first contains 'password' more than once"),
        ({"first": ["password", "magic"]}, "'magic' is unknown"),
        ({"second": []}, r"add second=\['totp'\]"),
        ({"second": ["email"]}, r"second=\['email'\] is the only second factor"),
        ({"mfa": "on"}, "use 'off', 'optional', 'required'"),
        ({"mfa": "required", "first": ["password", "sms_otp"]}, "cannot be followed by a second factor"),
        ({"device_tracking": "yes"}, "device_tracking='yes' is unknown"),
        ({"relying_party_id": "example.com"}, "add 'passkey' to first"),
        (
            {"first": PASSKEYS, "relying_party_id": "https://example.com"},
            "write it in lower case without scheme, port or path, such",
        ),
        ({"first": PASSKEYS, "relying_party_id": ".".join(["a" * 60] * 3)}, "has 182 characters"),
        ({"first": PASSKEYS, "user_verification": "always"}, "user_verification='always' is unknown"),
        ({"first": PASSKEYS, "mfa": "required", "user_verification": "preferred"}, "use user_verification='required'"),
    ],
)
def test_factors_that_cognito_refuses_are_refused_at_once(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Factors(**options)


def test_passkeys_of_a_page_on_this_machine_are_accepted() -> None:
    assert Factors(first=PASSKEYS, relying_party_id="localhost").relying_party_id == "localhost"


@pytest.mark.parametrize("options", [{"min_length": 5}, {"min_length": 100}, {"history": 25}, {"history": -1}])
def test_a_password_policy_outside_cognitos_ranges_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"is out of range; use .* for"):
        PasswordPolicy(**options)
