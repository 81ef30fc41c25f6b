"""Policy variables, Cognito's condition keys and `aws:PrincipalArn` in MiniStack's evaluator.

Stock MiniStack compares `${cognito-identity.amazonaws.com:sub}` as text, so every grant to an own folder fails; and its
`aws:PrincipalArn` of a session is the session's ARN instead of its role's ("AWS global condition context keys", IAM
user guide), so that a Deny for a role refuses nothing (measured on 1.5.33).
"""

import contextvars
import dataclasses
import json
from collections.abc import Callable
from typing import Any, Final

from ministack.core import iam_evaluator
from ministack.services import iam, sts

from .ministack_interface import expect_fields, expect_keys, expect_parameters
from .variables import CURRENT_VERSION, UNRESOLVED, literal, substitute, wildcard_pattern, without_variables

SERVICE: Final = "cognito-identity.amazonaws.com"
_OF_EVERY_CALLER: Final = {"aws:principalisawsservice": "false", "aws:viaawsservice": "false"}
"""The keys that every request of a user or role has ("AWS global condition context keys", IAM user guide)."""
_EXACT: Final = (
    "stringequals", "stringnotequals", "stringequalsignorecase", "stringnotequalsignorecase", "binaryequals",
)  # fmt: skip
"""The operators whose values have no wildcards."""

_enclosing_version: contextvars.ContextVar[Any] = contextvars.ContextVar("enclosing_version", default=None)
"""The version of a resource policy, which MiniStack drops when it passes the statements on."""


def check() -> None:
    """Refuse a MiniStack whose evaluator has another interface."""
    expect_parameters(iam_evaluator.resolve_principal, "access_key_id", "account_id", "credential")
    expect_parameters(iam_evaluator.evaluate, "ctx", "policies", "limits")
    expect_parameters(iam_evaluator.parse_policy_document, "doc")
    expect_parameters(
        iam_evaluator.evaluate_resource_policy, "doc", "ctx", "service", "named_only", "direct_only",
    )  # fmt: skip
    expect_parameters(iam_evaluator.evaluate_trust_policy, "trust_doc", "caller_arn", "ctx")
    expect_parameters(iam_evaluator._resolve_condition_key, "key", "ctx")  # the override's seams
    expect_parameters(iam_evaluator._conditions_met, "conditions", "ctx")
    expect_parameters(iam_evaluator._fnmatch_compile, "pattern", "ignore_case")
    expect_keys(iam_evaluator._CONDITION_OPS, "MiniStack's condition operators", *_EXACT)
    expect_fields(iam_evaluator.ParsedStatement, "effect", "resources", "not_resources", "conditions")
    expect_fields(iam_evaluator.EvalContext, "resource_arn", "service_context", "principal_keys")
    expect_fields(iam_evaluator.PrincipalInfo, "keys")
    expect_keys(vars(sts), "ministack.services.sts", "_sessions")
    expect_keys(vars(iam), "ministack.services.iam", "_roles")


def install() -> None:
    """Override the evaluator's functions; MiniStack looks each up at call time."""
    _describe_identities()
    _read_versions()
    _expand_resources()
    _expand_conditions()
    iam_evaluator._fnmatch_compile = wildcard_pattern


def identity_keys(session: dict[str, Any]) -> dict[str, Any]:
    """Return the condition keys that describe an identity pool's caller."""
    return {
        f"{SERVICE}:sub": session["_identity_id"],
        f"{SERVICE}:aud": session["_identity_pool_id"],
        f"{SERVICE}:amr": list(session["_cognito_amr"]),
        "aws:federatedprovider": SERVICE,
    }


def _describe_identities() -> None:
    stock = iam_evaluator.resolve_principal

    def resolve_principal(access_key_id: str, account_id: str, credential: Any = None) -> Any:
        principal = stock(access_key_id, account_id, credential)
        session = sts._sessions.get(access_key_id) or {}
        if isinstance(principal, iam_evaluator.PrincipalInfo):
            principal.keys.update(_OF_EVERY_CALLER)
            if session.get("_identity_id"):
                principal.keys.update(identity_keys(session))
        return principal

    iam_evaluator.resolve_principal = resolve_principal


def _read_versions() -> None:
    """Resolve variables in policies of the current version only."""
    stock_parse = iam_evaluator.parse_policy_document
    stock_resource, stock_trust = iam_evaluator.evaluate_resource_policy, iam_evaluator.evaluate_trust_policy

    def parse_policy_document(doc: Any) -> Any:
        parsed = _as_dict(doc)
        version = parsed.get("Version") or _enclosing_version.get()
        return stock_parse(parsed if version == CURRENT_VERSION else without_variables(parsed))

    def evaluate_resource_policy(doc: Any, *args: Any, **kwargs: Any) -> Any:
        token = _enclosing_version.set(_as_dict(doc).get("Version"))
        try:
            return stock_resource(doc, *args, **kwargs)
        finally:
            _enclosing_version.reset(token)

    def evaluate_trust_policy(trust_doc: Any, caller_arn: str, ctx: Any = None) -> Any:
        parsed = _as_dict(trust_doc)
        document = parsed if parsed.get("Version") == CURRENT_VERSION else without_variables(parsed)
        return stock_trust(document, caller_arn, ctx)

    iam_evaluator.parse_policy_document = parse_policy_document
    iam_evaluator.evaluate_resource_policy = evaluate_resource_policy
    iam_evaluator.evaluate_trust_policy = evaluate_trust_policy


def _expand_resources() -> None:
    stock = iam_evaluator.evaluate

    def evaluate(ctx: Any, policies: Any, *limits: Any) -> Any:
        def expanded(layer: Any) -> Any:
            return [[_with_resources(statement, ctx) for statement in statements] for statements in layer]

        exact = dataclasses.replace(ctx, resource_arn=literal(ctx.resource_arn))
        return stock(exact, expanded(policies), *(expanded(layer) for layer in limits))

    iam_evaluator.evaluate = evaluate


def _with_resources(statement: Any, ctx: Any) -> Any:
    resources = _texts(statement.resources, ctx)
    not_resources = _texts(statement.not_resources, ctx)
    if statement.effect == "Allow" and (UNRESOLVED in not_resources or _negates_unknown(statement.conditions, ctx)):
        # A negated comparison with an unknown value would allow everything: undocumented, and denied here.
        resources, not_resources = [UNRESOLVED], []
    return dataclasses.replace(statement, resources=resources, not_resources=not_resources)


def _negates_unknown(conditions: Any, ctx: Any) -> bool:
    return any(
        UNRESOLVED in _texts(values, ctx)
        for operator, block in (conditions or {}).items()
        if "not" in operator.lower() and isinstance(block, dict)
        for values in block.values()
    )


def _expand_conditions() -> None:
    stock_key, stock_met = iam_evaluator._resolve_condition_key, iam_evaluator._conditions_met

    def resolve_condition_key(key: str, ctx: Any) -> Any:
        found = stock_key(key, ctx)
        return literal(_arn_of_role(found) if key.lower() == "aws:principalarn" else found)

    def conditions_met(conditions: Any, ctx: Any) -> Any:
        expanded = {
            operator: {key: _texts(values, ctx) for key, values in block.items()} if isinstance(block, dict) else block
            for operator, block in (conditions or {}).items()
        }
        return stock_met(expanded, ctx)

    iam_evaluator._resolve_condition_key = resolve_condition_key
    iam_evaluator._conditions_met = conditions_met
    for name in _EXACT:
        iam_evaluator._CONDITION_OPS[name] = _exact(iam_evaluator._CONDITION_OPS[name])


def _arn_of_role(principal: Any) -> Any:
    """Return the ARN of a session's role, with its path; other principals as they are."""
    start, session, rest = str(principal).partition(":assumed-role/")
    if not session:
        return principal
    account, name = start.rsplit(":", 1)[-1], rest.partition("/")[0]
    role = iam._roles.get_scoped(account, None, name) or {}
    return role.get("Arn", f"{start.replace(':sts:', ':iam:')}:role/{name}")


def _exact(stock: Callable[[str, str], bool]) -> Callable[[str, str], bool]:
    def compare(actual: str, expected: str) -> bool:
        return stock(actual, literal(expected))

    return compare


def _texts(values: Any, ctx: Any) -> list[Any]:
    def value_of(key: str) -> object:
        return iam_evaluator._resolve_condition_key(key, ctx)

    values = values if isinstance(values, list) else [values]
    return [substitute(value, value_of) if isinstance(value, str) else value for value in values]


def _as_dict(doc: Any) -> dict[str, Any]:
    if isinstance(doc, str):
        try:
            doc = json.loads(doc)
        except ValueError:
            return {}
    return doc if isinstance(doc, dict) else {}
