"""Only a refusal of IAM counts as an attack that is refused."""

from types import SimpleNamespace
from typing import Any

import pytest
import requests

from constructs_lib.verify.attack_calls import Target
from constructs_lib.verify.finding import Finding, Outcome
from constructs_lib.verify.levels.one.attacks import _Attacking, _refused

TARGET = Target(resource="bucket", owner="bob", text="private/bob/file")


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "403"])
def test_a_refusal_of_iam_agrees(code: str) -> None:
    assert _refused("a guest: s3:GetObject", code, TARGET).outcome is Outcome.AGREES


@pytest.mark.parametrize(
    "code",
    [
        "allowed", "", "ExpiredToken", "ExpiredTokenException", "InternalError", "InvalidAccessKeyId",
        "InvalidSignatureException", "NoSuchBucket", "NoSuchKey", "RequestTimeTooSkewed",
        "ResourceNotFoundException", "SignatureDoesNotMatch", "SlowDown", "ThrottlingException",
        "UnrecognizedClientException", "ValidationException", "400", "401", "404", "429", "500", "503",
    ],
)  # fmt: skip
def test_any_other_end_of_an_attack_differs_and_is_told(code: str) -> None:
    found = _refused("a guest: s3:GetObject", code, TARGET)
    assert found.outcome is Outcome.DIFFERS
    assert code in found.detail


def controlled(monkeypatch: pytest.MonkeyPatch, status: int, body: str) -> Finding:
    """Return the control of a guest where every call of a route gets the same response."""
    answer = requests.Response()
    answer.status_code, answer._content = status, body.encode()
    app = SimpleNamespace(send=lambda *_, **__: answer)
    credentials = SimpleNamespace(get_frozen_credentials=lambda: None)
    attacking = object.__new__(_Attacking)
    attacking.victim = SimpleNamespace(owner="bob", caller=SimpleNamespace(app=app, credentials=credentials))  # type: ignore[assignment] # as much as a call needs
    call = Target(resource="https://x", owner="bob", text="DELETE/users/bob/shares/x")
    monkeypatch.setattr(_Attacking, "_target", lambda *_: call)
    place: Any = SimpleNamespace(name="Api DELETE /users/{owner}")
    anything: Any = None
    return attacking._control_by_owner(anything, place, anything)


@pytest.mark.parametrize(("status", "body"), [(204, ""), (200, "{}"), (404, '{"message": "no share x"}'), (400, "{}")])
def test_a_call_that_reaches_the_app_for_its_owner_shows_that_the_api_answers(
    monkeypatch: pytest.MonkeyPatch, status: int, body: str
) -> None:
    assert controlled(monkeypatch, status, body).outcome is Outcome.AGREES


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, '{"message":"Forbidden"}'),
        (401, ""),
        (404, '{"message":"Not Found"}'),
        (404, '{"message": "Not Found"}'),
        (429, '{"message":"Too Many Requests"}'),
        (500, '{"message":"Internal Server Error"}'),
        (503, '{"message":"Service Unavailable"}'),
    ],
)
def test_an_api_that_refuses_its_owner_too_shows_nothing_of_a_guest(
    monkeypatch: pytest.MonkeyPatch, status: int, body: str
) -> None:
    found = controlled(monkeypatch, status, body)
    assert found.outcome is Outcome.DIFFERS
    assert found.detail.endswith(f": {status}")
