"""One request, one verdict: IAM's evaluation of concrete requests, written for clarity.

Source: "Policy evaluation logic" and "IAM JSON policy elements" (IAM user guide). Every
counterexample of the symbolic engines is replayed here. Other modules use only `evaluate` and `applies`, so that a
mistake in the engines' matching is not repeated here.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.comparisons import (
    COMPARED,
    LITERALS,
    compare,
    is_arn_operator,
    is_whole_arn,
    matches,
)
from constructs_lib.analysis.iam.requests import Verdict
from constructs_lib.analysis.template.atoms import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.analysis.iam.policies import Condition, Policy, Statement
    from constructs_lib.analysis.iam.requests import Request, Value

_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
_SEGMENTS: Final = re.compile(r"(?:⟦.*?⟧|[^/⟦])+")
"""The segments of an ARN between slashes; a slash in the name of an unknown value separates none."""


def evaluate(
    request: Request,
    *,
    identity: Sequence[Policy],
    resource: Policy | None = None,
    limits: Sequence[Policy] = (),
) -> Verdict:
    """Decide a request of a caller in the resource's own account.

    A Deny in any policy wins. An Allow of the identity policies is limited by the permissions boundary and the session
    policy. Within one account, an Allow of the resource policy that names the caller's session, role or
    everyone is enough; if it names the session or everyone, boundary and session policy do not limit it ("Policy
    evaluation logic").

    Args:
        request: The request.
        identity: The caller's identity policies; empty for a caller without credentials.
        resource: The resource policy; if it decides alone, no other policy applies.
        limits: Policies that must also allow: the permissions boundary and the session policy. Empty: none.
    """
    resource_statements = _statements_for(resource, request) if resource else []
    if resource and resource.alone:
        identity, limits = (), ()
    identity_statements = [statement for policy in identity for statement in policy.statements]
    limiting = [statement for limit in limits for statement in limit.statements]
    everything = [*identity_statements, *resource_statements, *limiting]
    denying = tuple(each for each in everything if not each.allow and applies(each, request))
    if denying:
        return Verdict(allowed=False, because=denying)
    within = all(any(each.allow and applies(each, request) for each in limit.statements) for limit in limits)
    own = tuple(each for each in identity_statements if each.allow and applies(each, request))
    given = tuple(each for each in resource_statements if each.allow and applies(each, request))
    if own and within:
        return Verdict(allowed=True, because=own)
    if given and (within or any(_is_unbound(each, request.principal) for each in given)):
        return Verdict(allowed=True, because=given)
    return Verdict(allowed=False)


def applies(statement: Statement, request: Request) -> bool:
    """Return whether a statement applies to a request: its action, resource and all conditions match."""
    return (
        _actions_match(statement, request.action)
        and _resources_match(statement, request)
        and all(
            condition_holds(condition, request.context, variables=statement.variables, allow=statement.allow)
            for condition in statement.conditions
        )
    )


def _statements_for(policy: Policy, request: Request) -> list[Statement]:
    return [statement for statement in policy.statements if _applies_to_principal(statement, request.principal)]


def _applies_to_principal(statement: Statement, principal: str) -> bool:
    """Return whether a resource policy's statement applies to a caller (an assumed role's session, or no principal)."""
    named = any(_principal_matches(kind, value, principal, statement) for kind, value in statement.principals)
    return named != statement.not_principals


def _is_unbound(statement: Statement, principal: str) -> bool:
    """Return whether an Allow that applies to a caller is not limited by boundary and session policy."""
    return not principal or not any(
        kind == "AWS" and value != "*" and ":assumed-role/" not in value for kind, value in statement.principals
    )


def _principal_matches(kind: str, value: str, principal: str, statement: Statement) -> bool:
    if (kind, value) == ("*", "*"):
        return True
    if not principal:
        return False
    if kind == "Federated":
        # Sessions of identity pools are federated: an Allow applies to them, a Deny is not relied on.
        return statement.allow != statement.not_principals and "cognito-identity" in value
    if kind != "AWS":
        return False
    if value in {f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT}:
        # The account principal delegates to identity policies: an Allow grants nothing, a Deny applies to everyone.
        return not statement.allow
    # Where all but the named are allowed, a session or a role of another account or path is not the caller.
    exactly = statement.allow and statement.not_principals
    return value in {principal, "*"} or (not exactly and _may_be_of_role(value, _SEGMENTS.findall(principal)[-1]))


def _may_be_of_role(value: str, name: str) -> bool:
    """Return whether a principal may be a role of some name, with any account and path, or one of its sessions."""
    return (
        value.endswith(f":assumed-role/{name}")
        or f":assumed-role/{name}/" in value
        or (":role/" in value and value.endswith(f"/{name}"))
    )


def _actions_match(statement: Statement, action: str) -> bool:
    if statement.not_actions:
        return not _names(statement.not_actions, action)
    return _names(statement.actions, action)


@functools.lru_cache(maxsize=65536)
def _names(patterns: tuple[str, ...], action: str) -> bool:
    """Whether one of the patterns matches an action; cached, because statements share few lists of actions."""
    return any(matches(pattern, action, ignore_case=True) for pattern in patterns)


def _resources_match(statement: Statement, request: Request) -> bool:
    if statement.not_resources:
        expanded = [
            expand(pattern, request.context, variables=statement.variables) for pattern in statement.not_resources
        ]
        # A variable without a value in NotResource is not documented: this takes the reading that allows more.
        if not statement.allow and None in expanded:
            return False
        return not any(pattern is not None and matches(pattern, request.resource) for pattern in expanded)
    if not statement.resources:
        return True
    expanded = [expand(pattern, request.context, variables=statement.variables) for pattern in statement.resources]
    return any(pattern is not None and matches(pattern, request.resource) for pattern in expanded)


def expand(pattern: str, context: Mapping[str, Value], *, variables: bool) -> str | None:
    """Replace the variables of a pattern; None if one has no single value. Stars in a value are not wildcards."""
    if not variables or "${" not in pattern:
        return pattern
    missing = False

    def replace(match: re.Match[str]) -> str:
        nonlocal missing
        body = match.group(1)
        if body in LITERALS:
            return LITERALS[body]
        key, comma, default = body.partition(",")
        value = context.get(key.strip().lower())
        if not isinstance(value, str) and comma:
            value = default.strip().strip("'")
        if not isinstance(value, str):
            missing = True
            return ""
        return value.replace("*", LITERALS["*"]).replace("?", LITERALS["?"])

    expanded = _VARIABLE.sub(replace, pattern)
    return None if missing else expanded


def condition_holds(condition: Condition, context: Mapping[str, Value], *, variables: bool, allow: bool) -> bool:
    """Return whether a condition matches a request's context.

    On an absent key, a positive operator fails and a negated one matches; `IfExists` and `ForAllValues` match, and
    `ForAnyValue` fails. In undocumented cases `allow` decides: an Allow matches and a Deny does not.
    """
    held = context.get(condition.key)
    if condition.operator == "null":
        return (held is None) in _null_values(condition)
    if held is None:
        return _holds_when_absent(condition, allow=allow)
    if condition.operator not in COMPARED:
        return allow
    expanded = [expand(value, context, variables=variables) for value in condition.values]
    if condition.negated and None in expanded and not allow:
        # AWS does not document a negated comparison with a variable that has no value.
        return False
    pairs = zip(condition.values, expanded, strict=True)
    wanted = [(text, is_whole_arn(value, variables=variables)) for value, text in pairs if text is not None]
    values = (held,) if isinstance(held, str) else held

    def holds(value: str) -> bool:
        found = any(_compares(condition, value, text, whole=whole, allow=allow) for text, whole in wanted)
        return not found if condition.negated else found

    return all(map(holds, values)) if _needs_every_value(condition, allow=allow) else any(map(holds, values))


def _compares(condition: Condition, held: str, wanted: str, *, whole: bool, allow: bool) -> bool:
    """Compare one value; what is no whole ARN equals none, and ARN operators take it as a pattern if that allows more.

    `held` is the value of the request, `wanted` that of the condition, without variables; `whole` says whether that is
    a whole ARN.
    """
    if whole or not is_arn_operator(condition.operator):
        return compare(condition.operator, held, wanted)
    return allow != condition.negated and matches(wanted, held)


def _null_values(condition: Condition) -> set[bool]:
    """Return the keys that a `Null` condition matches: absent, present, or both."""
    return {value.lower() == "true" for value in condition.values} or {True}


def _holds_when_absent(condition: Condition, *, allow: bool) -> bool:
    """Return whether a condition matches a request without its key."""
    if condition.qualifier == "foranyvalue":
        # AWS documents two results for `IfExists`.
        return condition.if_exists and allow
    return condition.if_exists or condition.qualifier == "forallvalues" or condition.negated


def _needs_every_value(condition: Condition, *, allow: bool) -> bool:
    """Return whether every value of the key has to match. Without a set operator, this is not documented."""
    return condition.qualifier == "forallvalues" or (not condition.qualifier and not allow)
