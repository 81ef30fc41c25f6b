"""A load balancer accepts exactly the tokens that AWS documents."""

from typing import Any

import pytest

from constructs_lib.local.emulator.balancer_tokens import is_valid
from tests.verified.conftest import CLIENT, ELLIPTIC, ISSUER, RSA_KEYS, claims, jwk_of, segment, signed

NOW = 1_000_000
TIMES = {"iat": NOW - 10, "exp": NOW + 300}
RULE = [
    {"Name": "token_use", "Format": "single-string", "Values": ["access"]},
    {"Name": "client_id", "Format": "single-string", "Values": ["another", CLIENT]},
    {"Name": "scope", "Format": "space-separated-values", "Values": ["orders/read"]},
    {"Name": "cognito:groups", "Format": "string-array", "Values": ["editors"]},
]


def token(**other: Any) -> str:
    return f"Bearer {signed(claims(**{**TIMES, **other}))}"


def taken(authorization: str, rule: Any = RULE, keys: Any = None) -> bool:
    published = [jwk_of(RSA_KEYS[0])] if keys is None else keys
    return is_valid(authorization, issuer=ISSUER, keys=published, claims=rule, now=NOW)


def test_a_token_of_the_issuer_with_every_required_claim_is_accepted() -> None:
    assert taken(token())
    assert taken(token().replace("Bearer", "bearer"))
    assert taken(token(nbf=NOW))
    assert taken(token(scope=None, client_id=None), rule=[])


@pytest.mark.parametrize(
    "other",
    [
        {"iss": "https://another"}, {"iss": None}, {"exp": NOW}, {"exp": None}, {"exp": "later"}, {"nbf": NOW + 1},
        {"iat": NOW + 1}, {"token_use": "id"}, {"token_use": None}, {"client_id": "other"}, {"client_id": [CLIENT]},
        {"scope": "orders/readers"}, {"scope": "orders"}, {"scope": ["orders/read"]}, {"scope": None},
        {"cognito:groups": "editors"}, {"cognito:groups": []}, {"cognito:groups": ["viewers"]},
    ],
)  # fmt: skip
def test_a_token_with_another_claim_value_is_refused(other: dict[str, Any]) -> None:
    assert not taken(token(**other))


def test_a_claim_in_an_undocumented_format_is_refused() -> None:
    assert not taken(token(), rule=[{"Name": "scope", "Format": "anything", "Values": ["orders/read"]}])


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer a.b.c",
        f"Basic {signed(claims(**TIMES))}",
        f"{token()}, {token()}",
        f"{token()}x",
        f"Bearer {signed(claims(**TIMES), key=RSA_KEYS[1])}",
        f"Bearer {signed(claims(**TIMES), kid='another')}",
        f"Bearer {signed(claims(**TIMES), algorithm='RS512')}",
        f"Bearer {signed(claims(**TIMES), key=ELLIPTIC, algorithm='ES256')}",
        f"Bearer {segment({'alg': 'none', 'kid': 'x'})}.{segment(claims(**TIMES))}.",
        f"Bearer {signed([])}",
        f"Bearer {signed(b'[' * 5000)}",
    ],
)
def test_a_token_with_another_scheme_key_or_algorithm_is_refused(authorization: str) -> None:
    assert not taken(authorization)


def test_without_the_public_key_every_token_is_refused() -> None:
    assert not taken(token(), keys=[])
    assert not taken(token(), keys=[{**jwk_of(RSA_KEYS[0]), "kid": "another"}])
    assert not taken(token(), keys=[jwk_of(RSA_KEYS[1])])
