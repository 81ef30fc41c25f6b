"""Caller identities of Event APIs in the form that handlers receive, from credentials or from a token.

Source: "AWS AppSync Event API context reference" (AWS AppSync Events developer guide).
"""

import re
import time
from collections.abc import Mapping
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import cognito, sts

_BEARER = "Bearer "


class RefusedError(ValueError):
    """The caller is not authorized."""


def by_signature(access_key: str) -> dict[str, Any]:
    """Return the identity of a caller with a valid signature, by its access key.

    Raises:
        RefusedError: If the access key is unknown.
    """
    caller = iam_evaluator.resolve_caller_identity(access_key)
    if caller is None:
        raise RefusedError("You are not authorized to make this call.")
    session = sts._sessions.get(access_key) or {}
    return {
        "accountId": caller["accountId"],
        "cognitoIdentityId": session.get("_identity_id"),
        "cognitoIdentityPoolId": session.get("_identity_pool_id"),
        "cognitoIdentityAuthType": session.get("_cognito_auth_type"),
        "sourceIp": ["127.0.0.1"],
        "userArn": caller["userArn"],
        "username": caller["userId"],
    }


def by_token(authorization: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the identity of a caller with a token of a user pool of the API's `eventConfig`.

    Raises:
        RefusedError: For a token of another pool or client, one with an invalid signature, or an expired one.
    """
    token = authorization.removeprefix(_BEARER)
    claims = cognito._token_claims(token)
    expires = claims.get("exp")
    good = isinstance(expires, int | float) and expires > time.time() and claims.get("token_use") in {"id", "access"}
    # The signature is checked last, because it is the only expensive check.
    if not good or not any(_is_of(claims, each) for each in _pools(config)) or not cognito._signature_valid(token):
        raise RefusedError("Unauthorized")
    return {
        "sub": claims.get("sub"),
        "issuer": claims.get("iss"),
        "username": claims.get("cognito:username") or claims.get("username"),
        "groups": claims.get("cognito:groups"),
        "claims": claims,
        "defaultAuthStrategy": "ALLOW",
        "sourceIp": ["127.0.0.1"],
    }


def _pools(config: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each["cognitoConfig"] for each in config.get("authProviders") or () if each.get("cognitoConfig")]


def _is_of(claims: Mapping[str, Any], pool: Mapping[str, Any]) -> bool:
    """Return whether a token's claims name a pool and a client that the API accepts."""
    client_pattern = pool.get("appIdClientRegex")
    client = str(claims.get("aud") or claims.get("client_id") or "")
    issuer = str(claims.get("iss", "")).rpartition("/")[2]
    return issuer == pool.get("userPoolId") and (
        not client_pattern or re.search(str(client_pattern), client) is not None
    )
