"""The form of refresh tokens: they are "encrypted, opaque", and no API or identity pool accepts one.

Source: "Understanding user pool JSON web tokens (JWTs)" (Amazon Cognito developer guide). As in AWS, one has the five
parts of an encrypted token; here they contain a token without an issuer, of a key that no pool publishes.
"""

import base64
from typing import Any, Final

from .emulator_interface import EmulatorInterface, Pool

_HEADER: Final = base64.urlsafe_b64encode(b'{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}').decode().rstrip("=")
_NO_POOL: Final = ""
_PARTS: Final = 5


def seal(emulator: EmulatorInterface, pool: Pool, claims: dict[str, Any]) -> str:
    """Return the refresh token with these claims."""
    signed = emulator.sign({**claims, "pool": pool["Id"], "token_use": "refresh"}, _NO_POOL, "access")
    return f"{_HEADER}.{signed}.-"


def claims_of(emulator: EmulatorInterface, pool: Pool, token: Any) -> dict[str, Any] | None:
    """Return the claims of a refresh token of a pool; None for any other token."""
    parts = token.split(".") if isinstance(token, str) else []
    if len(parts) != _PARTS or parts[0] != _HEADER:
        return None
    claims = emulator.claims(".".join(parts[1:-1]))
    of_pool = claims is not None and (claims.get("token_use"), claims.get("pool")) == ("refresh", pool["Id"])
    return claims if of_pool else None
