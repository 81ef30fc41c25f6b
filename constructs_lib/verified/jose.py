"""Checks of every token: one algorithm, one key by its ID, and the claims of RFC 7519.

PyJWT parses and verifies; each segment must have the canonical base64url form, with or without the padding that load
balancers add, so that no two texts are one token.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import jwt

from constructs_lib.verified.refusals import Refused

LONGEST: Final = 16 * 1024
"""The maximum length in characters: a load balancer refuses claims above 11 kB, and API Gateway all headers above
10,240 bytes."""

_NAMES_A_KEY: Final = frozenset({"jku", "jwk", "x5u", "x5c"})
"""RFC 7515, section 4.1: headers with which a token would supply its own key."""

_UNREADABLE: Final = (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError)
"""PyJWT's own errors, and those of input that it does not catch, such as a time of 1e999 or JSON nested too deep."""


def header_of(token: str, *, algorithm: str) -> Mapping[str, Any]:
    """Return a token's header: only its algorithm is checked, nothing is verified yet.

    Raises:
        Refused: For anything else.
    """
    if len(token) > LONGEST:
        raise Refused(f"the token has {len(token)} characters; at most {LONGEST} are read")
    try:
        header = jwt.get_unverified_header(token)
    except _UNREADABLE as error:
        raise Refused(f"the token cannot be read: {error}") from error
    if header.get("alg") != algorithm:
        raise Refused(f"the token is signed with {header.get('alg')!r}; expected {algorithm}")
    if brought := _NAMES_A_KEY & header.keys():
        raise Refused(f"the token contains its own key, in {', '.join(sorted(brought))}")
    text(header, "kid")
    return header


def claims_of(
    token: str, key: jwt.PyJWK, *, algorithm: str, leeway: float, required: Sequence[str], issuer: str | None
) -> dict[str, Any]:
    """Return the claims of a token with a valid signature, validity period and issuer.

    The key is the one that its header names, as published by the signer; the algorithm and the issuer are the only ones
    accepted. Without an issuer, the caller of this function checks it.

    Raises:
        Refused: If any check fails.
    """
    try:
        return jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            issuer=issuer,
            leeway=leeway,
            options={"require": list(required), "verify_aud": False, "verify_iss": issuer is not None},
        )
    except _UNREADABLE as error:
        raise Refused(f"the token is not valid: {error}") from error


def text(values: Mapping[str, Any], name: str) -> str:
    """Return a header or claim that must be a text of at least one character.

    Raises:
        Refused: If it is missing or anything else.
    """
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(f"{name} is {value!r:.100}, not a string")
    return value
