"""Durations of role sessions: `DurationSeconds` of `AssumeRole` and `AssumeRoleWithWebIdentity`.

Stock MiniStack gives credentials for any duration, also in the past (measured on 1.5.33). Sources: both operations
(AWS STS API reference): 900 seconds to the role's maximum session duration; one hour for a role that a session assumes.
"""

from typing import Any, Final

from ministack.core import iam_evaluator
from ministack.services import iam, sts

from .ministack_interface import expect_attributes, expect_parameters

_SHORTEST: Final = 900
_CHAINED: Final = 3600
_ASSUME: Final = "AssumeRole"
_ACTIONS: Final = (_ASSUME, "AssumeRoleWithWebIdentity")


def check() -> None:
    """Refuse a MiniStack that reads the parameters of a session elsewhere."""
    expect_parameters(sts._session_policies, "params", "account_id", "check")
    expect_parameters(sts._error, "status", "code", "message", "ns")
    expect_attributes(sts, "_p")
    expect_attributes(iam, "_roles")
    expect_attributes(iam_evaluator, "caller_arn")


def install() -> None:
    """Override the check of a session's policies, which both operations call before they give credentials."""
    stock = sts._session_policies

    def session_policies(params: dict[str, Any], account_id: str | None = None, check: bool = True) -> Any:  # noqa: FBT001, FBT002 - as MiniStack calls it
        action, asked = sts._p(params, "Action"), sts._p(params, "DurationSeconds")
        if asked and action in _ACTIONS and (problem := _problem(action, str(asked), sts._p(params, "RoleArn"))):
            return None, sts._error(400, "ValidationError", problem, ns="sts")
        return stock(params, account_id, check)

    sts._session_policies = session_policies


def _problem(action: str, asked: str, role_arn: str) -> str | None:
    if not asked.isascii() or not asked.isdigit() or int(asked) < _SHORTEST:
        return f"The value of durationSeconds must be a number greater than or equal to {_SHORTEST}"
    if action == _ASSUME and ":assumed-role/" in iam_evaluator.caller_arn() and int(asked) > _CHAINED:
        return "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
    role = iam._roles.get_scoped(role_arn.split(":")[4], None, role_arn.rsplit("/", 1)[-1]) or {}
    if int(asked) > role.get("MaxSessionDuration", _CHAINED):
        return "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    return None
