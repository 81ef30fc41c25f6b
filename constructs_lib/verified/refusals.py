"""Refused requests and their HTTP responses."""

import json
from http import HTTPStatus
from typing import ClassVar

from constructs_lib.argument_checks import checked


class CallerError(Exception):
    """A request that is not served. Its text is for the service's log; the client gets the status only."""

    status: ClassVar[HTTPStatus]

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the response, their names in lower case."""
        return {"content-type": "application/json", "cache-control": "no-store"}

    @property
    def body(self) -> bytes:
        """The response's JSON: the same as that of API Gateway, without the reason."""
        return json.dumps({"message": self.status.phrase}).encode()


class Refused(CallerError):  # noqa: N818 - a refusal, as the answer says it
    """The request proves no caller: 401, with the challenge of RFC 6750.

    Args:
        reason: For the log.
        presented: Whether the request had a token at all. Default: it had, and the challenge says `invalid_token`.
    """

    status = HTTPStatus.UNAUTHORIZED

    @checked
    def __init__(self, reason: str, *, presented: bool = True) -> None:
        super().__init__(reason)
        self.presented = presented

    @property
    def headers(self) -> dict[str, str]:
        """With `WWW-Authenticate`; RFC 6750, section 3.1: no error code if there was no token."""
        challenge = 'Bearer error="invalid_token"' if self.presented else "Bearer"
        return {**super().headers, "www-authenticate": challenge}


class Forbidden(CallerError):  # noqa: N818 - what it says, not that it is an error
    """The caller is known and not authorized: 403.

    Args:
        reason: For the log.
        scope: The scope that the token lacks. Default: it lacks something else, such as a group.
    """

    status = HTTPStatus.FORBIDDEN

    @checked
    def __init__(self, reason: str, *, scope: str | None = None) -> None:
        super().__init__(reason)
        self.scope = scope

    @property
    def headers(self) -> dict[str, str]:
        """With `WWW-Authenticate` if another token could be sufficient."""
        if self.scope is None:
            return super().headers
        return {**super().headers, "www-authenticate": f'Bearer error="insufficient_scope", scope="{self.scope}"'}


class KeysUnavailable(CallerError):  # noqa: N818 - what it says, not that it is an error
    """The keys cannot be fetched now: 503. The request is rejected, without a challenge to sign in again."""

    status = HTTPStatus.SERVICE_UNAVAILABLE

    @property
    def headers(self) -> dict[str, str]:
        """With `Retry-After`."""
        return {**super().headers, "retry-after": "1"}
