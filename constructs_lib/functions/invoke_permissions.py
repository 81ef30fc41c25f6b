"""Permissions to invoke a function directly with the AWS SDK, without an API.

A client that invokes a function writes its whole event. Only the context identifies the caller: Lambda puts there the
identity whose credentials signed the call ("Using the Lambda context object to retrieve Python function information"
and the same page for Node.js, AWS Lambda developer guide: "the Amazon Cognito identity that authorized the request"). A
function that also serves an API or a URL reads its caller from the event, which a direct caller would write: the two
exclude each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Stack
from aws_cdk import aws_lambda as lambda_

from constructs_lib.access import Statement, SubjectKind
from constructs_lib.duplicates import check_once
from constructs_lib.existing_resources import check_arn
from constructs_lib.invocation_paths import CONTEXT, reserve_invocation_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from constructs_lib.access import Subject
    from constructs_lib.auth import Auth


POOL_VARIABLE: Final = "IDENTITY_POOL_ID"
"""The environment variable with the identity pool of a function's callers."""

_CALLERS: Final = frozenset({SubjectKind.GUEST, SubjectKind.AUTHENTICATED, SubjectKind.GROUP, SubjectKind.FUNCTION})


def check_callers(auth: Auth, access: Sequence[Subject]) -> None:
    """Refuse callers to which IAM cannot limit a function.

    Raises:
        ValueError: For an owner or those who share a claim, for whom a function has no place, or a subject that
            cannot exist under the Auth.
    """
    check_once("access", [f"allow.{subject}" for subject in access if subject.kind is not SubjectKind.FUNCTION])
    for subject in access:
        if subject.kind not in _CALLERS:
            raise ValueError(
                f"access=[allow.{subject}] has no effect, because a function has no owner to which IAM could restrict "
                "it; use allow.authenticated or allow.guest, and check the caller in the function"
            )
        auth.check_subject(subject)


def grant_invoke(scope: Construct, auth: Auth, access: Sequence[Subject], statements: Sequence[Statement]) -> None:
    """Grant each role and each function these permissions, once."""
    kept = list(statements)
    users = {subject for subject in access if subject.kind is not SubjectKind.FUNCTION}
    auth.allow_roles(scope, {role: kept for subjects, role in auth.callers() if users & subjects})
    for subject in dict.fromkeys(access):
        if subject.kind is SubjectKind.FUNCTION:
            auth.grant(scope, subject, kept)


def open_to_callers(
    scope: Construct,
    function: lambda_.IFunction,
    target: lambda_.IFunction,
    *,
    auth: Auth,
    access: Sequence[Subject],
) -> None:
    """Allow callers to invoke exactly a function, alias or version, and set the function's environment for them.

    The stack of `scope` contains the policies; the target is the function, an alias or a version.

    Raises:
        ValueError: For callers to which IAM cannot limit a function, a function that trusts its event, one whose
            ARN contains a wildcard, or one of another stack while `scope` is in the stack of the Auth.
    """
    users = any(subject.kind is not SubjectKind.FUNCTION for subject in access)
    if users:
        reserve_invocation_path(CONTEXT, function, target)
    check_callers(auth, access)
    check_arn("function", target.function_arn)
    invoke = Statement(actions=("lambda:InvokeFunction",), resources=(target.function_arn,))
    grant_invoke(scope, auth, access, [invoke])
    if users and isinstance(function, lambda_.Function):
        _check_place(scope, function, auth)
        function.add_environment(POOL_VARIABLE, auth.identity_pool_id)


def _check_place(scope: Construct, function: lambda_.Function, auth: Auth) -> None:
    here, there = Stack.of(scope), Stack.of(function)
    if here is not there and here is Stack.of(auth):
        raise ValueError(
            f"{scope.node.path!r} grants rights in stack {here.node.path!r}, and {function.node.path!r} of stack "
            f"{there.node.path!r} refers to the identity pool, so each stack would depend on the other; create the "
            f"Invocable in {there.node.path!r}"
        )
