"""Recording of requests, and a consistent request ID in the header and body of every refusal.

Stock MiniStack omits the ID from most IAM refusals, and returns different IDs in header and body of others (measured on
1.5.33).
"""

import json
import re
import time
import uuid
import zlib
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from . import request_notes
from .json_requests import json_object
from .request_log import RequestLog

_IDS: Final = (b"x-amzn-requestid", b"x-amz-request-id", b"apigw-requestid")
_CHECKSUM: Final = b"x-amz-crc32"
_FIRST_ERROR: Final = 400
_FIRST_FAULT: Final = 500
_REFUSALS: Final = (401, 403)
_AUTHENTICATION_OPERATIONS: Final = ("AWSCognito", "cognito-", "sts:")
"""Prefixes of the operations whose errors all concern authentication."""
_CONTROLS: Final = ("/_ministack/", "/_localstack/", "/_cognito_app/")
_XML_ID: Final = re.compile(rb"<RequestId>([^<]*)</RequestId>")
_XML_CODE: Final = re.compile(rb"<Code>([^<]*)</Code>")
_XML_MESSAGE: Final = re.compile(rb"<Message>([^<]*)</Message>")
_LONG: Final = re.compile(r"[\w+/=.-]{40,}")
"""The pattern of possible tokens or keys."""
_MESSAGE: Final = 300


def recorded(inner: Any, log: RequestLog, *, administrator: str) -> Any:
    """Return an ASGI application that records the decision on each request.

    Requests with the administrator's access key ID are recorded if they are refused, others if IAM was evaluated.
    """

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await inner(scope, receive, send)
            return
        answer = _Answer(scope, send, request_notes.begin(), log, administrator)
        await inner(scope, receive, answer.send)

    return application


class _Answer:
    """Outgoing response; an error's body is held back until it is complete."""

    def __init__(
        self, scope: dict[str, Any], send: Any, notes: request_notes.Notes, log: RequestLog, administrator: str
    ) -> None:
        self._scope, self._send, self._notes, self._log = scope, send, notes, log
        self._by_administrator = _names(scope, administrator)
        self._start: dict[str, Any] = {}
        self._body = b""

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            if message["status"] >= _FIRST_ERROR:
                self._start = message
                return
            self._record(message["status"], message.get("headers", ()), b"")
        elif self._start and message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            start, body = self._response()
            self._start = {}
            await self._send(start)
            message = {**message, "body": body}
        await self._send(message)

    def _response(self) -> tuple[dict[str, Any], bytes]:
        """Return the start and body of an error with the request ID of the log."""
        headers = [(name.lower(), value) for name, value in self._start.get("headers", ())]
        found = _id_of(headers) or _first(_XML_ID, self._body) or str(uuid.uuid4())
        body = _with_id(self._body, found)
        if not _id_of(headers):
            headers += [(name, found.encode()) for name in _IDS[:2]]
        if body != self._body:
            headers = _of_body(headers, body)
        self._record(self._start["status"], headers, body)
        return {**self._start, "headers": headers}, body

    def _record(self, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> None:
        checks = self._notes.checks
        operation = self._operation()
        refused = status in _REFUSALS or any(each["decision"] != "Allow" for each in checks)
        refused |= _FIRST_ERROR <= status < _FIRST_FAULT and operation.startswith(_AUTHENTICATION_OPERATIONS)
        has_principal = any(each["principal"] for each in checks) and not self._by_administrator
        if self._scope["path"].startswith(_CONTROLS) or not (refused or has_principal):
            return
        if self._by_administrator and status not in _REFUSALS:
            return
        code, message = _error(body, dict(headers))
        self._log.add(
            {
                "id": _id_of(headers),
                "time": time.time(),
                "operation": operation,
                "status": status,
                "refused": refused,
                "code": code,
                "message": message,
                "checks": checks,
                "token": self._notes.token,
            }
        )

    def _operation(self) -> str:
        """Return the called operation: an IAM action, an operation, or method and path."""
        sent = {name.lower(): value.decode("latin-1") for name, value in self._scope["headers"]}
        named = next((each["action"] for each in self._notes.checks if each["action"]), "")
        return named or sent.get(b"x-amz-target", "") or f"{self._scope['method']} {self._scope['path']}"


def _names(scope: dict[str, Any], key: str) -> bool:
    """Return whether a request names an access key, in any place."""
    sent = next((value for name, value in scope["headers"] if name.lower() == b"authorization"), b"")
    return key.encode() in sent or key.encode() in unquote_to_bytes(scope["query_string"])


def _id_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    sent = {name.lower(): value.decode("latin-1") for name, value in headers}
    return next((sent[name] for name in _IDS if sent.get(name)), "")


def _of_body(headers: Iterable[tuple[bytes, bytes]], body: bytes) -> list[tuple[bytes, bytes]]:
    """Return headers that match this body: SDKs retry DynamoDB responses with another checksum."""
    replaced = {b"content-length": str(len(body)).encode(), _CHECKSUM: str(zlib.crc32(body)).encode()}
    kept = [(name, replaced.get(name, value)) for name, value in headers if name != b"content-length"]
    return [*kept, (b"content-length", replaced[b"content-length"])]


def _with_id(body: bytes, request_id: str) -> bytes:
    """Return an error's body with the request ID: in its XML element, or beside the type of a JSON error."""
    if body.lstrip().startswith(b"<"):
        return _XML_ID.sub(lambda _: f"<RequestId>{request_id}</RequestId>".encode(), body)
    content = json_object(body)
    return json.dumps({**content, "RequestId": request_id}).encode() if "__type" in content else body


def _error(body: bytes, headers: dict[bytes, bytes]) -> tuple[str, str]:
    """Return an error's code and message."""
    content = json_object(body)
    code = content.get("__type") or _first(_XML_CODE, body) or headers.get(b"x-amzn-errortype", b"").decode("latin-1")
    message = content.get("message") or content.get("Message") or _first(_XML_MESSAGE, body)
    return str(code).rpartition("#")[2].rstrip(":"), _LONG.sub("(omitted)", str(message))[:_MESSAGE]


def _first(pattern: re.Pattern[bytes], body: bytes) -> str:
    found = pattern.search(body)
    return found.group(1).decode("utf-8", "replace") if found else ""
