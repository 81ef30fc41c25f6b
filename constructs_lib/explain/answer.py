"""What is said about one request."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.iam.requests import Request
    from constructs_lib.analysis.model.callers import Caller


class Status(StrEnum):
    """Whether a request goes through."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    UNDECIDED = "undecided"


class Reason(StrEnum):
    """What makes it so."""

    GRANTED = "granted"
    """A statement allows it, and nothing denies or ends it."""
    DENIED = "denied"
    """A Deny speaks of it."""
    BOUNDARY = "boundary"
    """The caller's policies allow it, their permissions boundary does not."""
    GUEST_SESSION = "guest-session"
    """The guests' role allows it, Cognito's session policy for guests does not."""
    NO_CREDENTIALS = "no-credentials"
    """The caller has no credentials, and the resource's policy lets no stranger in."""
    NO_ACTION = "no-action"
    """No statement names the action for this role."""
    ELSEWHERE = "elsewhere"
    """Statements name the action, for other resources."""
    CONDITION = "condition"
    """A statement names action and resource, and a condition of it does not hold."""
    ROUTE = "route"
    """An API's route decides without IAM: it is open, or asks for a token."""
    CREDENTIALS = "credentials"
    """The request's credentials are not accepted."""
    TOKEN = "token"  # noqa: S105 - a reason
    """The route does not accept the request's token."""
    SERVICE = "service"
    """The service refused it for a reason of its own."""
    UNKNOWN = "unknown"
    """It depends on what is not known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deciding:
    """A statement behind an answer.

    Args:
        statement: The statement.
        nearest: Whether it only comes nearest to allowing the request.
        where: The construct path of the policy it stands in.
        line: Where the app's code makes that policy, `file:line`; empty where `cdk.out` does not say.
    """

    statement: Statement
    nearest: bool = False
    where: str = ""
    line: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """The nearest request that is allowed: the evaluator has said so.

    Args:
        sentence: What to change.
        caller: Who makes it.
        request: The request.
    """

    sentence: str
    caller: Caller
    request: Request


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What is said about one request.

    Args:
        status: Whether it goes through.
        reason: What makes it so.
        sentence: Both in one sentence.
        caller: Who asks, for people.
        action: The IAM action, or what was called.
        resource: The resource, for people.
        context: What of the request's context was looked at. Empty: nothing was.
        because: The statements behind it. Empty: there is none.
        suggestion: The nearest request that is allowed. None: none was found, or none is needed.
        notes: What was taken for granted or is not known. Empty: nothing.
        request_id: The request's ID on the local cloud. Empty: the question is about templates.
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
