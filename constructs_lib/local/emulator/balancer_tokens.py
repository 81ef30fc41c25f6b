"""Token checks of a load balancer's `jwt-validation`: "Verify JWTs using an Application Load Balancer".

Only RS256; `exp` and `iss` are required, `nbf` and `iat` are checked if present, and each additional claim must have
one of the values that the rule names (`JwtValidationActionAdditionalClaim`, Elastic Load Balancing API reference).
Pure.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

_BEARER: Final = re.compile(r"bearer +([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)", re.IGNORECASE)


def is_valid(
    authorization: str,
    *,
    issuer: str,
    keys: Sequence[Mapping[str, str]],
    claims: Sequence[Mapping[str, Any]],
    now: float,
) -> bool:
    """Return whether a request's `Authorization` header has a token that a rule accepts.

    The header is empty if there is none; `now` is in seconds since 1970.
    """
    found = _BEARER.fullmatch(authorization.strip(" "))
    if found is None:
        return False
    try:
        header, payload = (json.loads(_decoded(found[number])) for number in (1, 2))
        key = next(each for each in keys if each["kid"] == header["kid"])
        signed = f"{found[1]}.{found[2]}".encode()
        numbers = RSAPublicNumbers(*(int.from_bytes(_decoded(key[name])) for name in ("e", "n")))
        numbers.public_key().verify(_decoded(found[3]), signed, PKCS1v15(), SHA256())
        return header["alg"] == "RS256" and _holds(payload, issuer, claims, now)
    except (InvalidSignature, StopIteration, ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return False


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error


def _holds(payload: Mapping[str, Any], issuer: str, claims: Sequence[Mapping[str, Any]], now: float) -> bool:
    in_time = payload["exp"] > now and all(payload.get(name, now) <= now for name in ("nbf", "iat"))
    return bool(in_time and payload["iss"] == issuer and all(_has(payload, claim) for claim in claims))


def _has(payload: Mapping[str, Any], claim: Mapping[str, Any]) -> bool:
    """Return whether a claim has a value of the rule; a claim in an undocumented format never matches."""
    value, accepted = payload[claim["Name"]], set(claim["Values"])
    match claim["Format"]:
        case "single-string":
            return isinstance(value, str) and value in accepted
        case "space-separated-values":
            return isinstance(value, str) and not accepted.isdisjoint(value.split(" "))
        case "string-array":
            return isinstance(value, list) and not accepted.isdisjoint(value)
    return False
