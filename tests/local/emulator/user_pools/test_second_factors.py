"""A second factor is required if the pool or the user requires one, and no token is issued before it."""

from typing import Any

import pytest

from constructs_lib.local.emulator.user_pools.factors import code_at
from tests.local.emulator.user_pools.conftest import CLIENT, PASSWORD, POOL, Bench, bench_with

TOTP = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
EMAIL = {"EmailMfaConfiguration": {"Message": "Use {####}"}}


def totp(bench: Bench, secret: str) -> str:
    return code_at(secret, int(bench.now // 30))


def enrol(bench: Bench, name: str) -> str:
    """Set up an authenticator app by access token, and return its secret."""
    token = bench.sign_in(name)["AccessToken"]
    secret: str = bench.call("AssociateSoftwareToken", AccessToken=token)["SecretCode"]
    assert bench.call("VerifySoftwareToken", AccessToken=token, UserCode=totp(bench, secret)) == {"Status": "SUCCESS"}
    bench.call(
        "SetUserMFAPreference", AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
    )
    bench.now += 60
    return secret


def test_with_mfa_off_no_factor_is_required(bench: Bench) -> None:
    bench.user("alice")
    enrol(bench, "alice")
    assert "AuthenticationResult" in bench.start("alice")


def test_with_optional_mfa_a_users_factor_is_required() -> None:
    bench = bench_with(MfaConfiguration="OPTIONAL", **TOTP)
    bench.user("alice")
    bench.user("bob")
    secret = enrol(bench, "alice")
    assert "AuthenticationResult" in bench.start("bob")
    asked = bench.start("alice")
    assert (asked["ChallengeName"], "AuthenticationResult" in asked) == ("SOFTWARE_TOKEN_MFA", False)
    answer = bench.answer(asked, "alice", SOFTWARE_TOKEN_MFA_CODE=totp(bench, secret))
    assert "AuthenticationResult" in answer


def test_a_wrong_code_is_refused_and_a_used_one_too() -> None:
    bench = bench_with(MfaConfiguration="OPTIONAL", **TOTP)
    bench.user("alice")
    secret = enrol(bench, "alice")

    def attempt(asked: dict[str, Any], code: str) -> str:
        return bench.refusal(
            "RespondToAuthChallenge", ClientId=CLIENT, ChallengeName="SOFTWARE_TOKEN_MFA", Session=asked["Session"],
            ChallengeResponses={"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": code},
        )  # fmt: skip

    asked, code = bench.start("alice"), totp(bench, secret)
    wrong = "000000" if code != "000000" else "000001"
    assert attempt(asked, wrong) == "CodeMismatchException: Invalid code received for user"
    assert attempt(asked, code) == "allowed"
    used = "ExpiredCodeException: Your software token has already been used once."
    assert attempt(bench.start("alice"), code) == used


def test_with_required_mfa_there_is_no_token_before_a_factor_is_set_up() -> None:
    bench = bench_with(MfaConfiguration="ON", **TOTP)
    bench.user("alice")
    asked = bench.start("alice")
    assert asked["ChallengeName"] == "MFA_SETUP"
    assert asked["ChallengeParameters"]["MFAS_CAN_SETUP"] == '["SOFTWARE_TOKEN_MFA"]'
    unverified = bench.refusal(
        "RespondToAuthChallenge", ClientId=CLIENT, ChallengeName="MFA_SETUP", Session=asked["Session"],
        ChallengeResponses={"USERNAME": "alice"},
    )  # fmt: skip
    assert unverified.startswith("InvalidParameterException")
    given = bench.call("AssociateSoftwareToken", Session=asked["Session"])
    wrong = bench.refusal("VerifySoftwareToken", Session=given["Session"], UserCode="000000")
    assert wrong == "EnableSoftwareTokenMFAException: Code mismatch"
    verified = bench.call("VerifySoftwareToken", Session=given["Session"], UserCode=totp(bench, given["SecretCode"]))
    done = bench.answer({"ChallengeName": "MFA_SETUP", "Session": verified["Session"]}, "alice")
    assert "AuthenticationResult" in done
    bench.now += 60
    assert bench.start("alice")["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


def test_the_session_of_a_setup_enrols_only_its_user() -> None:
    bench = bench_with(MfaConfiguration="ON", **TOTP)
    bench.user("alice")
    bench.user("mallory")
    given = bench.call("AssociateSoftwareToken", Session=bench.start("mallory")["Session"])
    verified = bench.call("VerifySoftwareToken", Session=given["Session"], UserCode=totp(bench, given["SecretCode"]))
    said = bench.refusal(
        "RespondToAuthChallenge", ClientId=CLIENT, ChallengeName="MFA_SETUP", Session=verified["Session"],
        ChallengeResponses={"USERNAME": "alice"},
    )  # fmt: skip
    assert said == "NotAuthorizedException: Invalid session for the user."
    assert "_totp_secret" not in bench.pool["_users"]["alice"]


def test_a_verified_address_counts_as_a_required_factor() -> None:
    bench = bench_with(MfaConfiguration="ON", **EMAIL)
    bench.user("alice")
    asked = bench.start("alice")
    assert asked["ChallengeName"] == "EMAIL_OTP"
    assert asked["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"] == "a***@e***"
    assert bench.sent[-1].body == f"Use {bench.code()}"
    assert "AuthenticationResult" in bench.answer(asked, "alice", EMAIL_OTP_CODE=bench.code())


def test_two_factors_without_a_preference_are_a_choice() -> None:
    bench = bench_with(MfaConfiguration="ON", **TOTP, **EMAIL)
    user = bench.user("alice")
    user |= {"_totp_secret": "JBSWY3DPEHPK3PXP", "_mfa_enabled": ["SOFTWARE_TOKEN_MFA"]}
    asked = bench.start("alice")
    assert asked["ChallengeName"] == "SELECT_MFA_TYPE"
    said = bench.refusal(
        "RespondToAuthChallenge", ClientId=CLIENT, ChallengeName="SELECT_MFA_TYPE", Session=asked["Session"],
        ChallengeResponses={"USERNAME": "alice", "ANSWER": "SMS_MFA"},
    )  # fmt: skip
    assert said == "MFAMethodNotFoundException: The MFA method is not set up for the user."
    chosen = bench.answer(bench.start("alice"), "alice", ANSWER="SOFTWARE_TOKEN_MFA")
    assert chosen["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


@pytest.mark.parametrize("flow", ["ADMIN_USER_PASSWORD_AUTH", "USER_AUTH"])
def test_every_password_flow_requires_the_second_factor(flow: str) -> None:
    bench = bench_with(MfaConfiguration="ON", **TOTP)
    bench.user("alice")
    operation, more = ("AdminInitiateAuth", {"UserPoolId": POOL}) if flow[0] == "A" else ("InitiateAuth", {})
    asked = bench.call(
        operation, ClientId=CLIENT, AuthFlow=flow, **more,
        AuthParameters={"USERNAME": "alice", "PASSWORD": PASSWORD, "PREFERRED_CHALLENGE": "PASSWORD"},
    )  # fmt: skip
    assert asked["ChallengeName"] == "MFA_SETUP"


def test_a_new_password_is_followed_by_the_second_factor() -> None:
    bench = bench_with(MfaConfiguration="ON", **TOTP)
    bench.call(
        "AdminCreateUser", UserPoolId=POOL, Username="carol", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    asked = bench.answer(bench.start("carol"), "carol", NEW_PASSWORD="Correct-Horse-8")
    assert asked["ChallengeName"] == "MFA_SETUP"
