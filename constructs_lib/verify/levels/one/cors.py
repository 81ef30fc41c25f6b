"""Responses that a page in a browser can read: preflights, and CORS headers on successes and refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import requests

from constructs_lib.verify.app_users import AppUsers
from constructs_lib.verify.checks import Check
from constructs_lib.verify.finding import Finding, compared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.verify.context import Context

_FOREIGN: Final = "https://elsewhere.example.com"
_ALLOWS: Final = "Access-Control-Allow-Origin"
_TIMEOUT: Final = 30
_ANSWERED: Final = (200, 204)
"""Statuses of a preflight's response; an error has no CORS headers either, and shows nothing."""


def preflight(context: Context) -> Iterator[Finding]:
    """Send the API preflights, and a request, for an origin that is allowed and for one that is not."""
    users, origin = AppUsers.of(context), _origin(context, "AWS::ApiGatewayV2::Api")
    for page_origin, may in ((origin, True), (_FOREIGN, False)):
        headers = {"Origin": page_origin, "Access-Control-Request-Method": "POST"}
        answer = users.app.send("OPTIONS", _shares(context), credentials=None, headers=headers)
        status = _ANSWERED if may else (*_ANSWERED, 403)
        yield _finding(f"the API's preflight for {_page_kind(may=may)}", answer, page_origin, may=may, status=status)
    guest = users.app.guest().credentials.get_frozen_credentials()
    answer = users.app.send("GET", _shares(context), credentials=guest, headers={"Origin": origin})
    yield _finding("the API's response to an allowed page", answer, origin, may=True, status=(200,))


def on_403(context: Context) -> Iterator[Finding]:
    """Send a request that IAM refuses, and check the refusal's headers."""
    users, origin = AppUsers.of(context), _origin(context, "AWS::ApiGatewayV2::Api")
    answer = users.app.send("GET", _shares(context), credentials=None, headers={"Origin": origin})
    yield _finding("the API's refusal of an unsigned request", answer, origin, may=True, status=(403,))
    guest = users.app.guest().credentials.get_frozen_credentials()
    answer = users.app.send("POST", _shares(context), credentials=guest, json_body={}, headers={"Origin": origin})
    yield _finding("the API's refusal of a guest's request", answer, origin, may=True, status=(403,))


def of_bucket(context: Context) -> Iterator[Finding]:
    """Send S3 a preflight, and a request that it refuses, for an origin that is allowed and for one that is not."""
    users, origin = AppUsers.of(context), _origin(context, "AWS::S3::Bucket")
    # The response to a bucket's preflight depends on the bucket's name only, at any endpoint.
    endpoint = users.app.guest().session().client("s3").meta.endpoint_url
    address = f"{endpoint}/{context.settings.other('BucketName')}/private/x"
    for page_origin, may in ((origin, True), (_FOREIGN, False)):
        headers = {"Origin": page_origin, "Access-Control-Request-Method": "PUT"}
        answer = _sent(users, "OPTIONS", address, headers)
        status = (200,) if may else (403,)
        yield _finding(f"the bucket's preflight for {_page_kind(may=may)}", answer, page_origin, may=may, status=status)
        answer = _sent(users, "GET", address, {"Origin": page_origin})
        yield _finding(f"the bucket's refusal of {_page_kind(may=may)}", answer, page_origin, may=may, status=(403,))


def _page_kind(*, may: bool) -> str:
    return "an allowed page" if may else "any other page"


def _sent(users: AppUsers, method: str, address: str, headers: dict[str, str]) -> requests.Response:
    answer = requests.request(method, address, headers=headers, timeout=_TIMEOUT, allow_redirects=False)
    users.app.observer.answered(answer)
    return answer


def _shares(context: Context) -> str:
    return f"{context.settings.other('ApiUrl').rstrip('/')}/shares"


def _origin(context: Context, kind: str) -> str:
    """Return an origin that the template of an API or a bucket allows.

    Raises:
        ValueError: It allows no literal origin.
    """
    for resource in (each for body in context.templates.values() for each in body["Resources"].values()):
        if resource["Type"] == kind:
            for each in _origins(resource.get("Properties", {})):
                if isinstance(each, str) and "*" not in each:
                    return each
    raise ValueError(f"no {kind} of the templates allows a literal origin; add one to its CORS settings")


def _origins(properties: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the origins that an API's document or a bucket's rules allow."""
    yield from properties.get("Body", {}).get("x-amazon-apigateway-cors", {}).get("allowOrigins", ())
    for rule in properties.get("CorsConfiguration", {}).get("CorsRules", ()):
        yield from rule["AllowedOrigins"]


def _finding(what: str, answer: requests.Response, origin: str, *, may: bool, status: tuple[int, ...]) -> Finding:
    """Return whether a response has the expected status, and whether its page can read it, as expected."""
    allowed = answer.headers.get(_ALLOWS)
    reads = allowed in (origin, "*")
    sentence = f"{what} {'lets' if may else 'does not let'} the page read it"
    detail = (
        f"{answer.request.method} {answer.request.url} with Origin {origin} was {answer.status_code} "
        f"(expected {', '.join(map(str, status))}) with {_ALLOWS} {allowed}: {answer.text[:200]}"
    )
    return compared(sentence, detail, same=reads == may and answer.status_code in status)


CHECKS: Final = (
    Check(
        name="cors-preflight",
        level=1,
        title="An HTTP API answers preflights of its allowed origins, and of no other",
        assumption=(
            '"If you configure CORS for an API, API Gateway automatically sends a response to preflight OPTIONS '
            'requests" ("Configure CORS for HTTP APIs", API Gateway developer guide)'
        ),
        run=preflight,
    ),
    Check(
        name="cors-on-403",
        level=1,
        title="A page can read a refusal by IAM: the 403 of an HTTP API has CORS headers",
        assumption=(
            "refusals have the headers, too, although the guide mentions integrations only: "
            '"For a CORS request, API Gateway adds the configured CORS headers to the response from an integration" '
            '("Configure CORS for HTTP APIs", API Gateway developer guide)'
        ),
        run=on_403,
    ),
    Check(
        name="cors-of-bucket",
        level=1,
        title="A bucket answers preflights of its allowed origins, and their pages can read its refusals",
        assumption=(
            'S3 adds the headers of the first matching rule to refusals, too: "When Amazon S3 receives a preflight '
            "request from a browser, it evaluates the CORS configuration for the bucket and uses the first CORSRule "
            'rule that matches" ("Using cross-origin resource sharing", Amazon S3 user guide)'
        ),
        run=of_bucket,
    ),
)
