"""A URL is signed for the caller that API Gateway verified, and for their own folder only."""

import base64
import hashlib
import json
import time
from typing import Any
from urllib.parse import parse_qsl

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from private_files import signing
from private_files.handler import handler

from tests.lambda_src.conftest import ALICE_ID, ALICE_SUB, GUEST_ID, Events

OLD, NEW = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
URL = "https://d111111abcdef8.cloudfront.net/private/"


def pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def fingerprint(key: rsa.RSAPrivateKey) -> str:
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


class Secrets:
    """Does what Secrets Manager does for the one request of `signing`."""

    def __init__(self) -> None:
        self.text = pem(OLD)

    def __call__(self, service: str) -> "Secrets":
        assert service == "secretsmanager"
        return self

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:
        assert SecretId == "arn:secret"
        return {"SecretString": self.text}


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> Secrets:
    settings = {
        "OWNER": "identity",
        "FILES_URL": URL,
        "VALID_FOR_SECONDS": "300",
        "PRIVATE_KEY_SECRET": "arn:secret",
        "PUBLIC_KEY_IDS": f"{fingerprint(OLD)}=K1,{fingerprint(NEW)}=K2",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    made = Secrets()
    monkeypatch.setattr("boto3.client", made)
    signing._signer.cache_clear()
    return made


def signed(answer: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str], dict[str, Any]]:
    """Return the body, the query, and the policy in it, as CloudFront would read them."""
    assert answer["statusCode"] == 200
    body = json.loads(answer["body"])
    query = dict(parse_qsl(body["query"], strict_parsing=True))
    return body, query, json.loads(decoded(query["Policy"]))


def decoded(text: str) -> bytes:
    """Decode CloudFront's base64 variant: `-` for `+`, `_` for `=`, `~` for `/`."""
    return base64.b64decode(text.replace("-", "+").replace("_", "=").replace("~", "/"), validate=True)


def test_the_policy_is_the_callers_own_folder_for_five_minutes() -> None:
    answer = handler(Events.http_iam(role="users"), None)
    body, query, policy = signed(answer)
    assert body["url"] == f"{URL}{ALICE_ID}/"
    assert policy == {
        "Statement": [
            {"Resource": f"{URL}{ALICE_ID}/*", "Condition": {"DateLessThan": {"AWS:EpochTime": body["expires"]}}}
        ]
    }
    assert 295 <= body["expires"] - time.time() <= 300
    assert (query["Key-Pair-Id"], query["Hash-Algorithm"]) == ("K1", "SHA256")
    OLD.public_key().verify(decoded(query["Signature"]), decoded(query["Policy"]), PKCS1v15(), SHA256())
    with pytest.raises(InvalidSignature):
        NEW.public_key().verify(decoded(query["Signature"]), decoded(query["Policy"]), PKCS1v15(), SHA256())
    assert answer["headers"]["cache-control"] == "no-store"


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1", "eusc-de-east-1", "ap-southeast-2"])
def test_identities_of_every_partition_have_folders(region: str) -> None:
    identity = ALICE_ID.replace("eu-west-1", region)
    body, _, _ = signed(handler(Events.http_iam(role="users", identity_id=identity), None))
    assert body["url"] == f"{URL}{identity}/"


def test_by_sub_the_folder_is_called_as_the_sub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWNER", "sub")
    body, _, _ = signed(handler(Events.http_iam(role="users"), None))
    assert body["url"] == f"{URL}{ALICE_SUB}/"


def test_what_a_request_says_of_the_owner_changes_nothing() -> None:
    event = Events.http_iam(role="users")
    event |= {"pathParameters": {"owner": GUEST_ID}, "queryStringParameters": {"owner": GUEST_ID}, "body": GUEST_ID}
    body, _, _ = signed(handler(event, None))
    assert body["url"] == f"{URL}{ALICE_ID}/"


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"requestContext": {}},
        Events.http_iam(role="guests", identity_id=GUEST_ID, amr=["unauthenticated"]),
        *(
            Events.http_iam(role="users", identity_id=name)
            for name in ("*", "", f"{ALICE_ID}/../{GUEST_ID}", f"{ALICE_ID}?", f"{ALICE_ID}\n", "eu-west-1:*")
        ),
    ],
)
def test_guests_strangers_and_names_that_are_none_get_no_address(event: dict[str, Any]) -> None:
    answer = handler(event, None)
    assert answer["statusCode"] == 403
    assert "query" not in json.loads(answer["body"])


def test_a_new_key_in_the_secret_takes_over_with_its_own_id(secrets: Secrets) -> None:
    signed(handler(Events.http_iam(role="users"), None))
    secrets.text = pem(NEW)
    _, query, _ = signed(handler(Events.http_iam(role="users"), None))
    assert query["Key-Pair-Id"] == "K1", "the key is kept for a while"
    signing._signer.cache_clear()
    _, query, _ = signed(handler(Events.http_iam(role="users"), None))
    assert query["Key-Pair-Id"] == "K2"
    NEW.public_key().verify(decoded(query["Signature"]), decoded(query["Policy"]), PKCS1v15(), SHA256())


def test_a_key_that_cloudfront_does_not_know_signs_nothing(secrets: Secrets) -> None:
    secrets.text = pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    with pytest.raises(KeyError):
        handler(Events.http_iam(role="users"), None)
