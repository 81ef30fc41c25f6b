"""A changed e-mail address takes effect once verified, and no user can take another's address."""

import pytest

from tests.local.emulator.user_pools.conftest import CLIENT, PASSWORD, POOL, Bench, bench_with

TAKEN = "AliasExistsException: An account with the given email already exists."


def update(bench: Bench, token: str, **table: str) -> str:
    listed = [{"Name": name, "Value": value} for name, value in table.items()]
    return bench.refusal("UpdateUserAttributes", AccessToken=token, UserAttributes=listed)


def held(bench: Bench, name: str) -> dict[str, str]:
    found = bench.call("AdminGetUser", UserPoolId=POOL, Username=name)["UserAttributes"]
    return {each["Name"]: each["Value"] for each in found}


def verify(bench: Bench, token: str, code: str) -> str:
    return bench.refusal("VerifyUserAttribute", AccessToken=token, AttributeName="email", Code=code)


def sign_in(bench: Bench, name: str) -> str:
    return bench.refusal(
        "InitiateAuth", ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
    )  # fmt: skip


def test_a_changed_address_is_unverified_until_its_code_comes_back(bench: Bench) -> None:
    bench.user("alice")
    token = bench.sign_in("alice")["AccessToken"]
    assert update(bench, token, email="new@example.com") == "allowed"
    assert held(bench, "alice")["email_verified"] == "false"
    assert bench.sent[-1].to == "new@example.com"
    assert verify(bench, token, "000000" if bench.code() != "000000" else "000001").startswith("CodeMismatch")
    assert verify(bench, token, bench.code()) == "allowed"
    assert held(bench, "alice")["email_verified"] == "true"
    assert verify(bench, token, bench.code()).startswith("ExpiredCode")


def test_a_code_verifies_the_address_it_was_sent_to_and_no_later_one(bench: Bench) -> None:
    bench.user("alice")
    token = bench.sign_in("alice")["AccessToken"]
    update(bench, token, email="mine@example.com")
    code = bench.code()
    bench.pool["AutoVerifiedAttributes"] = []
    update(bench, token, email="somebody@example.com")
    assert verify(bench, token, code).startswith("ExpiredCode")
    assert held(bench, "alice")["email_verified"] == "false"


def test_a_code_does_not_verify_an_address_that_an_administrator_set_later(bench: Bench) -> None:
    bench.user("alice")
    token = bench.sign_in("alice")["AccessToken"]
    update(bench, token, email="mine@example.com")
    listed = [{"Name": "email", "Value": "other@example.com"}, {"Name": "email_verified", "Value": "true"}]
    bench.call("AdminUpdateUserAttributes", UserPoolId=POOL, Username="alice", UserAttributes=listed)
    assert verify(bench, token, bench.code()).startswith("ExpiredCode")


@pytest.fixture
def keeping() -> Bench:
    """Return a pool that keeps the old address until the new one is verified."""
    settings = {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    bench = bench_with(UsernameAttributes=["email"], UserAttributeUpdateSettings=settings)
    for name in ("alice@example.com", "bob@example.com"):
        bench.call("SignUp", ClientId=CLIENT, Username=name, Password=PASSWORD)
        bench.call("ConfirmSignUp", ClientId=CLIENT, Username=name, ConfirmationCode=bench.code())
    return bench


def test_the_old_address_stays_until_verification_if_the_pool_requires_it(keeping: Bench) -> None:
    token = keeping.sign_in("alice@example.com")["AccessToken"]
    assert update(keeping, token, email="new@example.com") == "allowed"
    assert held(keeping, "alice@example.com")["email_verified"] == "true"
    assert sign_in(keeping, "new@example.com") == "UserNotFoundException: User does not exist."
    assert sign_in(keeping, "alice@example.com") == "allowed"
    assert verify(keeping, token, keeping.code()) == "allowed"
    assert sign_in(keeping, "new@example.com") == "allowed"
    assert sign_in(keeping, "alice@example.com") == "UserNotFoundException: User does not exist."


def test_another_users_address_cannot_be_taken(keeping: Bench) -> None:
    token = keeping.sign_in("alice@example.com")["AccessToken"]
    assert update(keeping, token, email="bob@example.com") == TAKEN
    assert sign_in(keeping, "bob@example.com") == "allowed"


def test_concurrent_requests_cannot_take_another_users_address(keeping: Bench) -> None:
    codes = {}
    for name in ("alice@example.com", "bob@example.com"):
        token = keeping.sign_in(name)["AccessToken"]
        update(keeping, token, email="both@example.com")
        codes[token] = keeping.code()
    first, second = codes
    assert verify(keeping, first, codes[first]) == "allowed"
    assert verify(keeping, second, codes[second]) == TAKEN


def test_a_changed_sign_in_address_does_not_sign_in_before_it_is_verified() -> None:
    bench = bench_with(UsernameAttributes=["email"])
    bench.call("SignUp", ClientId=CLIENT, Username="alice@example.com", Password=PASSWORD)
    bench.call("ConfirmSignUp", ClientId=CLIENT, Username="alice@example.com", ConfirmationCode=bench.code())
    token = bench.sign_in("alice@example.com")["AccessToken"]
    update(bench, token, email="new@example.com")
    assert sign_in(bench, "new@example.com") == "UserNotFoundException: User does not exist."
    verify(bench, token, bench.code())
    assert sign_in(bench, "new@example.com") == "allowed"


def test_an_alias_belongs_to_the_user_who_verified_it() -> None:
    bench = bench_with(AliasAttributes=["email"])
    bench.user("alice")
    listed = [{"Name": "email", "Value": "alice@example.com"}]
    bench.call("SignUp", ClientId=CLIENT, Username="mallory", Password=PASSWORD, UserAttributes=listed)
    answer = {"ClientId": CLIENT, "Username": "mallory", "ConfirmationCode": bench.code()}
    assert bench.refusal("ConfirmSignUp", **answer) == TAKEN
    assert bench.call("AdminGetUser", UserPoolId=POOL, Username="alice@example.com")["Username"] == "alice"
    assert bench.refusal("ConfirmSignUp", **answer, ForceAliasCreation=True) == "allowed"
    assert bench.call("AdminGetUser", UserPoolId=POOL, Username="alice@example.com")["Username"] == "mallory"
    assert held(bench, "alice")["email_verified"] == "false"


def test_an_administrator_may_mark_an_address_as_verified(bench: Bench) -> None:
    bench.user("alice")
    listed = [{"Name": "email", "Value": "new@example.com"}, {"Name": "email_verified", "Value": "true"}]
    bench.call("AdminUpdateUserAttributes", UserPoolId=POOL, Username="alice", UserAttributes=listed)
    assert held(bench, "alice")["email_verified"] == "true"
    listed[0]["Value"] = "third@example.com"
    bench.call("AdminUpdateUserAttributes", UserPoolId=POOL, Username="alice", UserAttributes=listed[:1])
    assert held(bench, "alice")["email_verified"] == "false"


def test_upper_case_is_the_same_name_where_the_pool_says_so() -> None:
    bench = bench_with(UsernameAttributes=["email"], UsernameConfiguration={"CaseSensitive": False})
    bench.call("SignUp", ClientId=CLIENT, Username="Alice@example.com", Password=PASSWORD)
    again = bench.refusal("SignUp", ClientId=CLIENT, Username="alice@EXAMPLE.com", Password=PASSWORD)
    assert again == "UsernameExistsException: User already exists"


def test_codes_are_random_and_expire(bench: Bench) -> None:
    codes = set()
    for number in range(8):
        bench.call("SignUp", ClientId=CLIENT, Username=f"user{number}", Password=PASSWORD,
                   UserAttributes=[{"Name": "email", "Value": f"u{number}@example.com"}])  # fmt: skip
        codes.add(bench.code())
    assert len(codes) > 5
    bench.now += 86401
    said = bench.refusal("ConfirmSignUp", ClientId=CLIENT, Username="user7", ConfirmationCode=bench.code())
    assert said.startswith("ExpiredCode")


def test_a_code_is_tried_five_times(bench: Bench) -> None:
    bench.user("alice")
    bench.call("ForgotPassword", ClientId=CLIENT, Username="alice")
    code = bench.code()
    wrong = "000000" if code != "000000" else "000001"

    def reset(given: str) -> str:
        return bench.refusal(
            "ConfirmForgotPassword",
            ClientId=CLIENT,
            Username="alice",
            ConfirmationCode=given,
            Password="Correct-Horse-8",
        )

    assert {reset(wrong) for _ in range(5)} == {
        "CodeMismatchException: Invalid verification code provided, please try again."
    }
    assert reset(code) == "LimitExceededException: Attempt limit exceeded, please try after some time."
