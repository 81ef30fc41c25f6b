"""Requests to notes, from an API that has verified the caller's ID token.

Environment: `DATABASE_HOST`, `DATABASE` and `USER`, the database user that the function's role may connect as.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import pg8000.dbapi
from caller import Caller

from notes import data
from notes.rows import rows_of

_LONGEST = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """The caller and their tenant, both from the token."""

    sub: str | None
    tenant: str | None

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> "Person":
        """Read both from the claims that the authorizer has verified. An access token has no tenant, and is refused."""
        claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
        return cls(sub=Caller.of(event).sub, tenant=claims.get("custom:tenant"))


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Handle one request."""
    try:
        with rows_of(Person.of(event), data.connection()) as cursor:
            return _answer(*_requested(event, cursor))
    except PermissionError as error:
        return _answer(HTTPStatus.FORBIDDEN, {"message": str(error)})
    except pg8000.dbapi.InterfaceError:
        # The connection was closed, for example by a cluster that paused; the next call opens another.
        data.connection.cache_clear()
        raise


def _requested(event: Mapping[str, Any], cursor: Any) -> tuple[HTTPStatus, Any]:
    if event["routeKey"] == "GET /notes":
        return HTTPStatus.OK, {"notes": data.mine(cursor)}
    note = _note_in(event.get("body"))
    if note is None:
        return HTTPStatus.BAD_REQUEST, {"message": 'send {"body": "...", "shared": true or false}'}
    return HTTPStatus.CREATED, {"note_id": data.add(cursor, body=note["body"], shared=note.get("shared", False))}


def _note_in(body: str | None) -> dict[str, Any] | None:
    try:
        note = json.loads(body or "")
    except ValueError:
        return None
    if not isinstance(note, dict) or not isinstance(note.get("body"), str) or len(note["body"]) > _LONGEST:
        return None
    return note if isinstance(note.get("shared", False), bool) else None


def _answer(status: HTTPStatus, body: Any) -> dict[str, Any]:
    return {
        "statusCode": status.value,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(body),
    }
