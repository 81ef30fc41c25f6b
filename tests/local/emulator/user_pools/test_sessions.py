"""A session is bound to user, client, challenge and time, and is used once."""

from typing import Any

import pytest

from tests.local.emulator.user_pools.conftest import CLIENT, PASSWORD, POOL, Bench

NEW = "Correct-Horse-8"
INVALID = "NotAuthorizedException: Invalid session for the user"


@pytest.fixture
def invited(bench: Bench) -> dict[str, Any]:
    """Return the first challenge of a newly invited user."""
    bench.user("alice")
    bench.call(
        "AdminCreateUser", UserPoolId=POOL, Username="carol", MessageAction="SUPPRESS", TemporaryPassword=PASSWORD
    )
    asked: dict[str, Any] = bench.start("carol")
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    return asked


def attempt(bench: Bench, session: str, user: str, *, client: str = CLIENT, challenge: str = "NEW_PASSWORD_REQUIRED",
            **more: str) -> str:  # fmt: skip
    return bench.refusal(
        "RespondToAuthChallenge", ClientId=client, ChallengeName=challenge, Session=session,
        ChallengeResponses={"USERNAME": user, "NEW_PASSWORD": NEW, **more},
    )  # fmt: skip


def test_a_challenge_session_is_valid_for_one_response(bench: Bench, invited: dict[str, Any]) -> None:
    assert "AuthenticationResult" in bench.answer(invited, "carol", NEW_PASSWORD=NEW)
    assert attempt(bench, invited["Session"], "carol") == f"{INVALID}, session can only be used once."


def test_a_challenge_session_is_bound_to_its_user(bench: Bench, invited: dict[str, Any]) -> None:
    assert attempt(bench, invited["Session"], "alice") == f"{INVALID}."
    assert "AuthenticationResult" in bench.start("alice")
    assert attempt(bench, invited["Session"], "carol") == f"{INVALID}, session can only be used once."


def test_a_challenge_session_is_bound_to_its_client(bench: Bench, invited: dict[str, Any]) -> None:
    bench.client("other")
    assert attempt(bench, invited["Session"], "carol", client="other") == f"{INVALID}."
    assert attempt(bench, invited["Session"], "carol") == "allowed"


@pytest.mark.parametrize("challenge", ["MFA_SETUP", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP", "CUSTOM_CHALLENGE", "PASSWORD"])
def test_a_challenge_session_is_bound_to_its_challenge(bench: Bench, invited: dict[str, Any], challenge: str) -> None:
    assert attempt(bench, invited["Session"], "carol", challenge=challenge) == f"{INVALID}."


@pytest.mark.parametrize(("minutes", "seconds"), [(None, 180), (10, 600)])
def test_a_challenge_session_is_valid_as_the_client_sets_or_three_minutes(
    bench: Bench, invited: dict[str, Any], minutes: int | None, seconds: int
) -> None:
    del invited
    bench.pool["_clients"][CLIENT]["AuthSessionValidity"] = minutes
    asked = bench.start("carol")
    bench.now += seconds + 1
    assert attempt(bench, asked["Session"], "carol") == f"{INVALID}, session is expired."
    asked = bench.start("carol")
    bench.now += seconds - 1
    assert attempt(bench, asked["Session"], "carol") == "allowed"


def test_a_correctable_error_keeps_the_challenge_session(bench: Bench, invited: dict[str, Any]) -> None:
    for _ in range(4):
        said = attempt(bench, invited["Session"], "carol", NEW_PASSWORD="weak")
        assert said == "InvalidPasswordException: Password did not conform with policy: Password not long enough"
    assert attempt(bench, invited["Session"], "carol") == "allowed"


def test_a_challenge_session_ends_after_five_errors(bench: Bench, invited: dict[str, Any]) -> None:
    for _ in range(5):
        attempt(bench, invited["Session"], "carol", NEW_PASSWORD="weak")
    assert attempt(bench, invited["Session"], "carol") == f"{INVALID}, session can only be used once."


def test_concurrent_responses_cannot_both_use_a_challenge_session(bench: Bench, invited: dict[str, Any]) -> None:
    meanwhile: list[str] = []

    def second(event: dict[str, Any]) -> dict[str, Any]:
        meanwhile.append(attempt(bench, invited["Session"], "carol"))
        return event

    bench.on("PostAuthentication", second)
    bench.answer(invited, "carol", NEW_PASSWORD=NEW)
    assert meanwhile == [f"{INVALID}, session can only be used once."]


@pytest.mark.parametrize("operation", ["AdminDisableUser", "AdminDeleteUser"])
def test_a_challenge_session_ends_with_its_account(bench: Bench, invited: dict[str, Any], operation: str) -> None:
    bench.call(operation, UserPoolId=POOL, Username="carol")
    assert attempt(bench, invited["Session"], "carol") == f"{INVALID}."


def test_a_temporary_password_expires_after_the_days_of_the_policy(bench: Bench, invited: dict[str, Any]) -> None:
    del invited
    bench.now += 7 * 86400 + 1
    assert bench.refusal(
        "InitiateAuth", ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "carol", "PASSWORD": PASSWORD},
    ) == "NotAuthorizedException: Temporary password has expired and must be reset by an administrator."  # fmt: skip


def test_wrong_passwords_lock_the_account_for_a_time_that_doubles(bench: Bench) -> None:
    bench.user("alice")

    def guess(password: str) -> str:
        return bench.refusal(
            "InitiateAuth", ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "alice", "PASSWORD": password},
        )  # fmt: skip

    wrong = [guess("wrong") for _ in range(5)]
    assert set(wrong) == {"NotAuthorizedException: Incorrect username or password."}
    assert guess(PASSWORD) == "NotAuthorizedException: Password attempts exceeded"
    bench.now += 1
    guess("wrong")
    bench.now += 1
    assert guess(PASSWORD) == "NotAuthorizedException: Password attempts exceeded"
    bench.now += 1
    assert guess(PASSWORD) == "allowed"
