"""Requests to memberships, from an HTTP API or a REST API whose routes IAM guards.

Environment: `MEMBERSHIPS_TABLE`, `USER_POOL_ID`; `TENANT_FORM`, the pattern of tenant names; `TENANT_ROLES`, a JSON
list of roles, and `TENANT_ADMINISTRATORS`, the role that manages members; `CORS_ORIGINS`, comma-separated origins,
which a REST API's functions must return themselves (an HTTP API adds the headers).
"""

import base64
import binascii
import json
import os
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

from caller import Caller

from memberships import logic

_SETTINGS: Final = logic.Settings(
    form=os.environ.get("TENANT_FORM", ""),
    roles=frozenset(json.loads(os.environ.get("TENANT_ROLES") or "[]")),
    administrators=os.environ.get("TENANT_ADMINISTRATORS", ""),
)
_ORIGINS: Final = frozenset(filter(None, os.environ.get("CORS_ORIGINS", "").split(",")))
_Answer = tuple[HTTPStatus, Any]
_Texts = Mapping[str, str]


def _list_own(caller: str, _path: _Texts, _query: _Texts, _body: Mapping[str, Any]) -> _Answer:
    return HTTPStatus.OK, logic.list_own(caller)


def _choose(caller: str, _path: _Texts, _query: _Texts, body: Mapping[str, Any]) -> _Answer:
    return HTTPStatus.OK, logic.choose(caller, body.get("tenant"))


def _leave(caller: str, path: _Texts, _query: _Texts, _body: Mapping[str, Any]) -> _Answer:
    logic.leave(_SETTINGS, caller, path["membership"])
    return HTTPStatus.NO_CONTENT, None


def _create_tenant(caller: str, _path: _Texts, _query: _Texts, body: Mapping[str, Any]) -> _Answer:
    return HTTPStatus.CREATED, logic.create_tenant(_SETTINGS, caller, body.get("tenant"), body.get("email"))


def _members(caller: str, path: _Texts, query: _Texts, _body: Mapping[str, Any]) -> _Answer:
    return HTTPStatus.OK, logic.members(_SETTINGS, caller, path["tenant"], query.get("after"))


def _invite(caller: str, path: _Texts, _query: _Texts, body: Mapping[str, Any]) -> _Answer:
    invited = logic.invite(_SETTINGS, caller, path["tenant"], body.get("email"), body.get("role"))
    return HTTPStatus.CREATED, invited


def _change(caller: str, path: _Texts, _query: _Texts, body: Mapping[str, Any]) -> _Answer:
    logic.change(_SETTINGS, caller, path["tenant"], path["person"], body.get("role"))
    return HTTPStatus.NO_CONTENT, None


def _remove(caller: str, path: _Texts, _query: _Texts, _body: Mapping[str, Any]) -> _Answer:
    logic.remove(_SETTINGS, caller, path["tenant"], path["person"])
    return HTTPStatus.NO_CONTENT, None


_ROUTES: Final[dict[str, Callable[[str, _Texts, _Texts, Mapping[str, Any]], _Answer]]] = {
    "GET /memberships": _list_own,
    "PUT /memberships/active": _choose,
    "DELETE /memberships/{membership}": _leave,
    "POST /tenants": _create_tenant,
    "GET /tenants/{tenant}/members": _members,
    "POST /tenants/{tenant}/members": _invite,
    "PUT /tenants/{tenant}/members/{person}": _change,
    "DELETE /tenants/{tenant}/members/{person}": _remove,
}


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Handle a request; the Lambda entry point."""
    try:
        status, body = _answer(event)
    except logic.RefusedError as error:
        status, body = error.status, {"message": str(error)}
    headers = {"content-type": "application/json", **_for_pages(event)}
    return {"statusCode": status, "headers": headers, "body": "" if body is None else json.dumps(body)}


def _answer(event: Mapping[str, Any]) -> _Answer:
    caller = Caller.of(event).sub
    if not caller:
        raise logic.RefusedError(HTTPStatus.FORBIDDEN, "sign in to see your memberships")
    route = event.get("routeKey") or f"{event.get('httpMethod')} {event.get('resource')}"
    answer = _ROUTES.get(route)
    if answer is None:
        raise logic.RefusedError(HTTPStatus.NOT_FOUND, "there is no such route")
    path = {name: unquote(value) for name, value in (event.get("pathParameters") or {}).items()}
    return answer(caller, path, event.get("queryStringParameters") or {}, _body(event))


def _for_pages(event: Mapping[str, Any]) -> dict[str, str]:
    """Return the CORS headers for an allowed origin."""
    sent = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    origin = sent.get("origin")
    return {"access-control-allow-origin": origin, "vary": "origin"} if origin in _ORIGINS else {}


def _body(event: Mapping[str, Any]) -> Mapping[str, Any]:
    text = event.get("body") or "{}"
    try:
        body = json.loads(base64.b64decode(text) if event.get("isBase64Encoded") else text)
    except (ValueError, binascii.Error, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise logic.RefusedError(HTTPStatus.BAD_REQUEST, "the body must be a JSON object")
    return body
