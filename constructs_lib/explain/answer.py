"""Answer to the question whether one request is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.iam.requests import Request
    from constructs_lib.analysis.model.callers import Caller


class Status(StrEnum):
    """Verdict on a request."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    UNDECIDED = "undecided"


class Reason(StrEnum):
    """Reason for a verdict."""

    GRANTED = "granted"
    """A statement allows it, and no Deny, boundary or session policy refuses it."""
    DENIED = "denied"
    """A Deny applies to it."""
    BOUNDARY = "boundary"
    """The caller's policies allow it, but the permissions boundary does not."""
    GUEST_SESSION = "guest-session"
    """The guest role allows it, but Cognito's session policy for guests does not."""
    NO_CREDENTIALS = "no-credentials"
    """The caller has no credentials, and the resource's policy does not allow anonymous requests."""
    NO_ACTION = "no-action"
    """No statement names the action for this role."""
    ELSEWHERE = "elsewhere"
    """Statements name the action, but for other resources."""
    CONDITION = "condition"
    """A statement names action and resource, but one of its conditions does not hold."""
    ROUTE = "route"
    """An API's route decides without IAM: it is open, or requires a token."""
    CREDENTIALS = "credentials"
    """The request's credentials are not accepted."""
    TOKEN = "token"  # noqa: S105 - a reason
    """The route does not accept the request's token."""
    SERVICE = "service"
    """The service refused it for a reason other than authorization."""
    UNKNOWN = "unknown"
    """The verdict depends on unknown values."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deciding:
    """A statement behind an answer.

    Args:
        statement: The statement.
        nearest: Whether it does not allow the request but comes nearest to it.
        where: The construct path of its policy.
        line: The source line that creates the policy, `file:line`; empty if `cdk.out` does not record it.
    """

    statement: Statement
    nearest: bool = False
    where: str = ""
    line: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """The nearest allowed request, confirmed by the evaluator.

    Args:
        sentence: The change to make.
        caller: The caller of the allowed request.
        request: The request.
    """

    sentence: str
    caller: Caller
    request: Request


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """Verdict on one request, with its reason.

    Args:
        status: The verdict.
        reason: The reason for the verdict.
        sentence: Verdict and reason in one sentence.
        caller: The caller's display name.
        action: The IAM action, or the operation that was called.
        resource: The resource's display name.
        context: The condition keys of the request that affect the verdict. Default: no keys.
        because: The deciding statements. Default: no statements.
        suggestion: The nearest allowed request. Default: none, because none was found or none is needed.
        notes: Assumptions and unknown values. Default: no notes.
        request_id: The request's ID on the local cloud. Default: none; the question is about templates.
    """

    status: Status
    reason: Reason
    sentence: str
    caller: str
    action: str
    resource: str
    context: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    because: tuple[Deciding, ...] = ()
    suggestion: Suggestion | None = None
    notes: tuple[str, ...] = ()
    request_id: str = ""
