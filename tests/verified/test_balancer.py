"""What a load balancer's headers prove, and what others write into them."""

import time
import uuid
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from constructs_lib.verified import KeysUnavailable, LoadBalancer, Refused, UserPool
from tests.verified.conftest import (
    ARN,
    BALANCER_KID,
    CLIENT,
    ELLIPTIC,
    ISSUER,
    KID,
    POOL,
    RSA_KEYS,
    SUB,
    Publisher,
    claims,
    data,
    jwk_of,
    pem_of,
    segment,
    signed,
    token,
)

OTHER = ec.generate_private_key(ec.SECP256R1())
OTHER_CURVE = ec.generate_private_key(ec.SECP384R1())
ELSEWHERE = ARN.replace("eu-west-1", "eu-west-2")


@pytest.mark.parametrize("padded", [True, False])
def test_padded_or_not_the_headers_say_who_was_signed_in(balancer: LoadBalancer, *, padded: bool) -> None:
    caller = balancer.verify(data=data(padded=padded), access_token=token())
    assert (caller.sub, caller.client_id, set(caller.groups)) == (SUB, CLIENT, {"editors"})
    assert caller.claims["email"] == "ann@example.com"


def test_what_the_pool_signed_wins_over_what_the_balancer_passes_on(balancer: LoadBalancer) -> None:
    given = data({"sub": SUB, "cognito:groups": ["admins"], "client_id": "another"})
    caller = balancer.verify(data=given, access_token=token())
    assert caller.groups == {"editors"}
    assert (caller.claims["client_id"], caller.claims["cognito:groups"]) == (CLIENT, ["editors"])


def rsa_signed(**header: Any) -> str:
    fields = {"kid": BALANCER_KID, "signer": ARN, "iss": ISSUER, "client": CLIENT, "exp": int(time.time()) + 60}
    return signed({"sub": SUB}, **{**fields, **header})


def hmac_with_the_public_key() -> str:
    head = {"alg": "HS256", "kid": BALANCER_KID, "signer": ARN, "iss": ISSUER, "client": CLIENT, "exp": 4102444800}
    text = f"{segment(head)}.{segment({'sub': SUB})}"
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    return f"{text}.{segment(algorithm.sign(text.encode(), pem_of(ELLIPTIC)))}"


FORGED: dict[str, Callable[[], str]] = {
    "nothing": str,
    "words": lambda: "not.a.token",
    "another key": lambda: data(key=OTHER),
    "RS256": rsa_signed,
    "RS256 by a key of the pool": lambda: rsa_signed(kid=KID),
    "HS256 with the public key": hmac_with_the_public_key,
    "alg none": lambda: data(alg="none"),
    "alg none without a signature": lambda: data(alg="none").rpartition(".")[0] + ".",
    "another balancer": lambda: data(signer=ARN[:-1] + "0"),
    "a balancer of another region": lambda: data(signer=ELSEWHERE),
    "no signer": lambda: data(signer=None),
    "signers in a list": lambda: data(signer=[ARN]),
    "another pool": lambda: data(iss=ISSUER[:-1] + "J"),
    "another client": lambda: data(client="another"),
    "clients in a list": lambda: data(client=[CLIENT]),
    "expired": lambda: data(exp=int(time.time()) - 60),
    "expired by the claims": lambda: data({"sub": SUB, "exp": int(time.time()) - 60}),
    "never expires": lambda: data(exp=None),
    "expires at a text": lambda: data(exp="4102444800"),
    "expires at true": lambda: data(exp=True),
    "expires at no number": lambda: data(exp=float("nan")),
    "a key ID that is a path": lambda: data(kid="../../balancer"),
    "a key ID that goes on behind a UUID": lambda: data(kid=f"{BALANCER_KID}/../evil"),
    "a key ID with a query": lambda: data(kid=f"{BALANCER_KID}?x="),
    "a key ID with a line after it": lambda: data(kid=f"{BALANCER_KID}\n"),
    "a key ID in capitals": lambda: data(kid=BALANCER_KID.upper()),
    "a key ID that the region does not have": lambda: data(kid=str(uuid.uuid4())),
    "its own key": lambda: data(key=OTHER, jwk={"kty": "EC"}),
    "its own key's address": lambda: data(jku="https://evil.example"),
    "no subject": lambda: data({"email": "ann@example.com"}),
    "another subject than the access token's": lambda: data({"sub": "another"}),
    "its own access token": token,
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_what_is_forged_is_refused(balancer: LoadBalancer, forged: Callable[[], str]) -> None:
    with pytest.raises(Refused):
        balancer.verify(data=forged(), access_token=token())


def test_a_huge_expiry_is_no_error_of_the_service(balancer: LoadBalancer) -> None:
    with pytest.raises(Refused):
        balancer.verify(data=data(key=OTHER, exp=10**400), access_token=token())


@pytest.mark.parametrize(
    "access", [lambda: token(client_id="another"), lambda: token(exp=1), lambda: signed(claims(), key=RSA_KEYS[1])]
)
def test_a_bad_access_token_is_refused_whatever_the_balancer_signed(
    balancer: LoadBalancer, access: Callable[[], str]
) -> None:
    with pytest.raises(Refused):
        balancer.verify(data=data(), access_token=access())


def test_headers_that_nobody_signed_prove_nothing(balancer: LoadBalancer) -> None:
    assert balancer.caller_of({"x-amzn-oidc-identity": [SUB]}) is None
    assert balancer.caller_of({"x-amzn-oidc-accesstoken": [token()]}) is None
    with pytest.raises(Refused, match="without x-amzn-oidc-accesstoken"):
        balancer.caller_of({"x-amzn-oidc-data": [data()]})
    with pytest.raises(Refused, match="the header x-amzn-oidc-data occurs 2 times"):
        balancer.caller_of({"x-amzn-oidc-data": [data(), data()], "x-amzn-oidc-accesstoken": [token()]})


def test_a_key_is_fetched_once(balancer: LoadBalancer, publisher: Publisher) -> None:
    for _ in range(3):
        balancer.verify(data=data(), access_token=token())
    assert publisher.asked == ["/keys", f"/balancer/{BALANCER_KID}"]


def test_invented_key_ids_cause_ten_requests_a_minute(balancer: LoadBalancer, publisher: Publisher) -> None:
    balancer.verify(data=data(), access_token=token())
    publisher.asked.clear()
    for _ in range(30):
        with pytest.raises((Refused, KeysUnavailable)):
            balancer.verify(data=data(kid=str(uuid.uuid4())), access_token=token())
    assert len(publisher.asked) == 9
    assert balancer.verify(data=data(), access_token=token()).sub == SUB


def test_one_invented_key_id_causes_one_request(balancer: LoadBalancer, publisher: Publisher) -> None:
    invented = str(uuid.uuid4())
    for _ in range(5):
        with pytest.raises(Refused, match="the endpoint of the region d"):
            balancer.verify(data=data(kid=invented), access_token=token())
    assert publisher.asked == ["/keys", f"/balancer/{invented}"]


def test_nobody_but_the_pools_users_causes_requests_for_keys(balancer: LoadBalancer, publisher: Publisher) -> None:
    for other in (token(iss="https://another"), token(exp=1), signed(claims(), key=RSA_KEYS[1]), "x"):
        with pytest.raises(Refused):
            balancer.verify(data=data(kid=str(uuid.uuid4())), access_token=other)
    assert publisher.asked == ["/keys"]


def test_the_headers_are_of_one_app_client(publisher: Publisher) -> None:
    pool = UserPool(POOL, client_ids=[CLIENT, "another"], keys_url=f"{publisher.url}/keys")
    balancer = LoadBalancer(ARN, pool=pool, keys_url=f"{publisher.url}/balancer")
    with pytest.raises(Refused, match="the load balancer's claims and the access token are of different app"):
        balancer.verify(data=data(), access_token=token(client_id="another"))
    with pytest.raises(Refused, match="the load balancer's claims and the access token are of different app"):
        balancer.verify(data=data(client="another"), access_token=token())


def test_another_balancers_header_causes_no_request(balancer: LoadBalancer, publisher: Publisher) -> None:
    with pytest.raises(Refused):
        balancer.verify(data=data(signer=ELSEWHERE), access_token=token())
    assert publisher.asked == []


@pytest.mark.parametrize("document", [b"", b"<html>", b"\xff" * 10, pem_of(OTHER_CURVE), pem_of(RSA_KEYS[0])])
def test_a_document_that_is_no_such_key_lets_nobody_in(
    balancer: LoadBalancer, publisher: Publisher, document: bytes
) -> None:
    publisher.documents[f"/balancer/{BALANCER_KID}"] = document
    with pytest.raises(KeysUnavailable):
        balancer.verify(data=data(), access_token=token())


def test_a_region_that_fails_lets_nobody_in(balancer: LoadBalancer, publisher: Publisher) -> None:
    publisher.documents.clear()
    publisher.status = 500
    with pytest.raises(KeysUnavailable):
        balancer.verify(data=data(), access_token=token())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"arn": "web"}, "write the ARN, not its name or URL"),
        ({"arn": ARN + "/listener"}, "write the ARN, not its name or URL"),
        ({"arn": ARN.replace("/app/", "/net/")}, "write the ARN, not its name or URL"),
        ({"arn": ARN.replace("eu-west-1", "cn-north-1").replace("arn:aws:", "arn:aws-cn:")}, r"set keys_url=\.\.\."),
        ({"keys_url": "http://keys.example"}, "not HTTPS"),
        ({"leeway": 61}, "leeway=61 is out of range"),
        ({"refetch_after": 0}, "use 1 or more"),
    ],
)
def test_an_option_that_lets_in_too_much_is_refused(pool: UserPool, options: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"arn": ARN, **options}
    with pytest.raises(ValueError, match=message):
        LoadBalancer(given.pop("arn"), pool=pool, **given)


@pytest.mark.parametrize(
    ("region", "url"),
    [
        ("eu-west-1", "https://public-keys.auth.elb.eu-west-1.amazonaws.com"),
        ("us-gov-west-1", "https://s3-us-gov-west-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-west-1"),
    ],
)
def test_the_address_of_the_keys_follows_from_the_region(region: str, url: str) -> None:
    pool = UserPool(POOL, client_ids=[CLIENT])
    balancer = LoadBalancer(ARN.replace("eu-west-1", region), pool=pool)
    assert balancer._keys._url == url


def test_the_keys_of_the_pool_are_no_keys_of_the_balancer(publisher: Publisher, balancer: LoadBalancer) -> None:
    publisher.publish(jwk_of(RSA_KEYS[0], kid=BALANCER_KID))
    with pytest.raises(Refused):
        balancer.verify(data=rsa_signed(), access_token=token())
