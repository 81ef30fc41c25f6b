"""Identity pool credentials: disabled guests, logins, trust policies, role mappings, principal tags, guest scope.

Stock MiniStack issues credentials to guests of a pool with guests disabled, to unknown identities, for any text as the
token of a social, OIDC, SAML or developer provider, and for roles whose trust policy refuses the pool; it ignores role
mappings and principal tags (measured on 1.5.33).
"""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from ministack.core import iam_evaluator
from ministack.core.responses import error_response_json, get_account_id, get_region
from ministack.services import cognito, iam, sts

from .guest_scope import GUEST_SESSION_POLICY
from .ministack_interface import expect_attributes, expect_fields, expect_parameters
from .policy_evaluation import SERVICE, identity_keys
from .principal_tags import RefusedTagsError, tags_of
from .role_choice import NO_ROLE, choose_role

Call: TypeAlias = Callable[[dict[str, Any]], Any]
"""Handler of an API call in MiniStack."""

_ASSUME = "sts:AssumeRoleWithWebIdentity"
_USER_POOL = "cognito-idp."
"""The start of the names of the providers whose keys are here, so that their tokens can be checked."""
_UNCHECKED = "Invalid login token. The local cloud checks tokens of user pools only, not those of '{}'."
_GUESTS_OFF = "Unauthenticated access is not supported for this identity pool."


def check() -> None:
    """Refuse a MiniStack that keeps or handles identity pools elsewhere."""
    for function in (cognito._get_id, cognito._get_credentials_for_identity, cognito._get_open_id_token):
        expect_parameters(function, "data")
    expect_parameters(cognito._identity_logins_error, "pool", "identity_id", "logins")
    expect_attributes(cognito, "_identity_pools", "_token_claims", "_revoked_tokens")
    expect_attributes(sts, "_sessions")
    expect_attributes(iam, "_roles")
    expect_fields(iam_evaluator.EvalContext, "request_tags", "tag_keys", "service_context")
    expect_parameters(iam_evaluator.evaluate_trust_policy, "trust_doc", "caller_arn", "ctx")


def install() -> None:
    """Override the check of logins, and the three calls through which a client gets credentials."""
    cognito._identity_logins_error = _checked_logins(cognito._identity_logins_error)
    cognito._get_id = _guarded_get_id(cognito._get_id)
    cognito._get_open_id_token = _guarded_open_id_token(cognito._get_open_id_token)
    cognito._get_credentials_for_identity = _bound_credentials(cognito._get_credentials_for_identity)


def _checked_logins(stock: Callable[..., Any]) -> Callable[..., Any]:
    def logins_error(pool: dict[str, Any], identity_id: str | None, logins: dict[str, str]) -> Any:
        if refused := stock(pool, identity_id, logins):
            return refused
        unchecked = next((name for name in logins if not name.startswith(_USER_POOL)), None)
        return None if unchecked is None else _not_authorized(_UNCHECKED.format(unchecked))

    return logins_error


def _guarded_get_id(stock: Call) -> Call:
    def get_id(data: dict[str, Any]) -> Any:
        pool = cognito._identity_pools.get(data.get("IdentityPoolId"))
        if pool and not data.get("Logins") and not pool.get("AllowUnauthenticatedIdentities"):
            return _not_authorized(_GUESTS_OFF)
        return stock(data)

    return get_id


def _guarded_open_id_token(stock: Call) -> Call:
    def get_open_id_token(data: dict[str, Any]) -> Any:
        pool = _pool_of(data.get("IdentityId"))
        if pool is None:
            return stock(data)
        if not pool.get("AllowClassicFlow"):
            return error_response_json(
                "InvalidParameterException", "Basic (classic) flow is not enabled, please use enhanced flow.", 400
            )
        problem = _problem(pool, data.get("Logins") or {})
        return stock(data) if problem is None else _not_authorized(problem)

    return get_open_id_token


def _bound_credentials(stock: Call) -> Call:
    def get_credentials(data: dict[str, Any]) -> Any:
        identity = data.get("IdentityId")
        pool = _pool_of(identity)
        if pool is None:
            return error_response_json("ResourceNotFoundException", f"Identity '{identity}' not found.", 400)
        logins = data.get("Logins") or {}
        if (problem := _problem(pool, logins)) is not None:
            return _not_authorized(problem)
        # Validates the tokens, issues credentials, and registers the session.
        answer = stock(data)
        if answer[0] != 200:  # noqa: PLR2004 - HTTP's OK
            return answer
        key = json.loads(answer[2])["Credentials"]["AccessKeyId"]
        refusal = _bind_role(pool, logins, data.get("CustomRoleArn"), sts._sessions[key])
        if refusal is not None:
            del sts._sessions[key]
            return refusal
        return answer

    return get_credentials


def _pool_of(identity: Any) -> dict[str, Any] | None:
    for pool in cognito._identity_pools.values():
        if identity in pool.get("_identities", {}):
            found: dict[str, Any] = pool
            return found
    return None


def _problem(pool: dict[str, Any], logins: dict[str, str]) -> str | None:
    if not logins and not pool.get("AllowUnauthenticatedIdentities"):
        return _GUESTS_OFF
    return "Invalid login token. The token has been revoked." if _ended(pool, logins) else None


def _ended(pool: dict[str, Any], logins: dict[str, str]) -> bool:
    """Return whether a user pool with ServerSideTokenCheck reports that the session has ended."""
    names = {
        entry.get("ProviderName")
        for entry in pool.get("CognitoIdentityProviders") or []
        if str(entry.get("ServerSideTokenCheck")).lower() == "true"
    }
    claims = [cognito._token_claims(token) or {} for name, token in logins.items() if name in names]
    return any(claim.get("origin_jti") in cognito._revoked_tokens for claim in claims)


def _bind_role(
    pool: dict[str, Any], logins: dict[str, str], custom_role: str | None, session: dict[str, Any]
) -> Any | None:
    """Assign the session its role, tags and scope; return the refusal if there is one."""
    provider, token = next(iter(logins.items()), (None, ""))
    claims = (cognito._token_claims(token) if token else None) or {}
    choice = choose_role(
        roles=pool.get("_roles", {}),
        mappings=pool.get("_role_mappings") or {},
        provider=provider,
        claims=claims,
        custom_role=custom_role,
    )
    if choice.error:
        return error_response_json(choice.error, choice.message, 400)
    name = choice.role_arn.rsplit("/", 1)[-1]
    try:
        tags = tags_of((pool.get("_principal_tags") or {}).get(provider), claims)
    except RefusedTagsError:
        return error_response_json("InvalidIdentityPoolConfigurationException", NO_ROLE, 400)
    if not _trusted(name, session, tags):
        return error_response_json("InvalidIdentityPoolConfigurationException", NO_ROLE, 400)
    session["Arn"] = f"arn:aws:sts::{get_account_id()}:assumed-role/{name}/CognitoIdentityCredentials"
    session["SessionTags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
    if provider is None:
        session["SessionPolicies"] = {"Policy": json.dumps(GUEST_SESSION_POLICY)}
    return None


def _trusted(role_name: str, session: dict[str, Any], tags: dict[str, str]) -> bool:
    role = iam._roles.get_scoped(get_account_id(), None, role_name) or {}
    document = role.get("AssumeRolePolicyDocument") or {}
    parsed = json.loads(document) if isinstance(document, str) else document
    context = iam_evaluator.EvalContext(
        principal_arn=SERVICE,
        principal_type="FederatedUser",
        principal_account="",
        action=_ASSUME,
        resource_arn="*",
        region=get_region(),
        request_tags=tags,
        tag_keys=list(tags),
        service_context=identity_keys(session),
    )
    actions = [_ASSUME, "sts:TagSession"] if tags else [_ASSUME]
    return all(_trust_allows(parsed, action, context) for action in actions)


def _trust_allows(document: dict[str, Any], action: str, context: Any) -> bool:
    # MiniStack evaluates federated principals for AssumeRoleWithWebIdentity only: TagSession is checked under it.
    statements = document.get("Statement", [])
    statements = statements if isinstance(statements, list) else [statements]
    matching = [_as_assume(statement) for statement in statements if _names(statement, action)]
    return bool(iam_evaluator.evaluate_trust_policy({**document, "Statement": matching}, SERVICE, context))


def _names(statement: dict[str, Any], action: str) -> bool:
    patterns = statement.get("Action") or statement.get("NotAction") or []
    patterns = [patterns] if isinstance(patterns, str) else patterns
    found = any(iam_evaluator.fnmatch_iam(action, pattern) for pattern in patterns)
    return found if "Action" in statement else not found


def _as_assume(statement: dict[str, Any]) -> dict[str, Any]:
    return {**{key: value for key, value in statement.items() if key != "NotAction"}, "Action": [_ASSUME]}


def _not_authorized(message: str) -> Any:
    return error_response_json("NotAuthorizedException", message, 400)
