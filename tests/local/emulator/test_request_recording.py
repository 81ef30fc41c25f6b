"""A refusal has one request ID in header, body and log; the log contains no secrets."""

import asyncio
import base64
import json
import re
import zlib
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.local.emulator import request_notes
from constructs_lib.local.emulator.request_log import RequestLog
from constructs_lib.local.emulator.request_recording import recorded

ADMIN = "LKIAADMIN"
DENIED = {
    "action": "s3:GetObject",
    "resource": "arn",
    "principal": "arn:role",
    "context": {},
    "decision": "ImplicitDeny",
}
ALLOWED = {**DENIED, "decision": "Allow"}
XML = b"<Error><Code>AccessDenied</Code><Message>no</Message><RequestId>of-the-body</RequestId></Error>"
JSON = b'{"__type": "com.amazonaws#AccessDeniedException", "message": "no"}'
PLAIN = b'{"message":"Forbidden"}'
Sent = tuple[int, dict[str, str], bytes]


class Recording:
    """An application with an answer, behind the recorder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "requests.jsonl"
        self._log = RequestLog(self.path)

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.path.read_text().splitlines()]

    def ask(
        self,
        status: int,
        body: bytes,
        *checks: dict[str, Any],
        answered: dict[str, str] | None = None,
        asked: dict[str, str] | None = None,
        path: str = "/bucket/key",
        query: bytes = b"",
    ) -> Sent:
        async def inner(scope: Any, receive: Any, send: Any) -> None:
            del scope, receive
            notes = request_notes.current()
            assert notes is not None
            notes.checks.extend(checks)
            headers = {"content-length": str(len(body)), **(answered or {})}
            sent = [(name.encode(), value.encode()) for name, value in headers.items()]
            await send({"type": "http.response.start", "status": status, "headers": sent})
            await send({"type": "http.response.body", "body": body[:5], "more_body": True})
            await send({"type": "http.response.body", "body": body[5:]})

        said: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            said.append(message)

        headers = [(name.encode(), value.encode()) for name, value in (asked or {}).items()]
        scope = {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": headers}
        asyncio.run(recorded(inner, self._log, administrator=ADMIN)(scope, None, send))
        start, *rest = said
        found = {name.decode(): value.decode() for name, value in start["headers"]}
        return start["status"], found, b"".join(each.get("body", b"") for each in rest)


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return Recording(tmp_path)


@pytest.mark.parametrize(
    ("body", "answered"),
    [(XML, {}), (XML, {"x-amz-request-id": "of-the-header"}), (JSON, {}), (JSON, {"x-amzn-requestid": "given"}),
     (PLAIN, {}), (PLAIN, {"apigw-requestid": "of-the-api"}), (b"", {})],
)  # fmt: skip
def test_header_body_and_log_have_one_id(recording: Recording, body: bytes, answered: dict[str, str]) -> None:
    status, headers, sent = recording.ask(403, body, DENIED, answered=answered)
    (entry,) = recording.log()
    carried = {headers[name] for name in ("x-amzn-requestid", "x-amz-request-id", "apigw-requestid") if name in headers}
    assert (status, carried) == (403, {entry["id"]})
    assert headers["content-length"] == str(len(sent))
    assert set(re.findall(r"RequestId[>\": ]+([\w-]+)", sent.decode())) == (
        {entry["id"]} if body in (XML, JSON) else set()
    )
    assert entry["refused"]


def test_the_services_code_and_message_are_kept(recording: Recording) -> None:
    for body in (XML, JSON):
        recording.ask(403, body, DENIED)
    assert {(each["code"].removesuffix("Exception"), each["message"]) for each in recording.log()} == {
        ("AccessDenied", "no")
    }


def test_allowed_requests_are_recorded_unchanged(recording: Recording) -> None:
    status, headers, body = recording.ask(200, b"content", ALLOWED, answered={"x-amz-request-id": "r"})
    assert (status, body, headers["content-length"]) == (200, b"content", "7")
    (entry,) = recording.log()
    assert (entry["id"], entry["refused"], entry["checks"]) == ("r", False, [ALLOWED])


def test_a_batch_that_was_refused_in_part_counts_as_refused(recording: Recording) -> None:
    recording.ask(200, b"<DeleteResult/>", ALLOWED, DENIED)
    assert [each["refused"] for each in recording.log()] == [True]


def test_other_errors_are_recorded_only_for_callers_with_a_role(recording: Recording) -> None:
    recording.ask(404, XML)
    recording.ask(400, JSON, asked={"x-amz-target": "DynamoDB_20120810.GetItem"})
    recording.ask(500, JSON, asked={"x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth"})
    assert recording.log() == []
    recording.ask(404, XML, ALLOWED)
    recording.ask(400, JSON, asked={"x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth"})
    assert [each["refused"] for each in recording.log()] == [False, True]


@pytest.mark.parametrize(
    "named",
    [{"asked": {"authorization": f"AWS4 Credential={ADMIN}/x"}}, {"query": b"X-Amz-Credential=%4CKIAADMIN%2Fx"}],
)
def test_of_the_administrators_requests_only_refusals_are_recorded(recording: Recording, named: Any) -> None:
    recording.ask(200, b"", ALLOWED, **named)
    recording.ask(400, JSON, ALLOWED, **named)
    target = {**named, "asked": {**named.get("asked", {}), "x-amz-target": "AWSCognitoIdentityProviderService.GetUser"}}
    recording.ask(400, JSON, **target)
    assert recording.log() == []
    recording.ask(403, JSON, **named)
    assert len(recording.log()) == 1


def test_requests_to_the_clouds_controls_are_not_recorded(recording: Recording) -> None:
    recording.ask(403, JSON, path="/_ministack/reset")
    assert recording.log() == []


def test_no_token_key_or_signature_is_recorded(recording: Recording) -> None:
    secret = "s" * 50
    body = json.dumps({"__type": "NotAuthorizedException", "message": f"Token {secret} is bad"}).encode()
    sent = {"authorization": f"Bearer {secret}", "x-amz-security-token": secret}
    recording.ask(403, body, DENIED, asked=sent, query=f"X-Amz-Signature={secret}".encode())
    assert secret not in recording.path.read_text()
    assert recording.log()[0]["message"] == "Token (omitted) is bad"


def test_a_token_is_recorded_by_its_claims_without_its_signature() -> None:
    claims = {"iss": "pool", "aud": "client", "exp": 1, "email": "alice@example.com", "sub": "me"}
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    assert request_notes.claims_of(f"h.{body}.s") == {"iss": "pool", "aud": "client", "exp": 1}
    assert request_notes.claims_of("") is None
    for broken in ("x", "a.b.c", "a.bnVsbA.c"):
        assert request_notes.claims_of(broken) == {}


def test_the_checksum_is_that_of_the_answer_that_is_sent(recording: Recording) -> None:
    """An SDK asks DynamoDB again, for up to half a minute, when it is not."""
    _, headers, body = recording.ask(400, JSON, answered={"x-amz-crc32": str(zlib.crc32(JSON))})
    assert b"RequestId" in body
    assert headers["x-amz-crc32"] == str(zlib.crc32(body))
    assert headers["content-length"] == str(len(body))
    assert "x-amz-crc32" not in recording.ask(400, JSON)[1]
