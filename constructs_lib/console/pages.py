"""Pages from templates, and shared parts of the endpoints: forms, errors, and messages that are shown once."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import parse_qs

import jinja2
from botocore.exceptions import BotoCoreError, ClientError
from requests import RequestException
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from constructs_lib.analysis.iam.arns import readable
from constructs_lib.analysis.template.errors import TemplateError
from constructs_lib.explain import report
from constructs_lib.local import LocalCloudError

if TYPE_CHECKING:
    from constructs_lib.console.state import ConsoleState

FOLDER: Final = Path(__file__).parent
LARGEST_FORM: Final = 256 * 1024
"""The maximum size of a form, in bytes."""
PROBLEMS: Final = (ClientError, BotoCoreError, RequestException, LocalCloudError, TemplateError, ValueError)
"""Errors that are not a fault of the console: the page shows them."""
MENU: Final = {
    "calls": "Calls",
    "people": "People",
    "data": "Files and rows",
    "ask": "Playground",
    "coverage": "Rule coverage",
    "access": "Proof and matrix",
}
"""The pages by route name."""

Fields: TypeAlias = Mapping[str, str]
"""The submitted values by field; the last one of a repeated field."""
Show: TypeAlias = Callable[[Request, Fields], Response]
Act: TypeAlias = Callable[[Fields], str]


class Pages:
    """Renders the templates of one console."""

    def __init__(self, state: "ConsoleState") -> None:
        """Prepare the templates: every value is escaped, and an undefined name is an error."""
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals |= {"menu": MENU, "report": report, "state": state}
        environment.filters["readable"] = readable
        self._templates = Jinja2Templates(env=environment)
        self._state = state

    def render(self, request: Request, template: str, **values: Any) -> Response:
        """Return a page or a part of one."""
        return self._templates.TemplateResponse(request, template, values)

    def page(self, path: str, show: Show, *, name: str) -> Route:
        """Return the read-only route of a page or a part of one.

        `show` renders it, in a separate thread, from the query's fields.
        """

        async def endpoint(request: Request) -> Response:
            return await self._answered(request, lambda: show(request, dict(request.query_params)))

        return Route(path, endpoint, methods=["GET"], name=name)

    def part(self, path: str, show: Show, *, name: str) -> Route:
        """Return the route of a form that acts and returns a part of a page.

        `show` acts and renders the part, in a separate thread, from the form's fields.
        """

        async def endpoint(request: Request) -> Response:
            body = await _body(request)
            return await self._answered(request, lambda: show(request, _fields(body)))

        return Route(path, endpoint, methods=["POST"], name=name)

    def action(self, path: str, act: Act, *, name: str, back: str) -> Route:
        """Return the route of a form that acts and redirects to a page that shows the result.

        `act` acts, in a separate thread, and returns a sentence about the result. `back` is the page's route; the
        form's field `name`, if it has one, is the page's user.
        """

        async def endpoint(request: Request) -> Response:
            body = await _body(request)
            address = request.url_for(back)
            try:
                fields = _fields(body)
                address = address.include_query_params(**{key: fields[key] for key in ("name",) if key in fields})
                self._state.add_message(await run_in_threadpool(act, fields))
            except PROBLEMS as error:
                self._state.add_message(in_words(error), problem=True)
            return RedirectResponse(address, status_code=HTTPStatus.SEE_OTHER)

        return Route(path, endpoint, methods=["POST"], name=name)

    async def _answered(self, request: Request, make: Callable[[], Response]) -> Response:
        try:
            return await run_in_threadpool(make)
        except PROBLEMS as error:
            return self._problem(request, in_words(error), HTTPStatus.BAD_REQUEST)

    async def failed(self, request: Request, error: Exception) -> Response:
        """Return the page for an internal error; the server logs the traceback."""
        message = (
            f"a fault of the console itself, please report it: {type(error).__name__} (see .local-cloud/console.log)"
        )
        return self._problem(request, message, HTTPStatus.INTERNAL_SERVER_ERROR)

    def _problem(self, request: Request, message: str, status: HTTPStatus) -> Response:
        part = "hx-request" in request.headers
        template = "_problem.html" if part else "problem.html"
        return self._templates.TemplateResponse(request, template, {"message": message}, status_code=status)


def in_words(error: Exception) -> str:
    """Return the error as text: for a service error, the code and message."""
    if isinstance(error, ClientError):
        error_fields = error.response.get("Error", {})
        return f"{error_fields.get('Code', 'error')}: {error_fields.get('Message', '')}".rstrip(": ")
    return str(error) or type(error).__name__


async def _body(request: Request) -> bytes:
    """Return a form's body, truncated to one byte above the maximum size."""
    body = b""
    async for piece in request.stream():
        body = (body + piece)[: LARGEST_FORM + 1]
    return body


def _fields(body: bytes) -> Fields:
    """Return the submitted values.

    Raises:
        ValueError: If the form is too large, or is not text.
    """
    if len(body) > LARGEST_FORM:
        raise ValueError(f"the form holds more than {LARGEST_FORM // 1024} KiB: send less at once")
    found = parse_qs(body.decode("utf-8"), keep_blank_values=True)
    return {name: values[-1] for name, values in found.items()}
