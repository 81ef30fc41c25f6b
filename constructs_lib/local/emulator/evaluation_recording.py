"""Recording of the evaluator's checks and results for the current request, for the request log.

An API's route with a token authorizer records its accepted values and the token's claims, without the signature.
"""

import contextvars
from typing import Any, Final

from ministack.core import iam_evaluator
from ministack.services import apigateway, apigateway_v1

from . import request_notes
from .ministack_interface import expect_fields, expect_parameters
from .variables import LITERALS

_GLOBAL: Final = (
    "aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType", "aws:CurrentTime", "aws:EpochTime",
    "aws:RequestedRegion", "aws:SecureTransport", "aws:SourceIp", "aws:ResourceAccount",
)  # fmt: skip
"""Condition keys that the evaluator sets for every request."""
_VARIABLE_OF: Final = {written: variable for variable, written in LITERALS.items()}
_context: contextvars.ContextVar[Any] = contextvars.ContextVar("evaluated_context", default=None)


def check() -> None:
    """Refuse a MiniStack that calls the evaluator differently."""
    expect_parameters(
        iam_evaluator.enforce, "access_key_id", "iam_action", "service", "region", "resource_arn", "service_context",
    )  # fmt: skip
    expect_parameters(iam_evaluator.check_credentials, "access_key_id", "service")
    expect_parameters(iam_evaluator.evaluate, "ctx", "policies", "limits")
    expect_parameters(iam_evaluator._resolve_condition_key, "key", "ctx")  # the override's seams
    expect_fields(iam_evaluator.EvalContext, "action", "resource_arn", "service_context", "principal_keys")
    expect_parameters(apigateway._validate_jwt_authorizer, "route", "authorizer", "headers", "query_params")
    expect_parameters(
        apigateway_v1._validate_cognito_authorizer,
        "authorizer", "method_obj", "headers", "query_params", "stage",
    )  # fmt: skip


def install() -> None:
    """Wrap the evaluator and the routes' authorizers; MiniStack looks each up at call time."""
    _note_checks()
    _note_tokens()


def _note_checks() -> None:
    stock_evaluate, stock_enforce = iam_evaluator.evaluate, iam_evaluator.enforce

    def evaluate(ctx: Any, policies: Any, *limits: Any) -> Any:
        if _context.get() is None:
            _context.set(ctx)
        return stock_evaluate(ctx, policies, *limits)

    def enforce(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        notes, token = request_notes.current(), _context.set(None)
        try:
            result = stock_enforce(access_key_id, iam_action, service, region, resource_arn, service_context)
            if notes is not None:
                notes.checks.append(_check(iam_action, resource_arn, _context.get(), result))
            return result
        finally:
            _context.reset(token)

    stock_credentials = iam_evaluator.check_credentials

    def check_credentials(access_key_id: str, service: str | None = None) -> Any:
        failure, notes = stock_credentials(access_key_id, service), request_notes.current()
        if failure is not None and notes is not None:
            notes.checks.append(_check("", "", None, failure))
        return failure

    iam_evaluator.evaluate, iam_evaluator.enforce = evaluate, enforce
    iam_evaluator.check_credentials = check_credentials


def _check(action: str, resource: str, ctx: Any, result: Any) -> dict[str, Any]:
    """Return a check with its result; without a principal, no identity policies were evaluated."""
    decision = "Allow" if result is None else getattr(result, "decision", "") or getattr(result, "code", "Refused")
    return {
        "action": action,
        "resource": resource,
        "principal": "" if ctx is None else ctx.principal_arn,
        "context": {} if ctx is None else _keys(ctx),
        "decision": decision,
    }


def _keys(ctx: Any) -> dict[str, Any]:
    found = {}
    for key in (*_GLOBAL, *ctx.service_context, *ctx.principal_keys):
        value = iam_evaluator._resolve_condition_key(key, ctx)
        if value is not None:
            found[key.lower()] = [_plain(each) for each in value] if isinstance(value, list | tuple) else _plain(value)
    return found


def _plain(value: Any) -> str:
    """Return a value as in the request: the evaluator escapes its stars and dollar signs."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return "".join(_VARIABLE_OF.get(each, each) for each in text)


def _note_tokens() -> None:
    stock_http, stock_rest = apigateway._validate_jwt_authorizer, apigateway_v1._validate_cognito_authorizer

    async def validate_http(route: Any, authorizer: Any, headers: Any, query_params: Any) -> Any:
        configuration = authorizer.get("jwtConfiguration") or {}
        _note_token(
            apigateway._extract_token_from_identity_source(authorizer.get("identitySource", []), headers, query_params),
            issuers=[configuration.get("issuer") or configuration.get("Issuer") or ""],
            clients=configuration.get("audience") or configuration.get("Audience") or [],
            scopes=route.get("authorizationScopes") or [],
        )
        return await stock_http(route, authorizer, headers, query_params)

    async def validate_rest(authorizer: Any, method_obj: Any, headers: Any, query_params: Any, stage: Any) -> Any:
        scopes = method_obj.get("authorizationScopes") or []
        _note_token(
            apigateway_v1._cognito_token_from_request(authorizer, headers, query_params, stage),
            issuers=apigateway_v1._cognito_pool_issuers(authorizer),
            clients=[],
            scopes=scopes,
            # "Integrate a REST API with a user pool": without scopes, only ID tokens are accepted.
            use="access" if scopes else "id",
        )
        return await stock_rest(authorizer, method_obj, headers, query_params, stage)

    apigateway._validate_jwt_authorizer = validate_http
    apigateway_v1._validate_cognito_authorizer = validate_rest


def _note_token(token: Any, **accepts: Any) -> None:
    notes = request_notes.current()
    if notes is not None:
        notes.token = {"accepts": accepts, "has": request_notes.claims_of(str(token or ""))}
