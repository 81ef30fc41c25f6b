"""What a browser's page gets to read: preflights, and the headers on answers and on refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import requests

from constructs_lib.verify.app_users import People
from constructs_lib.verify.checks import Check
from constructs_lib.verify.finding import Finding, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.verify.context import Context

_FOREIGN: Final = "https://elsewhere.example.com"
_ALLOWS: Final = "Access-Control-Allow-Origin"
_TIMEOUT: Final = 30
_ANSWERED: Final = (200, 204)
"""How a preflight is answered; an error has no headers either, and shows nothing."""
_PREFLIGHT: Final = "cors-preflight"
_ON_403: Final = "cors-on-403"
_OF_BUCKET: Final = "cors-of-bucket"


def preflight(context: Context) -> Iterator[Finding]:
    """Ask the API before a call, as a browser does, for a page that may and for one that may not."""
    people, origin = People.of(context), _origin(context, "AWS::ApiGatewayV2::Api")
    for asked, may in ((origin, True), (_FOREIGN, False)):
        headers = {"Origin": asked, "Access-Control-Request-Method": "POST"}
        answer = people.app.send("OPTIONS", _shares(context), credentials=None, headers=headers)
        status = _ANSWERED if may else (*_ANSWERED, 403)
        yield _told(_PREFLIGHT, f"the API's preflight for {_whose(may=may)}", answer, asked, may=may, status=status)
    guest = people.app.guest().credentials.get_frozen_credentials()
    answer = people.app.send("GET", _shares(context), credentials=guest, headers={"Origin": origin})
    yield _told(_PREFLIGHT, "an answer of the API's to a page that may", answer, origin, may=True, status=(200,))


def on_403(context: Context) -> Iterator[Finding]:
    """Be refused by IAM at a route, and look at the headers of the refusal."""
    people, origin = People.of(context), _origin(context, "AWS::ApiGatewayV2::Api")
    answer = people.app.send("GET", _shares(context), credentials=None, headers={"Origin": origin})
    yield _told(_ON_403, "the API's refusal of a page that may call it", answer, origin, may=True, status=(403,))
    guest = people.app.guest().credentials.get_frozen_credentials()
    answer = people.app.send("POST", _shares(context), credentials=guest, json_body={}, headers={"Origin": origin})
    yield _told(_ON_403, "the API's refusal of a guest on such a page", answer, origin, may=True, status=(403,))


def of_bucket(context: Context) -> Iterator[Finding]:
    """Ask S3 before a call, and be refused by it, for a page that may and for one that may not."""
    people, origin = People.of(context), _origin(context, "AWS::S3::Bucket")
    # A bucket answers a preflight by its own name alone, wherever it is asked.
    endpoint = people.app.guest().session().client("s3").meta.endpoint_url
    address = f"{endpoint}/{context.settings.other('BucketName')}/private/x"
    for asked, may in ((origin, True), (_FOREIGN, False)):
        headers = {"Origin": asked, "Access-Control-Request-Method": "PUT"}
        answer = _sent(people, "OPTIONS", address, headers)
        status = (200,) if may else (403,)
        yield _told(_OF_BUCKET, f"the bucket's preflight for {_whose(may=may)}", answer, asked, may=may, status=status)
        answer = _sent(people, "GET", address, {"Origin": asked})
        yield _told(_OF_BUCKET, f"the bucket's refusal of {_whose(may=may)}", answer, asked, may=may, status=(403,))


def _whose(*, may: bool) -> str:
    return "a page that may call it" if may else "any other page"


def _sent(people: People, method: str, address: str, headers: dict[str, str]) -> requests.Response:
    answer = requests.request(method, address, headers=headers, timeout=_TIMEOUT, allow_redirects=False)
    people.app.observer.answered(answer)
    return answer


def _shares(context: Context) -> str:
    return f"{context.settings.other('ApiUrl').rstrip('/')}/shares"


def _origin(context: Context, kind: str) -> str:
    """Return an origin that the template of an API or a bucket lets in.

    Raises:
        ValueError: It lets in none that is written out.
    """
    for resource in (each for body in context.templates.values() for each in body["Resources"].values()):
        if resource["Type"] == kind:
            for each in _origins(resource.get("Properties", {})):
                if isinstance(each, str) and "*" not in each:
                    return each
    raise ValueError(f"no {kind} of the templates lets in an origin that is written out")


def _origins(said: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the origins that an API's document or a bucket's rules let in."""
    yield from said.get("Body", {}).get("x-amazon-apigateway-cors", {}).get("allowOrigins", ())
    for rule in said.get("CorsConfiguration", {}).get("CorsRules", ()):
        yield from rule["AllowedOrigins"]


def _told(
    check: str, what: str, answer: requests.Response, origin: str, *, may: bool, status: tuple[int, ...]
) -> Finding:
    """Return whether an answer has the status it should, and lets its page read it or not, as it should."""
    allowed = answer.headers.get(_ALLOWS)
    reads = allowed in (origin, "*")
    said = f"{what} {'lets' if may else 'does not let'} the page read it"
    if reads == may and answer.status_code in status:
        return Finding(check=check, outcome=Outcome.AGREES, what=said)
    detail = (
        f"{answer.request.method} {answer.request.url} with Origin {origin} was {answer.status_code} "
        f"(expected {', '.join(map(str, status))}) with {_ALLOWS} {allowed}: {answer.text[:200]}"
    )
    return Finding(check=check, outcome=Outcome.DIFFERS, what=said, detail=detail)


CHECKS: Final = (
    Check(
        name=_PREFLIGHT,
        level=1,
        title="An HTTP API answers preflights of the origins that it lets in, and of no other",
        doubt=(
            '"If you configure CORS for an API, API Gateway automatically sends a response to preflight OPTIONS '
            'requests" ("Configure CORS for HTTP APIs", API Gateway developer guide)'
        ),
        run=preflight,
    ),
    Check(
        name=_ON_403,
        level=1,
        title="A page can read that IAM refuses it: the 403 of an HTTP API has CORS headers",
        doubt=(
            "the headers are on refusals too, although the guide speaks of integrations alone: "
            '"For a CORS request, API Gateway adds the configured CORS headers to the response from an integration" '
            '("Configure CORS for HTTP APIs", API Gateway developer guide)'
        ),
        run=on_403,
    ),
    Check(
        name=_OF_BUCKET,
        level=1,
        title="A bucket answers preflights of the origins that it lets in, and its refusals can be read there",
        doubt=(
            'S3 adds the headers of the first rule that fits to refusals, too: "When Amazon S3 receives a preflight '
            "request from a browser, it evaluates the CORS configuration for the bucket and uses the first CORSRule "
            'rule that matches" ("Using cross-origin resource sharing", Amazon S3 user guide)'
        ),
        run=of_bucket,
    ),
)
