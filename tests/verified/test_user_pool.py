"""What a user pool's tokens prove, and every way known to forge one."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from constructs_lib.verified import Caller, Forbidden, KeysUnavailable, Refused, UserPool
from tests.verified.conftest import (
    CLIENT,
    ISSUER,
    KID,
    POOL,
    RSA_KEYS,
    SUB,
    Publisher,
    claims,
    jwk_of,
    pem_of,
    segment,
    signed,
    token,
)


def test_an_access_token_says_who_calls(pool: UserPool) -> None:
    caller = pool.verify(token())
    assert caller == Caller(
        sub=SUB, client_id=CLIENT, groups=frozenset({"editors"}), scopes=frozenset({"openid", "orders/read"})
    )
    assert caller.claims["username"] == "ann"
    with pytest.raises(TypeError):
        caller.claims["sub"] = "another"  # type: ignore[index] # the mistake


def test_an_id_token_says_who_calls_where_it_is_asked(publisher: Publisher) -> None:
    pool = UserPool(POOL, client_ids=[CLIENT], use="id", keys_url=f"{publisher.url}/keys", tenant_claim="custom:tenant")
    given = token(**{"token_use": "id", "aud": CLIENT, "client_id": None, "scope": None, "custom:tenant": "acme"})
    caller = pool.verify(given)
    assert (caller.sub, caller.tenant, caller.scopes) == (SUB, "acme", frozenset())


def test_a_token_without_the_tenant_is_refused(publisher: Publisher) -> None:
    pool = UserPool(POOL, client_ids=[CLIENT], keys_url=f"{publisher.url}/keys", tenant_claim="custom:tenant")
    for tenant in (None, "", ["acme"], 7):
        with pytest.raises(Refused, match="custom:tenant"):
            pool.verify(token(**{"custom:tenant": tenant}))


def test_clocks_may_differ_a_little(pool: UserPool) -> None:
    now = int(time.time())
    assert pool.verify(token(exp=now - 5)).sub == SUB
    assert pool.verify(token(iat=now + 5, nbf=now + 5)).sub == SUB


def hmac_with_the_public_key() -> str:
    """Return a token whose HMAC's secret is the key that everybody can read: what `alg` by the token would allow."""
    text = f"{segment({'alg': 'HS256', 'kid': KID})}.{segment(claims())}"
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    return f"{text}.{segment(algorithm.sign(text.encode(), pem_of(RSA_KEYS[0])))}"


def tampered(change: Callable[[dict[str, Any]], Any]) -> str:
    head, body, signature = token().split(".")
    payload = json.loads(base64.urlsafe_b64decode(body + "=="))
    return f"{head}.{segment(payload | change(payload))}.{signature}"


MINUTE = 60
FORGED: dict[str, Callable[[], str]] = {
    "nothing": str,
    "words": lambda: "not a token",
    "two segments": lambda: token().rpartition(".")[0],
    "four segments": lambda: token() + ".e30",
    "no signature": lambda: token().rpartition(".")[0] + ".",
    "another's sub under the same signature": lambda: tampered(lambda _: {"sub": "another"}),
    "another key under a known ID": lambda: signed(claims(), key=RSA_KEYS[1]),
    "alg none": lambda: f"{segment({'alg': 'none', 'kid': KID})}.{segment(claims())}.",
    "alg None with a signature": lambda: f"{segment({'alg': 'None', 'kid': KID})}.{segment(claims())}.AAAA",
    "alg in a list": lambda: f"{segment({'alg': ['RS256'], 'kid': KID})}.{segment(claims())}.AAAA",
    "HS256 with the public key": hmac_with_the_public_key,
    "RS512 with the right key": lambda: signed(claims(), algorithm="RS512"),
    "PS256 with the right key": lambda: signed(claims(), algorithm="PS256"),
    "no key ID": lambda: jwt.encode(claims(), RSA_KEYS[0], algorithm="RS256"),
    "a key ID that is a number": lambda: f"{segment({'alg': 'RS256', 'kid': 7})}.{segment(claims())}.AAAA",
    "a key ID that is a path": lambda: signed(claims(), key=RSA_KEYS[1], kid="../../etc/passwd"),
    "an unknown key ID": lambda: signed(claims(), key=RSA_KEYS[1], kid="unknown"),
    "its own key": lambda: signed(claims(), key=RSA_KEYS[1], jwk=jwk_of(RSA_KEYS[1])),
    "its own key's address": lambda: signed(claims(), jku="https://evil.example/keys"),
    "its own certificate's address": lambda: signed(claims(), x5u="https://evil.example/cert"),
    "its own certificate": lambda: signed(claims(), x5c=["MIIB"]),
    "an extension it calls critical": lambda: (
        f"{segment({'alg': 'RS256', 'kid': KID, 'crit': ['b64'], 'b64': False})}..AAAA"
    ),
    "an extension it calls critical, signed": lambda: signed(claims(), crit=["b64"], b64=True),
    "another pool's issuer": lambda: token(iss=ISSUER[:-1] + "J"),
    "issuers in a list": lambda: token(iss=[ISSUER]),
    "no issuer": lambda: token(iss=None),
    "another client": lambda: token(client_id="another"),
    "no client": lambda: token(client_id=None),
    "clients in a list": lambda: token(client_id=[CLIENT]),
    "an ID token": lambda: token(token_use="id", aud=CLIENT, client_id=None),
    "an ID token that names a client, too": lambda: token(token_use="id", aud=CLIENT),
    "a refresh token": lambda: token(token_use="refresh"),
    "a token for nothing": lambda: token(token_use=None),
    "a token bound to another resource": lambda: token(aud="https://another.example"),
    "a token bound to several": lambda: token(aud=[CLIENT]),
    "expired": lambda: token(exp=int(time.time()) - MINUTE),
    "never expires": lambda: token(exp=None),
    "expires at no number": lambda: token(exp="soon"),
    "expires at infinity": lambda: signed(json.dumps(claims(exp=0)).replace('"exp": 0', '"exp": 1e999').encode()),
    "not yet valid": lambda: token(nbf=int(time.time()) + MINUTE),
    "issued tomorrow": lambda: token(iat=int(time.time()) + 86400),
    "no subject": lambda: token(sub=None),
    "an empty subject": lambda: token(sub=""),
    "a subject that is a number": lambda: token(sub=7),
    "groups that are one text": lambda: token(**{"cognito:groups": "editors"}),
    "groups that are an object": lambda: token(**{"cognito:groups": {"editors": 1}}),
    "groups of numbers": lambda: token(**{"cognito:groups": [7]}),
    "scopes in a list": lambda: token(scope=["orders/read"]),
    "claims that are a list": lambda: signed(b"[]"),
    "claims that are no JSON": lambda: signed(b"{"),
    "claims nested deep": lambda: signed(b"[" * 5000),
    "a header nested deep": lambda: f"{segment(b'[' * 5000)}.{segment(claims())}.AAAA",
    "a header that is a list": lambda: f"{segment([])}.{segment(claims())}.AAAA",
    "letters that are none": lambda: "é" * 100,
    "half a surrogate": lambda: "\ud800." + token(),
    "a token of 20 kB": lambda: token(more="x" * 20_000),
    "a token of 5 MB": lambda: "a" * 5_000_000,
    "padding that Cognito does not write, in the wrong number": lambda: token() + "=",
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_what_is_forged_is_refused(pool: UserPool, forged: Callable[[], str]) -> None:
    with pytest.raises(Refused):
        pool.verify(forged())


def test_a_token_for_one_resource_is_taken_there_alone(publisher: Publisher) -> None:
    here = UserPool(POOL, client_ids=[CLIENT], audience="https://orders.example", keys_url=f"{publisher.url}/keys")
    assert here.verify(token(aud="https://orders.example")).sub == SUB
    for elsewhere in (None, CLIENT, "https://another.example", ["https://orders.example"]):
        with pytest.raises(Refused, match="the access token is for"):
            here.verify(token(aud=elsewhere))


def test_an_access_token_is_refused_where_id_tokens_are_asked(publisher: Publisher) -> None:
    pool = UserPool(POOL, client_ids=[CLIENT], use="id", keys_url=f"{publisher.url}/keys")
    for forged in (token(), token(aud=CLIENT), token(token_use="id")):
        with pytest.raises(Refused):
            pool.verify(forged)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"client_ids": []}, r"name at least one, as in client_ids=\['2pnbq\.\.\.'\]"),
        ({"client_ids": "2pnbq"}, r"write client_ids=\['2pnbq'\]"),
        ({"client_ids": [""]}, r"name at least one, as in client_ids=\['2pnbq\.\.\.'\]"),
        ({"use": "refresh"}, "use 'access', 'id'"),
        ({"use": "id", "audience": "x"}, "audience='x' applies to access tokens"),
        ({"leeway": 3600}, "use 0 to 60 seconds"),
        ({"leeway": -1}, "use 0 to 60 seconds"),
        ({"leeway": float("nan")}, "UserPool: leeway=nan is not a finite number"),
        ({"refetch_after": 0}, "use 1 or more"),
        ({"keys_url": "http://keys.example/jwks"}, "not HTTPS"),
        ({"keys_url": "file:///etc/passwd"}, "not HTTPS"),
        ({"keys_url": "http://127.0.0.1@keys.example/"}, "not HTTPS"),
        (
            {"keys_url": "https://user@keys.example/"},
            r"keys_url='https://user@keys\.example/' is not a URL without user",
        ),
        ({"issuer": "http://issuer.example"}, "not HTTPS"),
        ({"user_pool_id": "../x"}, r"user_pool_id='\.\./x' is not the ID of a user pool"),
        ({"user_pool_id": "us-iso-east-1_Abc"}, r"set issuer=\.\.\."),
    ],
)
def test_an_option_that_lets_in_too_much_is_refused(options: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"user_pool_id": POOL, "client_ids": [CLIENT], **options}
    with pytest.raises(ValueError, match=message):
        UserPool(given.pop("user_pool_id"), **given)


@pytest.mark.parametrize(
    ("pool_id", "issuer"),
    [
        (POOL, ISSUER),
        ("cn-north-1_Abc", "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_Abc"),
        ("us-gov-west-1_Abc", "https://cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_Abc"),
    ],
)
def test_the_issuer_follows_from_the_pool(pool_id: str, issuer: str) -> None:
    assert UserPool(pool_id, client_ids=[CLIENT]).issuer == issuer


def test_a_caller_without_the_group_or_scope_is_told_so(pool: UserPool) -> None:
    caller = pool.verify(token())
    caller.require(group="editors", scope="orders/read")
    with pytest.raises(Forbidden, match="not in the group 'admins'"):
        caller.require(group="admins", scope="orders/read")
    with pytest.raises(Forbidden, match="the token of 8a0f0000-1111-2222-3333-444455556666 does not contain") as caught:
        caller.require(group="editors", scope="orders/write")
    assert caught.value.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="orders/write"'
    with pytest.raises(ValueError, match=r"require\(\) has no condition"):
        caller.require()
    for bad in ("", "a b", 'a"b', "a\r\nx: y"):
        with pytest.raises(ValueError, match=r"is not a scope|is empty"):
            caller.require(scope=bad)


@pytest.mark.parametrize("option", ["groups", "scopes"])
def test_a_source_of_ones_own_cannot_pass_one_word_for_many(option: str) -> None:
    """Within one text every part of it would be a group."""
    options: dict[str, Any] = {option: "superadmins"}
    with pytest.raises(ValueError, match=rf"{option}='superadmins' is one string; write {option}=\['superadmins'\]"):
        Caller(sub="u", client_id="c", **options)
    options = {option: ["admins"]}
    caller: Any = Caller(sub="u", client_id="c", **options, claims={"sub": "u"})
    assert getattr(caller, option) == frozenset({"admins"})
    with pytest.raises(TypeError):
        caller.claims["sub"] = "another"


def test_keys_are_fetched_once_for_many_tokens(pool: UserPool, publisher: Publisher) -> None:
    for _ in range(5):
        pool.verify(token())
    assert publisher.asked == ["/keys"]


def test_invented_key_ids_cause_no_more_requests(pool: UserPool, publisher: Publisher) -> None:
    pool.verify(token())
    for number in range(20):
        with pytest.raises(Refused, match="has no key"):
            pool.verify(signed(claims(), kid=f"invented-{number}"))
    assert publisher.asked == ["/keys"]


def test_without_keys_nobody_is_let_in_and_nobody_is_told_to_sign_in(pool: UserPool, publisher: Publisher) -> None:
    publisher.documents.clear()
    publisher.status = 500
    for _ in range(5):
        with pytest.raises(KeysUnavailable):
            pool.verify(token())
    assert publisher.asked == ["/keys"]


def test_a_redirect_is_not_followed(pool: UserPool, publisher: Publisher) -> None:
    publisher.documents["/evil"] = publisher.documents.pop("/keys")
    publisher.status, publisher.location = 302, "/evil"
    with pytest.raises(KeysUnavailable):
        pool.verify(token())
    assert publisher.asked == ["/keys"]


SMALL = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - to be refused


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{}",
        b"[]",
        b'{"keys": {}}',
        b'{"keys": [7, {}]}',
        b"[" * 100_000,
        json.dumps({"keys": [jwk_of(RSA_KEYS[0])]}).encode() + b" " * 300_000,
        json.dumps({"keys": [jwk_of(RSA_KEYS[0], kty="oct")]}).encode(),
        json.dumps({"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": KID}]}).encode(),
        json.dumps({"keys": [jwk_of(RSA_KEYS[0], use="enc")]}).encode(),
        json.dumps({"keys": [jwk_of(RSA_KEYS[0], alg="RS512")]}).encode(),
        json.dumps({"keys": [jwk_of(RSA_KEYS[0], n=7)]}).encode(),
        json.dumps({"keys": [jwk_of(SMALL)]}).encode(),
    ],
)
def test_a_document_without_usable_keys_lets_nobody_in(pool: UserPool, publisher: Publisher, document: bytes) -> None:
    publisher.documents["/keys"] = document
    with pytest.raises(KeysUnavailable):
        pool.verify(token())
