"""Classic flow: `sts:AssumeRoleWithWebIdentity` with an identity pool's token.

Stock MiniStack checks neither the signature nor the expiry of such a token, so it accepts forged tokens (measured on
1.5.33), and the session does not record the identity.
"""

import contextvars
import time
from typing import Any, Final

from ministack.core.responses import error_response_json
from ministack.services import cognito, sts

from .ministack_interface import expect_attributes, expect_parameters
from .policy_evaluation import SERVICE

_ISSUER: Final = f"https://{SERVICE}"
_identity: contextvars.ContextVar[dict[str, Any] | None] = contextvars.ContextVar("web_identity", default=None)
"""The claims of the current token, between its check and the creation of its session."""


def check() -> None:
    """Refuse a MiniStack that checks web identities or keeps sessions elsewhere."""
    expect_parameters(sts._web_identity_trust_denied, "role_arn", "params", "use_json")
    expect_parameters(sts.register_session, "access_key", "session")
    expect_parameters(sts._error, "status", "code", "message", "ns")
    expect_attributes(sts, "_p")
    expect_attributes(cognito, "_signature_valid", "_token_claims", "_identity_pools")


def install() -> None:
    """Override the check of the token, and the creation of the session."""
    stock_denied, stock_register = sts._web_identity_trust_denied, sts.register_session

    def web_identity_trust_denied(role_arn: str, params: dict[str, Any], use_json: bool) -> Any:  # noqa: FBT001 - as MiniStack calls it
        token = sts._p(params, "WebIdentityToken")
        claims = cognito._token_claims(token)
        _identity.set(None)
        if (problem := _problem(token, claims)) is not None:
            return _refusal(*problem, use_json=use_json)
        denied = stock_denied(role_arn, params, use_json)
        if denied is None and claims.get("iss") == _ISSUER:
            _identity.set(claims)
        return denied

    def register_session(access_key: str, session: dict[str, Any]) -> None:
        claims = _identity.get()
        if claims is not None:
            _identity.set(None)
            session |= {
                "_identity_id": claims["sub"],
                "_identity_pool_id": claims["aud"],
                "_cognito_amr": claims["amr"],
                "_cognito_auth_type": "authenticated" if "authenticated" in claims["amr"] else "unauthenticated",
            }
        stock_register(access_key, session)

    sts._web_identity_trust_denied = web_identity_trust_denied
    sts.register_session = register_session


def _problem(token: str, claims: dict[str, Any]) -> tuple[str, str] | None:
    """Return an error's code and message; None for an unexpired token signed by a local Cognito pool."""
    issuer = str(claims.get("iss"))
    ours = issuer == _ISSUER or issuer.startswith("https://cognito-idp.")
    if not ours:
        # Another provider's keys cannot be fetched here, so its tokens are refused.
        return "InvalidIdentityToken", "No OpenIDConnect provider found in your account for " + issuer
    if not cognito._signature_valid(token):
        return "InvalidIdentityToken", "The ID Token provided is not a valid JWT."
    if not isinstance(claims.get("exp"), int | float) or claims["exp"] <= time.time():
        return "ExpiredTokenException", "Token must not be in the past."
    return None


def _refusal(code: str, message: str, *, use_json: bool) -> Any:
    if use_json:
        return error_response_json(code, message, 400)
    return sts._error(400, code, message, ns="sts")
