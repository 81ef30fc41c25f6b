"""Requests to shared folders, from an HTTP API whose routes IAM guards.

Environment: `OWNER`, `identity` or `sub`, the value that identifies members, as in `Auth(owner=...)`; and the variables
of `SharedFolders`.
"""

import json
import os
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

from caller import Caller

from folders import logic

_Answer = tuple[HTTPStatus, Any]


def _create(caller: str, _: Mapping[str, str], body: Mapping[str, Any]) -> _Answer:
    return HTTPStatus.CREATED, logic.create(caller, body.get("name"))


def _members(caller: str, path: Mapping[str, str], _: Mapping[str, Any]) -> _Answer:
    return HTTPStatus.OK, {"members": logic.members(caller, path["folder"])}


def _invite(caller: str, path: Mapping[str, str], body: Mapping[str, Any]) -> _Answer:
    logic.invite(caller, path["folder"], path["member"], body.get("may"))
    return HTTPStatus.NO_CONTENT, None


def _dismiss(caller: str, path: Mapping[str, str], _: Mapping[str, Any]) -> _Answer:
    logic.dismiss(caller, path["folder"], path["member"])
    return HTTPStatus.NO_CONTENT, None


def _files(caller: str, path: Mapping[str, str], _: Mapping[str, Any]) -> _Answer:
    return HTTPStatus.OK, {"files": logic.files(caller, path["folder"])}


def _upload(caller: str, path: Mapping[str, str], body: Mapping[str, Any]) -> _Answer:
    return HTTPStatus.OK, logic.upload(caller, path["folder"], body.get("name"), body.get("content_type"))


def _download(caller: str, path: Mapping[str, str], _: Mapping[str, Any]) -> _Answer:
    return HTTPStatus.OK, logic.download(caller, path["folder"], path["name"])


def _delete(caller: str, path: Mapping[str, str], _: Mapping[str, Any]) -> _Answer:
    logic.delete(caller, path["folder"], path["name"])
    return HTTPStatus.NO_CONTENT, None


_ROUTES: Final[dict[str, Callable[[str, Mapping[str, str], Mapping[str, Any]], _Answer]]] = {
    "POST /folders": _create,
    "GET /folders/{folder}/members": _members,
    "PUT /folders/{folder}/members/{member}": _invite,
    "DELETE /folders/{folder}/members/{member}": _dismiss,
    "GET /folders/{folder}/files": _files,
    "POST /folders/{folder}/files": _upload,
    "GET /folders/{folder}/files/{name}": _download,
    "DELETE /folders/{folder}/files/{name}": _delete,
}


def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """Handle a request; the Lambda entry point."""
    caller = Caller.of(event).owner(os.environ["OWNER"])
    if caller is None:
        return _response(HTTPStatus.FORBIDDEN, {"message": "sign in to use shared folders"})
    try:
        path = {name: unquote(value) for name, value in (event.get("pathParameters") or {}).items()}
        status, body = _ROUTES[event["routeKey"]](caller, path, _body(event))
    except logic.RefusedError as error:
        status, body = error.status, {"message": str(error)}
    return _response(status, body)


def _response(status: HTTPStatus, body: Any) -> dict[str, Any]:
    headers = {"content-type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": "" if body is None else json.dumps(body)}


def _body(event: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        body = json.loads(event.get("body") or "{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise logic.RefusedError(HTTPStatus.BAD_REQUEST, "the body must be a JSON object")
    return body
