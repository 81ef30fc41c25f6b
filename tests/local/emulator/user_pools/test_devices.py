"""A remembered device signs in with its own key as a second factor, for its own user only."""

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from typing import Any

import pytest

from constructs_lib.local.emulator.user_pools import srp
from tests.local.emulator.user_pools.conftest import CLIENT, PASSWORD, POOL, Bench, bench_with

UNKNOWN = "ResourceNotFoundException: Device does not exist."
SECRET = "of the device"


class Client:
    """A client's half of SRP, written from its specification."""

    def __init__(self) -> None:
        self._a = secrets.randbelow(srp.N)
        self.public = format(pow(2, self._a, srp.N), "x")

    def proof(self, shown: dict[str, str], group: str, name: str, password: str) -> dict[str, str]:
        big_a, big_b, salt = int(self.public, 16), int(shown["SRP_B"], 16), int(shown["SALT"], 16)

        def hashed(*parts: bytes) -> int:
            return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")

        inner = hashlib.sha256(f"{group}{name}:{password}".encode()).digest()
        x, u = hashed(srp.padded(salt), inner), hashed(srp.padded(big_a), srp.padded(big_b))
        k = hashed(srp.padded(srp.N), srp.padded(2))
        shared = pow(big_b - k * pow(2, x, srp.N), self._a + u * x, srp.N)
        middle = hmac.new(srp.padded(u), srp.padded(shared), hashlib.sha256).digest()
        key = hmac.new(middle, b"Caldera Derived Key\x01", hashlib.sha256).digest()[:16]
        stamp = datetime(2026, 11, 28, 18, 0, tzinfo=UTC).strftime("%a %b 28 %H:%M:%S UTC %Y")
        signed = f"{group}{name}".encode() + base64.b64decode(shown["SECRET_BLOCK"]) + stamp.encode()
        return {
            "TIMESTAMP": stamp, "PASSWORD_CLAIM_SECRET_BLOCK": shown["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode(),
        }  # fmt: skip


@pytest.fixture
def pool() -> Bench:
    """Return a pool that remembers devices, which then need no second factor, and Alice's codes."""
    bench = bench_with(
        MfaConfiguration="ON", EmailMfaConfiguration={"Message": "{####}"},
        DeviceConfiguration={"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False},
    )  # fmt: skip
    for name in ("alice", "bob"):
        bench.user(name)
    return bench


def new_device(bench: Bench, name: str) -> tuple[str, str, str]:
    """Sign in on a new device and confirm it; return its key, its group and an access token."""
    result = bench.answer(bench.start(name), name, EMAIL_OTP_CODE=bench.code())["AuthenticationResult"]
    made = result["NewDeviceMetadata"]
    salt = secrets.token_hex(16)
    held = srp.verifier(made["DeviceGroupKey"], made["DeviceKey"], SECRET, salt)
    config = {
        "PasswordVerifier": base64.b64encode(srp.padded(held)).decode(),
        "Salt": base64.b64encode(bytes.fromhex(salt)).decode(),
    }
    confirmed = bench.call(
        "ConfirmDevice", AccessToken=result["AccessToken"], DeviceKey=made["DeviceKey"],
        DeviceSecretVerifierConfig=config, DeviceName="phone",
    )  # fmt: skip
    assert confirmed == {"UserConfirmationNecessary": False}
    return made["DeviceKey"], made["DeviceGroupKey"], result["AccessToken"]


def by_device(bench: Bench, name: str, key: str, group: str, password: str) -> Any:
    client, asked = Client(), bench.start(name, DEVICE_KEY=key)
    assert asked["ChallengeName"] == "DEVICE_SRP_AUTH"
    shown = bench.answer(asked, name, DEVICE_KEY=key, SRP_A=client.public)
    proof = client.proof(shown["ChallengeParameters"], group, key, password)
    return bench.answer(shown, name, DEVICE_KEY=key, **proof)


def test_a_remembered_device_replaces_the_second_factor(pool: Bench) -> None:
    key, group, _ = new_device(pool, "alice")
    result = by_device(pool, "alice", key, group, SECRET)["AuthenticationResult"]
    assert "NewDeviceMetadata" not in result


def test_a_device_with_another_secret_does_not_replace_it(pool: Bench) -> None:
    key, group, _ = new_device(pool, "alice")
    with pytest.raises(Exception, match="Incorrect username or password"):
        by_device(pool, "alice", key, group, "guessed")


def test_another_users_device_does_not_replace_it(pool: Bench) -> None:
    key, _, token = new_device(pool, "alice")
    assert pool.refusal(
        "InitiateAuth", ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "bob", "PASSWORD": PASSWORD, "DEVICE_KEY": key},
    ) == UNKNOWN  # fmt: skip
    assert pool.refusal("AdminGetDevice", UserPoolId=POOL, Username="bob", DeviceKey=key) == UNKNOWN
    assert pool.call("GetDevice", AccessToken=token, DeviceKey=key)["Device"]["DeviceKey"] == key


def test_a_forgotten_device_must_be_confirmed_anew(pool: Bench) -> None:
    key, _, token = new_device(pool, "alice")
    assert [each["DeviceKey"] for each in pool.call("ListDevices", AccessToken=token)["Devices"]] == [key]
    pool.call("ForgetDevice", AccessToken=token, DeviceKey=key)
    assert pool.call("ListDevices", AccessToken=token)["Devices"] == []
    assert pool.refusal("GetDevice", AccessToken=token, DeviceKey=key) == UNKNOWN


def test_a_device_not_remembered_is_asked_for_the_second_factor(pool: Bench) -> None:
    key, _, token = new_device(pool, "alice")
    pool.call("UpdateDeviceStatus", AccessToken=token, DeviceKey=key, DeviceRememberedStatus="not_remembered")
    assert pool.start("alice", DEVICE_KEY=key)["ChallengeName"] == "EMAIL_OTP"


def test_a_device_is_confirmed_once(pool: Bench) -> None:
    key, _, token = new_device(pool, "alice")
    config = {"PasswordVerifier": "AAAA", "Salt": "AAAA"}
    said = pool.refusal("ConfirmDevice", AccessToken=token, DeviceKey=key, DeviceSecretVerifierConfig=config)
    assert said == "DeviceKeyExistsException: Device already exists."


@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
def test_a_password_is_proved_without_being_sent(password: str) -> None:
    bench = bench_with()
    bench.user("alice")
    client = Client()
    asked = bench.call(
        "InitiateAuth", ClientId=CLIENT, AuthFlow="USER_SRP_AUTH",
        AuthParameters={"USERNAME": "alice", "SRP_A": client.public},
    )  # fmt: skip
    assert "Session" not in asked
    proof = client.proof(asked["ChallengeParameters"], "People1", "alice", password)
    answer = {"ClientId": CLIENT, "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": {
        "USERNAME": "alice", **proof}}  # fmt: skip
    wrong = "NotAuthorizedException: Incorrect username or password."
    assert bench.refusal("RespondToAuthChallenge", **answer) == ("allowed" if password == PASSWORD else wrong)
    assert bench.refusal("RespondToAuthChallenge", **answer) == wrong
