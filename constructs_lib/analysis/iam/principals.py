"""Principals of resource policy statements, for all modules except the evaluator, which has its own matching."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.template.atoms import ACCOUNT, split_around_atoms

if TYPE_CHECKING:
    from constructs_lib.analysis.iam.policies import Statement

_EVERYONE: Final = ("*", "*")
OWN_ACCOUNT: Final = frozenset({ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"})
"""The account itself as a principal: it delegates to the identity policies of its principals."""


def applies_to_principal(statement: Statement, principal: str) -> bool:
    """Return whether a statement applies to a caller, or may; `with_principal_doubt` marks a Deny that only may.

    The principal is empty for a caller without credentials, whom only `*` matches.
    """
    # What may be the caller is the caller, unless that would narrow an Allow: all but the named may do it.
    widely = not (statement.allow and statement.not_principals)
    named = _EVERYONE in statement.principals or (
        principal != ""
        and any(_names(kind, value, principal, statement, widely=widely) for kind, value in statement.principals)
    )
    return not named if statement.not_principals else named


def with_principal_doubt(statement: Statement, principal: str) -> Statement:
    """Return a statement that applies to a caller; in doubt if it is a Deny that may name another principal.

    A session's ARN denies that session alone, of which users may choose the name (`AssumeRoleWithWebIdentity`, AWS STS
    API reference), and a role of another account or path is another role ("IAM identifiers", IAM user guide).
    """
    certain = _EVERYONE in statement.principals or any(
        _names(kind, value, principal, statement, widely=False) for kind, value in statement.principals
    )
    if statement.allow or statement.doubt or statement.not_principals or certain:
        return statement
    named = ", ".join(value for _, value in statement.principals)
    doubt = f"{named} may be another principal than {principal}: write the role's ARN as principal of the Deny"
    return replace(statement, doubt=doubt)


def _names(kind: str, value: str, principal: str, statement: Statement, *, widely: bool) -> bool:
    match kind:
        case "Federated":
            # Sessions of identity pools are federated; a Deny by that name is not relied on.
            return widely and statement.allow != statement.not_principals and "cognito-identity" in value
        case "AWS" if value in OWN_ACCOUNT:
            # An Allow to the account delegates to identity policies; a Deny applies to all its principals.
            return not statement.allow
        case "AWS" if value in ("*", principal):
            return True
        case "AWS":
            return widely and _is_role_or_session(value, principal)
        case _:
            return False


def role_name(arn: str) -> str:
    """Return the name of a role, without its path."""
    return split_around_atoms(arn, "/")[-1]


def _is_role_or_session(value: str, principal: str) -> bool:
    """Return whether a principal's ARN may be that of a role, with any path and account, or of one of its sessions."""
    role = role_name(principal)
    before, session, after = value.partition(":assumed-role/")
    if session and before:
        return after == role or after.startswith(f"{role}/")
    return ":role/" in value and role_name(value) == role


def is_unbound(statement: Statement, principal: str) -> bool:
    """Return whether an Allow that applies to a caller is not limited by boundary and session policy.

    It is not limited if it names everyone or the session itself ("Policy evaluation logic", IAM user guide); it is
    limited if it names the role.
    """
    # A star of the kind AWS is the widest reading of a principal that the template does not determine.
    by_role = [
        value
        for kind, value in statement.principals
        if kind == "AWS" and value != "*" and ":assumed-role/" not in value
    ]
    return principal == "" or not by_role
