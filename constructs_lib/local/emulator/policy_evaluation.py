"""Policy variables and Cognito's condition keys in MiniStack's evaluator.

Stock MiniStack compares `${cognito-identity.amazonaws.com:sub}` as text, so every grant to one's own folder denies.
"""

import dataclasses
import json
from typing import Any, Final

from ministack.core import iam_evaluator
from ministack.services import sts

from .surface import expect_attributes, expect_fields, expect_parameters
from .variables import UNRESOLVED, as_request, substitute

SERVICE: Final = "cognito-identity.amazonaws.com"
_SUBSTITUTES: Final = "2012-10-17"
_OLD: Final = "\x002008"
"""Marks the statements of a policy of an older version, in which variables are plain text."""


def check() -> None:
    """Refuse a MiniStack whose evaluator looks different."""
    expect_parameters(iam_evaluator.resolve_principal, "access_key_id", "account_id", "credential")
    expect_parameters(iam_evaluator.evaluate, "ctx", "policies", "limits")
    expect_parameters(iam_evaluator.parse_policy_document, "doc")
    expect_parameters(iam_evaluator._resolve_condition_key, "key", "ctx")  # noqa: SLF001 - the override's seam
    expect_fields(iam_evaluator.ParsedStatement, "sid", "resources", "not_resources", "conditions")
    expect_fields(iam_evaluator.EvalContext, "resource_arn", "service_context", "principal_keys")
    expect_attributes(sts, "_sessions")


def install() -> None:
    """Override the three functions; MiniStack looks each up at call time."""
    stock_resolve = iam_evaluator.resolve_principal
    stock_evaluate = iam_evaluator.evaluate
    stock_parse = iam_evaluator.parse_policy_document

    def resolve_principal(access_key_id: str, account_id: str, credential: Any = None) -> Any:
        principal = stock_resolve(access_key_id, account_id, credential)
        session = sts._sessions.get(access_key_id) or {}  # noqa: SLF001
        if session.get("_identity_id") and isinstance(principal, iam_evaluator.PrincipalInfo):
            principal.keys.update(identity_keys(session))
        return principal

    def parse_policy_document(doc: Any) -> Any:
        statements = stock_parse(doc)
        parsed = _as_dict(doc)
        if parsed.get("Version") == _SUBSTITUTES or "Version" not in parsed:
            return statements
        return [dataclasses.replace(statement, sid=_OLD + statement.sid) for statement in statements]

    def evaluate(ctx: Any, policies: Any, *limits: Any) -> Any:
        literal = dataclasses.replace(ctx, resource_arn=as_request(ctx.resource_arn))
        return stock_evaluate(literal, _expanded(policies, ctx), *(_expanded(layer, ctx) for layer in limits))

    iam_evaluator.resolve_principal = resolve_principal
    iam_evaluator.parse_policy_document = parse_policy_document
    iam_evaluator.evaluate = evaluate


def identity_keys(session: dict[str, Any]) -> dict[str, Any]:
    """Return the condition keys that describe an identity pool's caller."""
    return {
        f"{SERVICE}:sub": session["_identity_id"],
        f"{SERVICE}:aud": session["_identity_pool_id"],
        f"{SERVICE}:amr": list(session["_cognito_amr"]),
    }


def _as_dict(doc: Any) -> dict[str, Any]:
    if isinstance(doc, str):
        try:
            doc = json.loads(doc)
        except ValueError:
            return {}
    return doc if isinstance(doc, dict) else {}


def _expanded(layer: Any, ctx: Any) -> Any:
    return [[_expand(statement, ctx) for statement in statements] for statements in layer]


def _expand(statement: Any, ctx: Any) -> Any:
    if statement.sid.startswith(_OLD):
        return dataclasses.replace(statement, sid=statement.sid.removeprefix(_OLD))

    def value_of(key: str) -> object:
        return iam_evaluator._resolve_condition_key(key, ctx)  # noqa: SLF001

    def texts(values: Any) -> list[Any]:
        values = values if isinstance(values, list) else [values]
        return [substitute(value, value_of) if isinstance(value, str) else value for value in values]

    conditions = {
        operator: {key: texts(values) for key, values in block.items()} if isinstance(block, dict) else block
        for operator, block in (statement.conditions or {}).items()
    }
    not_resources = texts(statement.not_resources)
    if UNRESOLVED in not_resources and statement.effect == "Allow":
        # NotResource of something unknown would allow everything: an undocumented corner, closed here.
        return dataclasses.replace(statement, resources=[UNRESOLVED], not_resources=[], conditions=conditions)
    return dataclasses.replace(
        statement, resources=texts(statement.resources), not_resources=not_resources, conditions=conditions
    )
