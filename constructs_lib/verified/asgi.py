"""A middleware for ASGI: FastAPI, Starlette, Litestar, Django and others."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, MutableMapping, Sequence
from typing import Any, Final, TypeAlias

from constructs_lib.argument_checks import checked
from constructs_lib.verified.caller import Caller, Source, verified_caller
from constructs_lib.verified.refusals import CallerError

_LOG: Final = logging.getLogger(__name__)
SCOPE_KEY: Final = "cognito_app.caller"
"""The key of the caller in ASGI's scope and WSGI's environ; no request header can have that name."""
_POLICY_VIOLATION: Final = 1008

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


class VerifiedCallers:
    """Forwards requests with a verified caller; all others get 401, or 503 while keys cannot be fetched.

    The application finds the `Caller` in `scope["cognito_app.caller"]` (FastAPI and Starlette: `needs` in
    `constructs_lib.verified.starlette`). A `Forbidden` that it raises before its response becomes 403. The same applies
    to WebSockets. Put a CORS middleware around this one: browsers send preflight requests without a token.

    Args:
        app: The application.
        sources: The sources of a caller, in order: the first whose header a request has decides.
        anyone: Paths that the whole internet may call, such as `/health`, each exactly as the server passes it on.
            There the caller is None. Default: none.

    Raises:
        ValueError: For no source at all, or a path that does not begin with a slash.
    """

    @checked
    def __init__(self, app: App, *, sources: Sequence[Source], anyone: Collection[str] = ()) -> None:
        if not sources:
            raise ValueError("sources=[] would reject every request; add one, as in sources=[UserPool(...)]")
        self._app = app
        self._sources = tuple(sources)
        self._anyone = check_open_paths(anyone)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        sending = _Sending(send)
        try:
            caller = None if scope["path"] in self._anyone else await self._caller(scope)
            await self._app({**scope, SCOPE_KEY: caller}, receive, sending)
        except CallerError as error:
            # The server handles errors that the application raises during a response.
            if sending.begun:
                raise
            _LOG.info("%s %s: %s", error.status.value, scope["type"], error)
            await _answer(error, scope, send)

    async def _caller(self, scope: Scope) -> Caller:
        headers: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        # A key may have to be fetched, which must not block the event loop.
        return await asyncio.to_thread(verified_caller, self._sources, headers)


class _Sending:
    """Records whether a response has started."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False

    async def __call__(self, message: Message) -> None:
        self.begun = True
        await self._send(message)


def check_open_paths(anyone: Collection[str]) -> frozenset[str]:
    """Return the open paths.

    Raises:
        ValueError: If one does not begin with a slash, or has a wildcard.
    """
    if not all(path.startswith("/") and not set(path) & set("*?#") for path in anyone):
        raise ValueError(f"anyone={list(anyone)!r} is not a list of whole paths; write them as in anyone=['/health']")
    return frozenset(anyone)


async def _answer(error: CallerError, scope: Scope, send: Send) -> None:
    if scope["type"] == "websocket":
        # Before `websocket.accept`, servers convert this to a response 403.
        code = _POLICY_VIOLATION
        await send({"type": "websocket.close", "code": code, "reason": error.status.phrase})
        return
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in error.headers.items()]
    await send({"type": "http.response.start", "status": error.status.value, "headers": headers})
    await send({"type": "http.response.body", "body": error.body})
