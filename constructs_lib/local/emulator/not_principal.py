"""`NotPrincipal` of a resource policy's Deny: it refuses everybody but the principals that it names.

Source: "NotPrincipal" (IAM user guide): the account of an excepted user or role must be named, too. Stock MiniStack
ignores such statements (measured on 1.5.33).
"""

import json
from typing import Any

from ministack.core import iam_evaluator

from .ministack_interface import expect_fields, expect_parameters


def check() -> None:
    """Refuse a MiniStack that evaluates resource policies elsewhere."""
    expect_parameters(
        iam_evaluator.evaluate_resource_policy, "doc", "ctx", "service", "named_only", "direct_only",
    )  # fmt: skip
    expect_parameters(iam_evaluator._names_caller, "principal", "caller_arn")
    expect_parameters(iam_evaluator._service_principal_matches, "principal", "service")
    expect_fields(iam_evaluator.EvalContext, "principal_arn", "principal_account")


def install() -> None:
    """Override the evaluation; MiniStack looks it up at call time."""
    stock = iam_evaluator.evaluate_resource_policy

    def evaluate_resource_policy(doc: Any, ctx: Any, service: str | None = None, *args: Any, **options: Any) -> Any:
        return stock(_without_exceptions(doc, ctx, service), ctx, service, *args, **options)

    iam_evaluator.evaluate_resource_policy = evaluate_resource_policy


def _without_exceptions(doc: Any, ctx: Any, service: str | None) -> Any:
    """Return the policy with each `NotPrincipal` as the `Principal` that it means for this caller."""
    try:
        policy = json.loads(doc) if isinstance(doc, str) else doc
    except ValueError:
        return doc
    if not isinstance(policy, dict):
        return doc
    statements = policy.get("Statement")
    statements = statements if isinstance(statements, list) else [statements]
    found = [_meant(each, ctx, service) for each in statements]
    return {**policy, "Statement": [each for each in found if each is not None]}


def _meant(statement: Any, ctx: Any, service: str | None) -> Any | None:
    if not isinstance(statement, dict) or "NotPrincipal" not in statement or statement.get("Effect") != "Deny":
        return statement
    excepted = statement["NotPrincipal"]
    if _is_excepted(excepted, ctx) or (service and iam_evaluator._service_principal_matches(excepted, service)):
        return None
    return {key: value for key, value in statement.items() if key != "NotPrincipal"} | {"Principal": "*"}


def _is_excepted(excepted: Any, ctx: Any) -> bool:
    if excepted == "*":
        return True
    named = excepted.get("AWS", []) if isinstance(excepted, dict) else []
    named = [named] if isinstance(named, str) else named
    accounts = {ctx.principal_account, f"arn:aws:iam::{ctx.principal_account}:root"}
    return "*" in named or (
        not accounts.isdisjoint(named) and iam_evaluator._names_caller({"AWS": named}, ctx.principal_arn)
    )
