"""Only a refusal for missing rights counts as one, in the story and in the checks of verify alike."""

from types import SimpleNamespace
from typing import Any

import pytest
import requests

from constructs_lib.story import channels, files, functions, shares
from constructs_lib.story.refusals import ACCESS_DENIED, Refused, error_code
from constructs_lib.story.row import Row, Verdict, refused
from constructs_lib.story.tenants import company
from constructs_lib.verify.attack_calls import ATTEMPTS, Target

FORBIDDEN = '{"message":"Forbidden"}'
EXPIRED = '{"message":"The security token included in the request is expired"}'


def answer(status: int, kind: str = "", body: str = FORBIDDEN) -> requests.Response:
    found = requests.Response()
    found.status_code, found._content = status, body.encode()
    found.headers.update({"x-amzn-errortype": kind} if kind else {})
    return found


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (answer(403), "403"),
        (answer(403, body=""), "403"),
        (answer(403, body="<html>blocked</html>"), "403"),
        (answer(403, "AccessDeniedException"), "AccessDeniedException"),
        (answer(403, body="<Error><Code>AccessDenied</Code></Error>"), "AccessDenied"),
    ],
)
def test_a_refusal_for_missing_rights_has_one_of_the_codes_for_it(given: requests.Response, code: str) -> None:
    assert error_code(given) == code
    assert code in ACCESS_DENIED


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (answer(403, "InvalidSignatureException"), "InvalidSignatureException"),
        (answer(403, "ExpiredTokenException:http://internal.amazon.com/"), "ExpiredTokenException"),
        (answer(403, "com.amazon.coral#UnrecognizedClientException"), "UnrecognizedClientException"),
        (answer(403, "ForbiddenException"), "ForbiddenException"),
        (answer(403, "TooManyRequestsException"), "TooManyRequestsException"),
        (answer(403, "WhatNobodyHasHeardOf"), "WhatNobodyHasHeardOf"),
        (answer(403, body="<Error><Code>SignatureDoesNotMatch</Code></Error>"), "SignatureDoesNotMatch"),
        (answer(403, body="<Error><Code>RequestTimeTooSkewed</Code></Error>"), "RequestTimeTooSkewed"),
        (answer(403, "AccessDeniedException", EXPIRED), "ExpiredTokenException"),
        (answer(403, body=EXPIRED.replace("expired", "invalid")), "UnrecognizedClientException"),
        (answer(403, body='{"message":"Missing Authentication Token"}'), "MissingAuthenticationTokenException"),
        (answer(403, body='{"message":"Signature expired: 2026 is now earlier"}'), "InvalidSignatureException"),
        (answer(401), "401"),
        (answer(401, "AccessDeniedException"), "401"),
        (answer(400, body='{"__type":"com.amazonaws.dynamodb.v20120810#AccessDeniedException"}'), "400"),
        (answer(500, body='{"__type":"AccessDeniedException"}'), "500"),
        (answer(502, body="<Error><Code>AccessDenied</Code></Error>"), "502"),
        (answer(500, body='{"__type":"403"}'), "500"),
        (answer(429, body='{"message":"Too Many Requests"}'), "429"),
        (answer(503, body="[]"), "503"),
    ],
)
def test_an_invalid_signature_an_ended_token_and_throttling_have_codes_of_their_own(
    given: requests.Response, code: str
) -> None:
    assert error_code(given) == code
    assert code not in ACCESS_DENIED


class Person:
    """Somebody whose every call gets the same answer."""

    def __init__(self, given: requests.Response) -> None:
        self.caller = self.app = self.credentials = self
        self.given, self.identity_id, self.settings = given, "us-east-1:1", SimpleNamespace(other=lambda _: "https://x")

    def request(self, *_: Any, **__: Any) -> requests.Response:
        return self.given

    send = request

    def get_frozen_credentials(self) -> None:
        return None


def run(way: str, given: requests.Response, monkeypatch: pytest.MonkeyPatch) -> Verdict:
    """Make a call that should be refused in each way that a story makes calls over HTTP."""
    person: Any = Person(given)
    cast: Any = SimpleNamespace(api="https://x", app=person)
    cast.app.observer = SimpleNamespace(answered=lambda _: None)
    monkeypatch.setattr(requests, "request", person.request)
    story = channels.ChannelStory(url="https://x", callers={"Ann": person}, notifier="", functions=None)
    calls: dict[str, Row] = {
        "a route": refused("Alice", "lists", shares._list(lambda _: person)),
        "a link": refused("Alice", "reads", lambda cast: files._send(cast, "GET", "https://x")),
        "a URL": refused("Alice", "calls", lambda _: functions._get(person, None)),
        "a tenant": refused("Alice", "lists", lambda _: company._answer(person, "GET", "https://x", None)),
        "a channel": refused("Ann", "sends", lambda _: story.sends("Ann", "/news/x")),
        "an attack": refused(
            "Alice",
            "calls",
            lambda _: ATTEMPTS["execute-api:Invoke"](person, Target(resource="https://x", owner="o", text="GET/x")),
        ),
    }
    return calls[way].run(cast)


WAYS = ("a route", "a link", "a URL", "a tenant", "a channel", "an attack")


@pytest.mark.parametrize("way", WAYS)
def test_a_refusal_for_missing_rights_is_as_expected_in_every_way_of_calling(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for given in (answer(403), answer(403, "AccessDeniedException")):
        assert run(way, given, monkeypatch).as_expected


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "code", ["InvalidSignatureException", "ExpiredTokenException", "TooManyRequestsException", "WhatNobodyHasHeardOf"]
)
def test_any_other_refusal_is_a_surprise_that_names_its_code_in_every_way_of_calling(
    way: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdict = run(way, answer(403, code), monkeypatch)
    assert not verdict.as_expected
    assert verdict.got == f"failed ({code})"


def test_a_refusal_carries_its_code() -> None:
    assert Refused("403").code == "403"
