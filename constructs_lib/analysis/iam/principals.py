"""Principals of resource policy statements, for all modules except the evaluator, which has its own matching."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.template.atoms import ACCOUNT

if TYPE_CHECKING:
    from constructs_lib.analysis.iam.policies import Statement

_EVERYONE: Final = ("*", "*")
_ACCOUNT: Final = {ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"}


def speaks_of(statement: Statement, principal: str) -> bool:
    """Whether a statement applies to a caller.

    Args:
        statement: The statement.
        principal: The caller's role; empty for a caller without credentials, whom only `*` matches.
    """
    named = _EVERYONE in statement.principals or (
        principal != "" and any(_names(kind, value, principal, statement) for kind, value in statement.principals)
    )
    return not named if statement.not_principals else named


def _names(kind: str, value: str, principal: str, statement: Statement) -> bool:
    match kind:
        case "Federated":
            # Sessions of identity pools are federated; a Deny by that name is not relied on.
            return statement.allow and "cognito-identity" in value
        case "AWS" if value in _ACCOUNT:
            # An Allow to the account delegates to identity policies; a Deny applies to all its principals.
            return not statement.allow
        case "AWS" if value in ("*", principal):
            return True
        case "AWS":
            return _is_role_or_session(value, principal)
        case _:
            return False


def _is_role_or_session(value: str, principal: str) -> bool:
    """Whether a principal's ARN is that of a role, with any path, or of one of its sessions."""
    role = principal.partition(":role/")[2] or principal
    before, session, after = value.partition(":assumed-role/")
    if session and before:
        return after == role or after.startswith(f"{role}/")
    _, is_role, path = value.partition(":role/")
    return bool(is_role) and (path == role or path.endswith(f"/{role}"))


def is_unbound(statement: Statement, principal: str) -> bool:
    """Whether an Allow that applies to a caller is not limited by boundary and session policy.

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
