"""CloudFront signatures are checked by CloudFront's rules, whatever a viewer sends."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from botocore.signers import CloudFrontSigner
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from constructs_lib.local.emulator.cloudfront_paths import normalised
from constructs_lib.local.emulator.cloudfront_signatures import Refusal, refusal

RSA, OTHER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
CURVE = ec.generate_private_key(ec.SECP256R1())
URL = "https://d1.cloudfront.net/private/alice/a.txt"
FOLDER = "https://d1.cloudfront.net/private/alice/*"
NOW, LATER = 1_000_000, 1_000_300


def pem(key: Any) -> str:
    text: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return text.decode()


KEYS = {"K1": pem(RSA), "K2": pem(CURVE), "K3": pem(ed25519.Ed25519PrivateKey.generate()), "K4": "no key"}


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode().translate(str.maketrans("+=/", "-_~"))


def signed(policy: Any, *, key: Any = RSA, algorithm: HashAlgorithm | None = None, **other: str) -> dict[str, str]:
    """Return the parameters of a signed policy; other parameters replace or join them."""
    text = policy if isinstance(policy, bytes) else json.dumps(policy).encode()
    chosen = algorithm or SHA256()
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(text, padding.PKCS1v15(), chosen)
    else:
        signature = key.sign(text, ec.ECDSA(chosen))
    said = {"Policy": encoded(text), "Signature": encoded(signature), "Key-Pair-Id": "K1", "Hash-Algorithm": "SHA256"}
    return {**said, **{name.replace("_", "-"): value for name, value in other.items()}}


def policy(resource: str = FOLDER, **conditions: Any) -> dict[str, Any]:
    return {
        "Statement": [{"Resource": resource, "Condition": {"DateLessThan": {"AWS:EpochTime": LATER}, **conditions}}]
    }


def asked(query: Mapping[str, str], url: str = URL, **options: Any) -> Refusal | None:
    given = {"cookies": {}, "client_ip": "192.0.2.1", "keys": KEYS, "now": NOW, **options}
    return refusal(url, query=query, **given)


def code(query: Mapping[str, str], url: str = URL, **options: Any) -> str | None:
    refused = asked(query, url, **options)
    return refused.code if refused else None


@pytest.mark.parametrize("kind", ["canned", "custom"])
def test_what_botocore_signs_is_taken(kind: str) -> None:
    signer = CloudFrontSigner("K1", lambda message: RSA.sign(message, padding.PKCS1v15(), SHA1()))  # noqa: S303 - CloudFront asks for it
    until = datetime.fromtimestamp(LATER, UTC)
    how = {"date_less_than": until} if kind == "canned" else {"policy": signer.build_policy(FOLDER, until)}
    query = dict(parse_qsl(urlsplit(signer.generate_presigned_url(URL, **how)).query))
    assert code(query) is None
    assert code(query, URL + "x") == ("AccessDenied" if kind == "canned" else None)
    assert code(query, now=LATER) == "AccessDenied"


def test_keys_of_both_kinds_and_both_hashes_are_taken() -> None:
    assert code(signed(policy())) is None
    assert code(signed(policy(), key=CURVE, Key_Pair_Id="K2")) is None
    by_default = signed(policy(), algorithm=SHA1())  # noqa: S303 - CloudFront asks for it
    del by_default["Hash-Algorithm"]
    assert code(by_default) is None


def test_cookies_count_where_the_address_is_not_signed() -> None:
    cookies = {f"CloudFront-{name}": value for name, value in signed(policy()).items()}
    assert code({}, cookies=cookies) is None
    assert code(signed(policy(), key=OTHER), cookies=cookies) == "AccessDenied"


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ({}, "MissingKey"),
        ({"Signature": "x"}, "MissingKey"),
        (signed(policy(), Key_Pair_Id="K9"), "InvalidKey"),
        (signed(policy(), Key_Pair_Id="K2"), "AccessDenied"),
        (signed(policy(), Key_Pair_Id="K3"), "AccessDenied"),
        (signed(policy(), Key_Pair_Id="K4"), "AccessDenied"),
        (signed(policy(), key=OTHER), "AccessDenied"),
        (signed(policy(), Hash_Algorithm="SHA1"), "AccessDenied"),
        (signed(policy(), Hash_Algorithm="MD5"), "AccessDenied"),
        (signed(policy(), Policy=encoded(json.dumps(policy("*")).encode())), "AccessDenied"),
        (signed(policy(), Signature="***"), "AccessDenied"),
        (signed(b"no policy"), "AccessDenied"),
        (signed(b"[" * 100_000), "AccessDenied"),
        (signed([]), "AccessDenied"),
        (signed({"Statement": []}), "AccessDenied"),
        (signed({"Statement": policy()["Statement"] * 2}), "AccessDenied"),
        (signed({"Statement": [{"Condition": {"DateLessThan": {"AWS:EpochTime": LATER}}}]}), "AccessDenied"),
        (signed({"Statement": [{"Resource": FOLDER}]}), "AccessDenied"),
        (signed({"Statement": [{"Resource": FOLDER, "Condition": {}}]}), "AccessDenied"),
        (signed(policy(Another={"AWS:EpochTime": LATER})), "AccessDenied"),
        (signed(policy("https://d1.cloudfront.net/private/alice/")), "AccessDenied"),
        (signed(policy("https://d1.cloudfront.net/private/bob/*")), "AccessDenied"),
        (signed(policy("https://d2.cloudfront.net/private/alice/*")), "AccessDenied"),
        (signed(policy(DateGreaterThan={"AWS:EpochTime": LATER})), "AccessDenied"),
        (signed(policy(IpAddress={"AWS:SourceIp": "198.51.100.0/24"})), "AccessDenied"),
        (signed(policy(IpAddress={"AWS:SourceIp": "anywhere"})), "AccessDenied"),
        (signed(policy(DateLessThan={"AWS:EpochTime": "soon"})), "AccessDenied"),
    ],
)
def test_anything_else_is_refused(query: dict[str, str], refused: str) -> None:
    assert code(query) == refused


def test_conditions_on_time_and_address_hold() -> None:
    assert code(signed(policy(DateGreaterThan={"AWS:EpochTime": NOW - 1}))) is None
    assert code(signed(policy(IpAddress={"AWS:SourceIp": "192.0.2.0/24"}))) is None
    assert code(signed(policy()), URL.replace("d1.", "d1x")) == "AccessDenied"
    assert code(signed(policy("http*://d?.cloudfront.net/private/alice/a.*"))) is None


def test_a_refusal_is_a_document() -> None:
    refused = asked({})
    assert refused is not None
    assert b"<Code>MissingKey</Code>" in refused.body


@pytest.mark.parametrize(
    ("path", "compared"),
    [
        ("/", "/"),
        ("/a/b", "/a/b"),
        ("/a/b/", "/a/b/"),
        ("//a//b", "/a/b"),
        ("/a/../b", "/b"),
        ("/a/b/..", "/a/"),
        ("/a/./b", "/a/b"),
        ("/../../b", "/b"),
        ("/%61/%2e%2E/b", "/b"),
        ("/a%2Fb", "/a%2Fb"),
        ("/a%20b", "/a%20b"),
        ("/%7Ea%5f", "/~a_"),
    ],
)
def test_a_path_is_compared_normalised(path: str, compared: str) -> None:
    assert normalised(path) == compared
