"""The console's ASGI application: a request guard before every page, and security headers on every response."""

from http import HTTPStatus
from typing import Final

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from constructs_lib.console import access, call_log, coverage, data, playground, users
from constructs_lib.console.pages import FOLDER, Pages
from constructs_lib.console.request_guard import COOKIE, ConsoleEndpoint, is_first_request, refusal
from constructs_lib.console.state import ConsoleState

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The content security policy: resources come from the console only, and inline code does not run."""
_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Without any referrer a browser sends `Origin: null` with the console's own forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


def application(state: ConsoleState, endpoint: ConsoleEndpoint) -> ASGIApp:
    """Return the console."""
    pages = Pages(state)
    routes = [
        route for part in (call_log, users, data, playground, coverage, access) for route in part.routes(state, pages)
    ]
    static = Mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    inside = Starlette(
        routes=[Mount(endpoint.root.rstrip("/"), routes=[*routes, static])],
        exception_handlers={Exception: pages.failed},
    )
    # The outermost layer: the framework's error responses are guarded too.
    return _Guarded(inside, endpoint)


class _Guarded:
    """Middleware that rejects every request that the guard refuses."""

    def __init__(self, app: ASGIApp, endpoint: ConsoleEndpoint) -> None:
        self._app, self._endpoint = app, endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            # The console has no web socket, and the server sends no lifespan events.
            return
        sent = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        what = scope["method"], scope["path"], scope["query_string"].decode("latin-1")
        refused = refusal(self._endpoint, *what, sent)
        answer: ASGIApp = self._app
        if refused is not None:
            answer = PlainTextResponse(refused[1], status_code=refused[0])
        elif is_first_request(self._endpoint, *what):
            answer = self._entrance()
        await answer(scope, receive, _with_headers(send))

    def _entrance(self) -> RedirectResponse:
        """Return the redirect to the page, whose address contains no token."""
        answer = RedirectResponse(self._endpoint.root, status_code=HTTPStatus.SEE_OTHER)
        answer.set_cookie(COOKIE, self._endpoint.token, path=self._endpoint.root, httponly=True, samesite="strict")
        return answer


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(_HEADERS)
        await send(message)

    return sending
