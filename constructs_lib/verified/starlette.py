"""The caller as a dependency of FastAPI, and for Starlette; import it only with one of them installed."""

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from constructs_lib.argument_checks import checked
from constructs_lib.verified.asgi import SCOPE_KEY
from constructs_lib.verified.caller import Caller, check_demand
from constructs_lib.verified.refusals import CallerError, Refused

__all__ = ["caller_of", "needs"]


def caller_of(connection: HTTPConnection) -> Caller:
    """Return the caller of a request or WebSocket; FastAPI takes it as `Depends(caller_of)`.

    Raises:
        HTTPException: 401 on a path that is open to anyone.
        KeyError: If the application is not wrapped in `VerifiedCallers`.
    """
    caller: Caller | None = connection.scope[SCOPE_KEY]
    if caller is None:
        raise _answered(Refused("a path in anyone has no caller", presented=False))
    return caller


@checked
def needs(*, group: str | None = None, scope: str | None = None) -> Callable[[HTTPConnection], Caller]:
    """Return a dependency that requires a group, a scope, or both: `Depends(needs(group="editors"))`.

    Args:
        group: A user-pool group. Default: any group, or none.
        scope: A scope of the access token. Default: any scope, or none.

    Raises:
        ValueError: If neither is given, or the scope is not one that a token could have.
    """
    check_demand("needs", group, scope)

    def allowed(connection: HTTPConnection) -> Caller:
        caller = caller_of(connection)
        try:
            caller.require(group=group, scope=scope)
        except CallerError as error:
            raise _answered(error) from error
        return caller

    return allowed


def _answered(error: CallerError) -> HTTPException:
    headers = {name: value for name, value in error.headers.items() if name != "content-type"}
    return HTTPException(error.status.value, error.status.phrase, headers)
