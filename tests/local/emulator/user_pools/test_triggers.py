"""All thirteen functions of a pool are called where AWS documents it, with AWS's event."""

from typing import Any

import pytest

from tests.local.emulator.user_pools.conftest import CLIENT, PASSWORD, POOL, Bench

EMAIL = [{"Name": "email", "Value": "zoe@example.com"}]
HELLO = {"hello": "world"}
COMMON = {"version", "region", "userPoolId", "userName", "callerContext", "triggerSource", "request", "response"}


def echo(event: dict[str, Any]) -> dict[str, Any]:
    return event


def answering(**response: Any) -> Any:
    return lambda event: {**event, "response": response}


def raising(event: dict[str, Any]) -> Any:
    from constructs_lib.local.emulator.user_pools.emulator_interface import FunctionFailedError  # noqa: PLC0415 - for this test only

    raise FunctionFailedError(f"no {event['userName']}", raised=True)


def sign_up(bench: Bench, **more: Any) -> Any:
    return bench.call("SignUp", ClientId=CLIENT, Username="zoe", Password=PASSWORD, UserAttributes=EMAIL, **more)


def sources(bench: Bench) -> list[str]:
    assert all(set(event) == COMMON for event in bench.events)
    return [event["triggerSource"] for event in bench.events]


def test_pre_sign_up_may_confirm_verify_or_refuse(bench: Bench) -> None:
    bench.on("PreSignUp", answering(autoConfirmUser=True, autoVerifyEmail=True, autoVerifyPhone=False))
    bench.on("PostConfirmation", echo)
    made = sign_up(bench, ClientMetadata=HELLO, ValidationData=[{"Name": "ticket", "Value": "7"}])
    assert made["UserConfirmed"]
    assert sources(bench) == ["PreSignUp_SignUp", "PostConfirmation_ConfirmSignUp"]
    event = bench.events[0]
    assert event["request"] == {
        "userAttributes": {"email": "zoe@example.com"}, "validationData": {"ticket": "7"}, "clientMetadata": HELLO,
    }  # fmt: skip
    assert event["callerContext"] == {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": CLIENT}
    assert (event["region"], event["userPoolId"], event["userName"]) == ("us-east-1", POOL, "zoe")
    assert "AuthenticationResult" in bench.start("zoe")


def test_a_name_that_is_taken_while_a_function_runs_is_taken(bench: Bench) -> None:
    def slow(event: dict[str, Any]) -> dict[str, Any]:
        del bench.pool["LambdaConfig"]["PreSignUp"]
        sign_up(bench)
        return event

    bench.on("PreSignUp", slow)
    said = bench.refusal("SignUp", ClientId=CLIENT, Username="zoe", Password="Mallorys-Own-9")
    assert said == "UsernameExistsException: User already exists"
    bench.call("ConfirmSignUp", ClientId=CLIENT, Username="zoe", ConfirmationCode=bench.code())
    assert "AuthenticationResult" in bench.start("zoe")


def test_a_function_that_raises_refuses_and_leaves_no_account(bench: Bench) -> None:
    bench.on("PreSignUp", raising)
    data = {"ClientId": CLIENT, "Username": "zoe", "Password": PASSWORD}
    assert bench.refusal("SignUp", **data) == "UserLambdaValidationException: PreSignUp failed with error no zoe."
    assert bench.pool["_users"] == {}
    bench.on("PreSignUp", lambda _: "gibberish")
    assert bench.refusal("SignUp", **data) == "InvalidLambdaResponseException: Unrecognizable lambda output"
    bench.pool["LambdaConfig"]["PreSignUp"] = "nowhere"
    assert bench.refusal("SignUp", **data).startswith("UnexpectedLambdaException: PreSignUp invocation failed")


def test_an_administrators_account_is_asked_for_and_not_confirmed(bench: Bench) -> None:
    for trigger in ("PreSignUp", "PostConfirmation", "CustomMessage"):
        bench.on(trigger, echo)
    bench.call("AdminCreateUser", UserPoolId=POOL, Username="zoe", UserAttributes=EMAIL)
    assert sources(bench) == ["PreSignUp_AdminCreateUser", "CustomMessage_AdminCreateUser"]
    assert bench.events[1]["request"]["usernameParameter"] == "{username}"


def test_post_confirmation_is_invoked_for_sign_ups_and_password_resets(bench: Bench) -> None:
    bench.on("PostConfirmation", echo)
    sign_up(bench)
    bench.call("ConfirmSignUp", ClientId=CLIENT, Username="zoe", ConfirmationCode=bench.code(), ClientMetadata=HELLO)
    bench.call("ForgotPassword", ClientId=CLIENT, Username="zoe")
    bench.call(
        "ConfirmForgotPassword", ClientId=CLIENT, Username="zoe", ConfirmationCode=bench.code(),
        Password="Correct-Horse-8",
    )  # fmt: skip
    bench.call("SignUp", ClientId=CLIENT, Username="yan", Password=PASSWORD)
    bench.call("AdminConfirmSignUp", UserPoolId=POOL, Username="yan")
    assert sources(bench) == [
        "PostConfirmation_ConfirmSignUp", "PostConfirmation_ConfirmForgotPassword", "PostConfirmation_ConfirmSignUp",
    ]  # fmt: skip
    told = bench.events[0]["request"]
    assert told["clientMetadata"] == HELLO
    assert told["userAttributes"]["email_verified"] == "true"
    assert told["userAttributes"]["cognito:user_status"] == "CONFIRMED"


def test_a_sign_in_invokes_pre_and_post_authentication(bench: Bench) -> None:
    bench.user("alice")
    for trigger in ("PreAuthentication", "PostAuthentication", "PreTokenGeneration"):
        bench.on(trigger, echo)
    bench.call(
        "InitiateAuth", ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH", ClientMetadata=HELLO,
        AuthParameters={"USERNAME": "alice", "PASSWORD": PASSWORD},
    )  # fmt: skip
    assert sources(bench) == [
        "PreAuthentication_Authentication", "PostAuthentication_Authentication", "TokenGeneration_Authentication",
    ]  # fmt: skip
    before, after, tokens = (event["request"] for event in bench.events)
    assert (before["validationData"], before["userNotFound"]) == (HELLO, False)
    assert after["newDeviceUsed"] is False
    assert "clientMetadata" not in after
    assert tokens["groupConfiguration"] == {
        "groupsToOverride": [], "iamRolesToOverride": [], "preferredRole": None,
    }  # fmt: skip


def test_a_refused_sign_in_invokes_no_post_authentication(bench: Bench) -> None:
    bench.user("alice")
    bench.on("PreAuthentication", raising)
    bench.on("PostAuthentication", echo)
    said = bench.refusal(
        "InitiateAuth", ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "alice", "PASSWORD": PASSWORD},
    )  # fmt: skip
    assert said == "UserLambdaValidationException: PreAuthentication failed with error no alice."
    assert sources(bench) == ["PreAuthentication_Authentication"]


@pytest.mark.parametrize("status", ["CONFIRMED", None])
def test_an_unknown_user_is_migrated(bench: Bench, status: str | None) -> None:
    table = {"email": "old@example.com", "email_verified": "true"}
    bench.on("UserMigration", answering(userAttributes=table, finalUserStatus=status))
    said = bench.refusal(
        "InitiateAuth", ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH", ClientMetadata=HELLO,
        AuthParameters={"USERNAME": "old", "PASSWORD": PASSWORD},
    )  # fmt: skip
    assert said == ("allowed" if status else "PasswordResetRequiredException: Password reset required for the user")
    assert sources(bench) == ["UserMigration_Authentication"]
    assert bench.events[0]["request"]["password"] == PASSWORD
    assert bench.events[0]["request"]["validationData"] == HELLO


def test_migrated_attributes_must_match_the_schema(bench: Bench) -> None:
    bench.on("UserMigration", answering(userAttributes={"cognito:groups": "editors"}, finalUserStatus="CONFIRMED"))
    said = bench.refusal(
        "InitiateAuth", ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "old", "PASSWORD": PASSWORD},
    )  # fmt: skip
    assert said.startswith("InvalidLambdaResponseException")
    assert bench.pool["_users"] == {}


def test_a_migrated_user_replaces_no_other_one(bench: Bench) -> None:
    alice = bench.user("alice")
    bench.on("UserMigration", answering(userAttributes={"username": "alice"}, finalUserStatus="CONFIRMED"))
    said = bench.refusal(
        "InitiateAuth", ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "old", "PASSWORD": PASSWORD},
    )  # fmt: skip
    assert said == "InvalidLambdaResponseException: User already exists"
    assert bench.pool["_users"] == {"alice": alice}


def test_a_forgotten_password_may_migrate_a_user(bench: Bench) -> None:
    bench.on("UserMigration", answering(userAttributes={"email": "old@example.com", "email_verified": "true"}))
    bench.call("ForgotPassword", ClientId=CLIENT, Username="old")
    assert sources(bench) == ["UserMigration_ForgotPassword"]


def test_every_message_may_get_another_text(bench: Bench) -> None:
    bench.on("CustomMessage", answering(emailSubject="Hi", emailMessage="Take {####}"))
    sign_up(bench)
    bench.call("ResendConfirmationCode", ClientId=CLIENT, Username="zoe")
    bench.call("ConfirmSignUp", ClientId=CLIENT, Username="zoe", ConfirmationCode=bench.code())
    bench.call("ForgotPassword", ClientId=CLIENT, Username="zoe")
    token = bench.sign_in("zoe")["AccessToken"]
    bench.call("GetUserAttributeVerificationCode", AccessToken=token, AttributeName="email")
    bench.call("UpdateUserAttributes", AccessToken=token, UserAttributes=[{"Name": "email", "Value": "z@example.com"}])
    kinds = ("SignUp", "ResendCode", "ForgotPassword", "VerifyUserAttribute", "UpdateUserAttribute")
    assert sources(bench) == [f"CustomMessage_{kind}" for kind in kinds]
    assert {(each.subject, each.body[:5]) for each in bench.sent} == {("Hi", "Take ")}
    assert bench.events[0]["request"]["codeParameter"] == "{####}"


def test_a_text_without_the_code_is_refused(bench: Bench) -> None:
    bench.on("CustomMessage", answering(emailMessage="Welcome!"))
    data = {"ClientId": CLIENT, "Username": "zoe", "Password": PASSWORD, "UserAttributes": EMAIL}
    assert bench.refusal("SignUp", **data).startswith("InvalidLambdaResponseException")


@pytest.mark.parametrize(
    ("trigger", "attribute", "kind"),
    [("CustomEmailSender", EMAIL[0], "customEmailSenderRequestV1"),
     ("CustomSMSSender", {"Name": "phone_number", "Value": "+15555550100"}, "customSMSSenderRequestV1")],
)  # fmt: skip
def test_a_custom_sender_gets_the_code_encrypted_and_nothing_else_is_sent(
    bench: Bench, trigger: str, attribute: dict[str, str], kind: str
) -> None:
    bench.on(trigger, echo, LambdaVersion="V1_0")
    bench.pool["LambdaConfig"]["KMSKeyID"] = "key"
    bench.pool["AutoVerifiedAttributes"] = ["email", "phone_number"]
    bench.call("SignUp", ClientId=CLIENT, Username="zoe", Password=PASSWORD, UserAttributes=[attribute])
    assert sources(bench) == [f"{trigger}_SignUp"]
    assert bench.sent == []
    request = bench.events[0]["request"]
    key, pool, code = request["code"].split(":")
    assert (request["type"], key, pool) == (kind, "key", POOL)
    assert bench.pool["_users"]["zoe"]["_codes"]["sign_up"]["code"] == code[::-1]


def custom(bench: Bench, right: str) -> None:
    def define(event: dict[str, Any]) -> dict[str, Any]:
        rounds = event["request"]["session"]
        if rounds and rounds[-1]["challengeResult"] and rounds[-1]["challengeName"] == "CUSTOM_CHALLENGE":
            return {**event, "response": {"issueTokens": True, "failAuthentication": False}}
        return {**event, "response": {"challengeName": "CUSTOM_CHALLENGE", "issueTokens": False}}

    def verify(event: dict[str, Any]) -> dict[str, Any]:
        correct = event["request"]["challengeAnswer"] == event["request"]["privateChallengeParameters"]["answer"]
        return {**event, "response": {"answerCorrect": correct}}

    bench.on("DefineAuthChallenge", define)
    bench.on("CreateAuthChallenge", answering(
        publicChallengeParameters={"question": "word?"}, privateChallengeParameters={"answer": right},
        challengeMetadata="WORD"))  # fmt: skip
    bench.on("VerifyAuthChallengeResponse", verify)


def test_three_functions_decide_make_and_judge_a_custom_challenge(bench: Bench) -> None:
    bench.user("alice")
    custom(bench, "sesame")
    asked = bench.start("alice", flow="CUSTOM_AUTH")
    assert asked["ChallengeParameters"] == {"question": "word?", "USERNAME": "alice"}
    again = bench.answer(asked, "alice", ANSWER="wrong")
    assert again["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert again["Session"] != asked["Session"]
    assert "AuthenticationResult" in bench.answer(again, "alice", ANSWER="sesame")
    names = ("Define", "Create", "Verify", "Define", "Create", "Verify", "Define")
    assert [source.split("Auth")[0] for source in sources(bench)] == list(names)
    judged = bench.events[2]["request"]
    assert judged["challengeAnswer"] == "wrong"
    assert judged["privateChallengeParameters"] == {"answer": "sesame"}
    assert bench.events[3]["request"]["session"] == [
        {"challengeName": "CUSTOM_CHALLENGE", "challengeResult": False, "challengeMetadata": "WORD"}
    ]


def test_three_wrong_responses_end_a_custom_challenge(bench: Bench) -> None:
    bench.user("alice")
    custom(bench, "sesame")
    asked = bench.start("alice", flow="CUSTOM_AUTH")
    for _ in range(2):
        asked = bench.answer(asked, "alice", ANSWER="wrong")
    said = bench.refusal(
        "RespondToAuthChallenge", ClientId=CLIENT, ChallengeName="CUSTOM_CHALLENGE", Session=asked["Session"],
        ChallengeResponses={"USERNAME": "alice", "ANSWER": "wrong"},
    )  # fmt: skip
    assert said == "NotAuthorizedException: Incorrect username or password."


def test_a_custom_sign_in_of_an_unknown_user_gives_no_tokens(bench: Bench) -> None:
    custom(bench, "sesame")
    bench.client("hiding", PreventUserExistenceErrors="ENABLED")
    asked = bench.start("nemo", client="hiding", flow="CUSTOM_AUTH")
    assert bench.events[0]["request"]["userNotFound"] is True
    again = bench.call(
        "RespondToAuthChallenge", ClientId="hiding", ChallengeName="CUSTOM_CHALLENGE", Session=asked["Session"],
        ChallengeResponses={"USERNAME": "nemo", "ANSWER": "sesame"},
    )  # fmt: skip
    assert "AuthenticationResult" not in again
    bench.on("DefineAuthChallenge", answering(issueTokens=True))
    said = bench.refusal("InitiateAuth", ClientId="hiding", AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": "nemo"})
    assert said == "NotAuthorizedException: Incorrect username or password."
