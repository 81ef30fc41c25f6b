"""Declared sharing in an API's metadata covers only the calls of that route by that caller."""

from typing import Any

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.conftest import SUB, Document, template
from tests.proofs import proof_of

ROUTES = ("GET /users/{owner}/things", "GET /users/{owner}/secrets", "PUT /users/{owner}/things")
OPENED = {"place": ROUTES[0], "caller": "authenticated", "actions": ["execute-api:Invoke"]}


def calls(*paths: str) -> Document:
    named = [{"Fn::Join": ["", ["arn:aws:execute-api:*:*:", {"Ref": "Api"}, f"/*/{path}"]]} for path in paths]
    return {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": named}


OWN = calls(*(route.replace(" ", "").replace("{owner}", SUB) for route in ROUTES))


def proved(*beyond: str, guest: tuple[str, ...] = (), **said: Any) -> Report:
    """Prove an API with a shared route.

    Args:
        beyond: The calls that signed-in users may make besides their own.
        guest: The calls that guests may make.
        said: The metadata instead of `OPENED`.
    """
    api = {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "HTTP"}}
    more: Document = {"Api": {**api, "Metadata": {"cognito-app:opened": [OPENED | said]}}}
    for number, route in enumerate(ROUTES):
        properties = {"ApiId": {"Ref": "Api"}, "RouteKey": route, "AuthorizationType": "AWS_IAM"}
        more[f"Route{number}"] = {"Type": "AWS::ApiGatewayV2::Route", "Properties": properties}
    statements = [OWN, *([calls(*beyond)] if beyond else [])]
    return proof_of(template(statements, guest=[calls(*guest)] if guest else None, more=more))


def test_what_is_opened_is_named_and_no_attack() -> None:
    report = proved("GET/users/*/things")
    assert report.status is Status.PROVED
    (finding,) = (each for each in report.findings if each.status is Status.ACCEPTED)
    assert finding.caller == "a signed-in user"


@pytest.mark.parametrize(
    "beyond", ["GET/users/*", "GET/users/*/secrets", "*/users/*/things", "PUT/users/*/things", "*"]
)
def test_a_statement_that_reaches_another_route_is_an_attack_on_it(beyond: str) -> None:
    report = proved("GET/users/*/things", beyond)
    attacks = [each for each in report.findings if each.status is Status.COUNTEREXAMPLE]
    assert attacks
    for each in attacks:
        assert each.request is not None
        assert "/GET/users/" not in each.request.resource or not each.request.resource.endswith("/things")


def test_what_is_opened_to_one_is_opened_to_nobody_else() -> None:
    report = proved(guest=("GET/users/*/things",))
    assert {each.caller for each in report.findings if each.status is Status.COUNTEREXAMPLE} == {"a guest"}


@pytest.mark.parametrize(
    "said",
    [
        {"place": "GET /users/{id}/things"},
        {"place": "GET /users/{owner}/*"},
        {"place": "*"},
        {"place": "ANY /users/{owner}/things"},
        {"caller": "group:admins"},
        {"actions": ["execute-api:*"]},
        {"within": ["owner"]},
    ],
)
def test_what_is_said_of_anything_else_opens_nothing(said: Document) -> None:
    assert proved("GET/users/*/things", **said).status is Status.COUNTEREXAMPLE
