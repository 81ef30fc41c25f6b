"""`USER_AUTH`: passwords and one-time codes to choose from, and signing in straight from a confirmed sign-up."""

from typing import Any

from tests.local.emulator.user_pools.conftest import CLIENT, PASSWORD, Bench, bench_with

FACTORS = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
SIMPLE = {"PasswordPolicy": {"MinimumLength": 8}}


def choosing(**pool: Any) -> Bench:
    bench = bench_with(Policies={**FACTORS, **SIMPLE}, **pool)
    bench.user("alice")
    return bench


def begin(bench: Bench, name: str = "alice", client: str = CLIENT, **more: str) -> Any:
    parameters = {"USERNAME": name, **more}
    return bench.call("InitiateAuth", ClientId=client, AuthFlow="USER_AUTH", AuthParameters=parameters)


def test_a_code_signs_in_once() -> None:
    bench = choosing()
    asked = begin(bench)
    assert (asked["ChallengeName"], asked["AvailableChallenges"]) == (
        "SELECT_CHALLENGE", ["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP"],
    )  # fmt: skip
    sent = bench.answer(asked, "alice", ANSWER="EMAIL_OTP")
    assert (sent["ChallengeName"], len(bench.code())) == ("EMAIL_OTP", 8)
    code = bench.code()
    assert "AuthenticationResult" in bench.answer(sent, "alice", EMAIL_OTP_CODE=code)
    again = begin(bench, PREFERRED_CHALLENGE="EMAIL_OTP")
    said = bench.refusal(
        "RespondToAuthChallenge", ClientId=CLIENT, ChallengeName="EMAIL_OTP", Session=again["Session"],
        ChallengeResponses={"USERNAME": "alice", "EMAIL_OTP_CODE": code},
    )  # fmt: skip
    assert said == "CodeMismatchException: Invalid code or auth state for the user."


def test_a_choice_that_was_not_offered_is_refused() -> None:
    bench = choosing()
    said = bench.refusal(
        "RespondToAuthChallenge", ClientId=CLIENT, ChallengeName="SELECT_CHALLENGE", Session=begin(bench)["Session"],
        ChallengeResponses={"USERNAME": "alice", "ANSWER": "WEB_AUTHN"},
    )  # fmt: skip
    assert said == "InvalidParameterException: Selected challenge is not available."


def test_a_password_signs_in_at_once() -> None:
    bench = choosing()
    answer = begin(bench, PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    assert "AuthenticationResult" in answer


def test_one_time_codes_do_not_replace_the_second_factor() -> None:
    for pool in ({"MfaConfiguration": "ON"}, {"MfaConfiguration": "OPTIONAL"}):
        bench = choosing(**pool, SoftwareTokenMfaConfiguration={"Enabled": True})
        bench.pool["_users"]["alice"] |= {"_totp_secret": "JBSWY3DPEHPK3PXP", "_mfa_enabled": ["SOFTWARE_TOKEN_MFA"]}
        assert begin(bench, PREFERRED_CHALLENGE="EMAIL_OTP")["AvailableChallenges"] == ["PASSWORD", "PASSWORD_SRP"]


def test_an_unknown_user_is_answered_like_a_known_one_and_gets_no_further() -> None:
    bench = choosing()
    bench.client("hiding", PreventUserExistenceErrors="ENABLED")
    asked = begin(bench, "nemo", "hiding")
    assert asked["AvailableChallenges"] == begin(bench, client="hiding")["AvailableChallenges"]
    said = bench.refusal(
        "RespondToAuthChallenge", ClientId="hiding", ChallengeName="SELECT_CHALLENGE", Session=asked["Session"],
        ChallengeResponses={"USERNAME": "nemo", "ANSWER": "PASSWORD", "PASSWORD": PASSWORD},
    )  # fmt: skip
    assert said == "NotAuthorizedException: Incorrect username or password."


def test_a_confirmed_sign_up_goes_on_to_sign_in_by_its_session_alone() -> None:
    bench = choosing()
    listed = [{"Name": "email", "Value": "zoe@example.com"}]
    made = bench.call("SignUp", ClientId=CLIENT, Username="zoe", UserAttributes=listed)
    confirmed = bench.call(
        "ConfirmSignUp", ClientId=CLIENT, Username="zoe", ConfirmationCode=bench.code(), Session=made["Session"]
    )
    further = {"ClientId": CLIENT, "AuthFlow": "USER_AUTH", "Session": confirmed["Session"]}
    stolen = bench.refusal("InitiateAuth", **further, AuthParameters={"USERNAME": "alice"})
    assert stolen == "NotAuthorizedException: Invalid session for the user."
    made = bench.call("SignUp", ClientId=CLIENT, Username="yan", UserAttributes=[
        {"Name": "email", "Value": "yan@example.com"}])  # fmt: skip
    confirmed = bench.call(
        "ConfirmSignUp", ClientId=CLIENT, Username="yan", ConfirmationCode=bench.code(), Session=made["Session"]
    )
    answer = bench.call(
        "InitiateAuth", **{**further, "Session": confirmed["Session"]}, AuthParameters={"USERNAME": "yan"}
    )
    assert "AuthenticationResult" in answer


def test_the_session_of_a_sign_up_signs_nobody_in() -> None:
    bench = choosing()
    listed = [{"Name": "email", "Value": "zoe@example.com"}]
    made = bench.call("SignUp", ClientId=CLIENT, Username="zoe", UserAttributes=listed)
    said = bench.refusal(
        "InitiateAuth", ClientId=CLIENT, AuthFlow="USER_AUTH", Session=made["Session"],
        AuthParameters={"USERNAME": "zoe"},
    )  # fmt: skip
    assert said == "NotAuthorizedException: Invalid session for the user."
