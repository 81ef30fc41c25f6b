"""A Lambda function that clients can invoke."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.argument_checks import checked
from constructs_lib.functions.invoke_permissions import open_to_callers
from constructs_lib.functions.python_function import PythonFunction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.access import Subject
    from constructs_lib.auth import Auth


Function: TypeAlias = "PythonFunction | lambda_.IFunction"


@checked
class Invocable(Construct):
    """Allows clients to invoke any function directly with the AWS SDK, like `access=` of a `PythonFunction`.

    Each role may invoke exactly this function, or exactly the given alias or version. IAM authorizes the call and
    nothing more: the client writes the event, so the function must check every value in it, and take the caller only
    from its context (`Caller.invoking` of `lambda_src/caller.py`): the identity-pool ID. Lambda passes neither the role
    nor the user pool's `sub`; use a separate function for the members of one group.

    A function of this app gets the environment variable `IDENTITY_POOL_ID`; set it yourself for any other.

    Args:
        scope: The parent construct; the policies are in its stack.
        id: The construct's ID.
        auth: The Auth whose roles may invoke it.
        function: A `PythonFunction`, whose `target` is opened, or any function, alias or version.
        access: The callers: `allow.guest`, `allow.authenticated`, `allow.group(...)`, `allow.function(...)`.

    Raises:
        ValueError: For an empty `access`, an owner or a claim (a function has no owner), a subject that the Auth does
            not have, a function of another stack while this one is the Auth's, or one that trusts its event, such as a
            trigger or the handler of an Api: clients could write the caller into it.
    """

    def __init__(self, scope: Construct, id: str, *, auth: Auth, function: Function, access: Sequence[Subject]) -> None:
        super().__init__(scope, id)
        if not access:
            raise ValueError(
                "access=[] allows no caller to invoke the function; name the callers, as [allow.authenticated]"
            )
        open_to_callers(self, *both(function), auth=auth, access=access)


def both(function: Function) -> tuple[lambda_.IFunction, lambda_.IFunction]:
    """Return a function, and the target that callers invoke: itself, its alias or a version."""
    if isinstance(function, PythonFunction):
        return function.function, function.target
    if isinstance(function, lambda_.Alias | lambda_.Version):
        return function.lambda_, function
    return function, function
