"""`sts:AssumeRoleWithWebIdentity`: the classic flow with an identity pool's token, or a user pool's ID token.

Stock MiniStack checks neither the signature nor the expiry of such a token, so it accepts forged tokens; it accepts a
user pool's access token, and its ID token without an identity provider in IAM; it ignores the session policies
(measured on 1.5.33); and the session does not record the identity. Sources: "AssumeRoleWithWebIdentity" (AWS STS API
reference); "Create an OpenID Connect (OIDC) identity provider in IAM" (IAM user guide).
"""

import contextvars
import time
from typing import Any, Final

from ministack.core.responses import error_response_json
from ministack.services import cognito, iam, sts

from .ministack_interface import expect_attributes, expect_parameters
from .policy_evaluation import SERVICE

_ISSUER: Final = f"https://{SERVICE}"
_USER_POOL: Final = "https://cognito-idp."
_INVALID: Final = "InvalidIdentityToken"
_UNKNOWN: Final = "No OpenIDConnect provider found in your account for "
_session: contextvars.ContextVar[dict[str, Any] | None] = contextvars.ContextVar("web_identity_session", default=None)
"""What the current session records in addition, between the check of its token and its creation."""


def check() -> None:
    """Refuse a MiniStack that checks web identities or keeps sessions elsewhere."""
    expect_parameters(sts._web_identity_trust_denied, "role_arn", "params", "use_json")
    expect_parameters(sts.register_session, "access_key", "session")
    expect_parameters(sts._session_policies, "params", "account_id", "check")
    expect_parameters(sts._error, "status", "code", "message", "ns")
    expect_attributes(sts, "_p")
    expect_attributes(iam, "_oidc_providers")
    expect_attributes(cognito, "_signature_valid", "_token_claims", "_identity_pools")


def install() -> None:
    """Override the check of the token, and the creation of the session."""
    stock_denied, stock_register = sts._web_identity_trust_denied, sts.register_session

    def web_identity_trust_denied(role_arn: str, params: dict[str, Any], use_json: bool) -> Any:  # noqa: FBT001 - as MiniStack calls it
        token, account = sts._p(params, "WebIdentityToken"), role_arn.split(":")[4]
        claims = cognito._token_claims(token)
        _session.set(None)
        if (problem := _problem(token, claims, account)) is not None:
            return _refusal(*problem, use_json=use_json)
        policies, refused = sts._session_policies(params, account)
        if refused is None:
            refused = stock_denied(role_arn, params, use_json)
        if refused is None:
            _session.set({"SessionPolicies": policies if any(policies.values()) else None, **_identity_of(claims)})
        return refused

    def register_session(access_key: str, session: dict[str, Any]) -> None:
        added = _session.get()
        _session.set(None)
        stock_register(access_key, session | (added or {}))

    sts._web_identity_trust_denied = web_identity_trust_denied
    sts.register_session = register_session


def _identity_of(claims: dict[str, Any]) -> dict[str, Any]:
    """Return what the session of an identity pool's token records of the identity."""
    if claims.get("iss") != _ISSUER:
        return {}
    return {
        "_identity_id": claims["sub"],
        "_identity_pool_id": claims["aud"],
        "_cognito_amr": claims["amr"],
        "_cognito_auth_type": "authenticated" if "authenticated" in claims["amr"] else "unauthenticated",
    }


def _problem(token: str, claims: dict[str, Any], account: str) -> tuple[str, str] | None:
    """Return an error's code and message; None for an unexpired token of a provider that the account knows."""
    issuer = str(claims.get("iss"))
    if issuer != _ISSUER and not issuer.startswith(_USER_POOL):
        # Another provider's keys cannot be fetched here, so its tokens are refused.
        return _INVALID, _UNKNOWN + issuer
    if not cognito._signature_valid(token):
        return _INVALID, "The ID Token provided is not a valid JWT."
    if not isinstance(claims.get("exp"), int | float) or claims["exp"] <= time.time():
        return "ExpiredTokenException", "Token must not be in the past."
    return None if issuer == _ISSUER else _problem_of_provider(issuer, claims.get("aud"), account)


def _problem_of_provider(issuer: str, audience: Any, account: str) -> tuple[str, str] | None:
    """Return why the account does not accept a user pool's token; None if a provider in IAM names its client."""
    arn = f"arn:aws:iam::{account}:oidc-provider/{issuer.removeprefix('https://')}"
    provider = iam._oidc_providers.get_scoped(account, None, arn)
    if provider is None:
        return _INVALID, _UNKNOWN + issuer
    if audience is None:
        return _INVALID, "Missing a required claim: aud"
    return None if audience in provider["ClientIDList"] else (_INVALID, "Incorrect token audience")


def _refusal(code: str, message: str, *, use_json: bool) -> Any:
    if use_json:
        return error_response_json(code, message, 400)
    return sts._error(400, code, message, ns="sts")
