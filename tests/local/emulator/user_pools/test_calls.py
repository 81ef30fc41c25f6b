"""Every call of the table gets AWS's answer, and every operation of AWS's model is assigned."""

import copy
import json
from typing import Any

import pytest

from constructs_lib.local.emulator.user_pools.operations import NOT_EMULATED, OPERATIONS, STOCK
from constructs_lib.local.emulator.user_pools.requests import service_model
from tests.local.emulator.user_pools.calls_of_the_known import ADMINS, OWN
from tests.local.emulator.user_pools.calls_table import BEGIN, CHALLENGES, GOOD, SIGN_UP
from tests.local.emulator.user_pools.conftest import PASSWORD, POOL, Bench, attribute, bench_with, claims, sign

ROWS = [*SIGN_UP, *BEGIN, *CHALLENGES, *OWN, *ADMINS]
DOCUMENTED = {("AdminCreateUser", "AliasExistsException")}
"""An error that the reference of `ForceAliasCreation` names and the service model leaves out."""


@pytest.fixture(scope="module")
def built() -> tuple[Bench, dict[str, str]]:
    """Return a pool with users in every state, and the table's placeholders for random values."""
    bench = bench_with(
        attribute("custom:level", AttributeDataType="Number", NumberAttributeConstraints={"MaxValue": "10"}),
        attribute("custom:team", StringAttributeConstraints={"MaxLength": "8"}),
        attribute("custom:badge", Mutable=False),
        AliasAttributes=["email", "preferred_username"],
    )
    bench.client("secret", ClientSecret="s3cret")
    bench.client("plain", ExplicitAuthFlows=[])
    bench.client("hiding", PreventUserExistenceErrors="ENABLED")
    bench.client(
        "narrow", WriteAttributes=["name"], ReadAttributes=["name"], ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )
    bench.client("wide", WriteAttributes=["name", "custom:level", "custom:team", "custom:badge", "email_verified"])
    bench.client("lasting", EnableTokenRevocation=False)
    alice = bench.user("alice", **{"custom:badge": "1"})
    bench.call("SignUp", ClientId="app", Username="bob", Password=PASSWORD, UserAttributes=[
        {"Name": "email", "Value": "bob@example.com"}])  # fmt: skip
    code = bench.code()
    bench.call("AdminCreateUser", UserPoolId=POOL, Username="carol", MessageAction="SUPPRESS")
    bench.user("fred", preferred_username="fred!")
    for name in ("dave", "greta", "henry"):
        bench.user(name)
    bench.user("erin")["UserStatus"] = "RESET_REQUIRED"
    tokens, wide = bench.sign_in("alice"), bench.sign_in("alice", client="wide")
    ended, disabled, deleted = (bench.sign_in(name)["AccessToken"] for name in ("greta", "dave", "henry"))
    bench.call("GlobalSignOut", AccessToken=ended)
    bench.call("AdminDisableUser", UserPoolId=POOL, Username="dave")
    bench.call("AdminDeleteUser", UserPoolId=POOL, Username="henry")
    held = claims(tokens["AccessToken"]) or {}
    return bench, {
        "<pool>": POOL, "<password>": PASSWORD, "<code>": code,
        "<sub>": next(each["Value"] for each in alice["Attributes"] if each["Name"] == "sub"),
        "<alice>": tokens["AccessToken"], "<id>": tokens["IdToken"], "<refresh>": tokens["RefreshToken"],
        "<wide>": wide["AccessToken"], "<ended>": ended, "<disabled>": disabled, "<deleted>": deleted,
        "<past>": sign({**held, "exp": bench.now - 1}, POOL, "access"),
        "<foreign>": sign({**held, "iss": held["iss"].replace("People1", "People2")}, POOL, "access"),
        "<scopeless>": sign({**held, "scope": "openid"}, POOL, "access"),
    }  # fmt: skip


@pytest.fixture
def town(built: tuple[Bench, dict[str, str]]) -> tuple[Bench, dict[str, str]]:
    """Return the pool as it was built, whatever an earlier row did to it."""
    bench, words = built
    return Bench(pool=copy.deepcopy(bench.pool)), words


def test_the_table_is_as_long_as_it_should_be() -> None:
    assert len(ROWS) >= 150
    assert len({json.dumps(row) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize(
    ("operation", "data", "expected"), ROWS, ids=[f"{number}-{row[0]}" for number, row in enumerate(ROWS)]
)
def test_a_call_is_answered_as_aws_answers_it(
    town: tuple[Bench, dict[str, str]], operation: str, data: dict[str, Any], expected: str
) -> None:
    bench, words = town
    text = json.dumps(data)
    for word, value in words.items():
        text = text.replace(word, value)
    assert bench.refusal(operation, **json.loads(text)) == expected


def test_every_operation_of_awss_model_is_answered_checked_or_refused_by_name() -> None:
    places = [set(OPERATIONS), set(STOCK), set(NOT_EMULATED)]
    assert set(service_model().operation_names) == set.union(*places)
    assert sum(map(len, places)) == len(set.union(*places))


def test_every_error_of_the_table_is_one_that_aws_declares_for_the_operation() -> None:
    common = {
        "SerializationException",
        "UnknownOperationException",
        "NotEmulatedException",
        "InvalidParameterException",
    }
    for operation, _, expected in ROWS:
        code = expected.partition(":")[0]
        if code in common | {"allowed"} or (operation, code) in DOCUMENTED:
            continue
        declared = {shape.name for shape in service_model().operation_model(operation).error_shapes}
        assert code in declared, f"{operation} does not declare {code}"


def test_the_password_of_the_table_is_a_good_one() -> None:
    assert bench_with().refusal("SignUp", ClientId="app", Username="zoe", Password=GOOD) == "allowed"
