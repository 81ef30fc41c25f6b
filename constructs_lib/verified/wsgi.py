"""A middleware for WSGI: Flask, Django and others."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.argument_checks import checked
from constructs_lib.verified.asgi import SCOPE_KEY, check_open_paths
from constructs_lib.verified.caller import Source, verified_caller
from constructs_lib.verified.refusals import CallerError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from wsgiref.types import StartResponse, WSGIApplication


_LOG: Final = logging.getLogger(__name__)


class VerifiedCallersWsgi:
    """Forwards requests with a verified caller; all others get 401, or 503 while keys cannot be fetched.

    The application finds the `Caller` in `environ["cognito_app.caller"]`. A `Forbidden` that it raises before its
    response becomes 403; in a framework that responds 500 to every error, register a handler for it there.

    Args:
        app: The application.
        sources: The sources of a caller, in order: the first whose header a request has decides.
        anyone: Paths (`SCRIPT_NAME` and `PATH_INFO`) that the whole internet may call, such as `/health`. There the
            caller is None. Default: none.

    Raises:
        ValueError: For no source at all, or a path that does not begin with a slash.
    """

    @checked
    def __init__(self, app: WSGIApplication, *, sources: Sequence[Source], anyone: Collection[str] = ()) -> None:
        if not sources:
            raise ValueError("sources=[] would reject every request; add one, as in sources=[UserPool(...)]")
        self._app = app
        self._sources = tuple(sources)
        self._anyone = check_open_paths(anyone)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        try:
            caller = None if path in self._anyone else verified_caller(self._sources, _headers(environ))
            return self._app({**environ, SCOPE_KEY: caller}, start_response)
        except CallerError as error:
            _LOG.info("%s: %s", error.status.value, error)
            start_response(f"{error.status.value} {error.status.phrase}", list(error.headers.items()))
            return [error.body]


def _headers(environ: dict[str, Any]) -> dict[str, list[str]]:
    """Return the request's headers. A server joins duplicate headers with commas, which no token contains."""
    return {
        name.removeprefix("HTTP_").replace("_", "-").lower(): [value]
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
