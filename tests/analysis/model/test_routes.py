"""A method or path that the template does not determine may be any, and an integration that is not read is named."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.conftest import Document
from tests.analysis.proof.access_paths.openings import att, of, ref, role, sub
from tests.analysis.proof.test_holes import proved
from tests.analysis.proof.test_route_authorizers import MOCK, call
from tests.analysis.proof.test_traps import OWN, ROWS, allow

PARAMETERS: Final[Document] = {"Parameters": {"Parent": {"Type": "String"}}}
USERS: Final = "prod/GET/users/{owner}"


def _report(statements: list[Document], more: Document) -> Report:
    return proved(statements, more=more, sections=PARAMETERS)


def _below(parent: Any, method: Any, part: Any, auth: str = "NONE") -> Document:
    """A REST API with a path `users/{id}` for IAM, and a method beside it."""
    root = att("Api", "RootResourceId")
    return {
        "Api": of("AWS::ApiGateway::RestApi", Name="a"),
        "Users": of("AWS::ApiGateway::Resource", RestApiId=ref("Api"), ParentId=root, PathPart="users"),
        "User1": of("AWS::ApiGateway::Resource", RestApiId=ref("Api"), ParentId=ref("Users"), PathPart="{id}"),
        "Get": of("AWS::ApiGateway::Method", RestApiId=ref("Api"), ResourceId=ref("User1"), HttpMethod="GET",
                  AuthorizationType="AWS_IAM", **MOCK),
        "Odd": of("AWS::ApiGateway::Resource", RestApiId=ref("Api"), ParentId=parent, PathPart=part),
        "More": of("AWS::ApiGateway::Method", RestApiId=ref("Api"), ResourceId=ref("Odd"), HttpMethod=method,
                   AuthorizationType=auth, **MOCK),
    }  # fmt: skip


ROOT: Final = att("Api", "RootResourceId")
UNDETERMINED: Final[dict[str, tuple[Any, Any, Any]]] = {
    "a parent by parameter": (ref("Parent"), "GET", "{id}"),
    "a parent that is stored": ("{{resolve:ssm:/parent}}", "GET", "{id}"),
    "a method by parameter": (ref("Users"), ref("Parent"), "{name}"),
    "a part by parameter": (ROOT, "GET", ref("Parent")),
    "a part by the stack's name": (ref("Users"), "GET", ref("AWS::StackName")),
}


@pytest.mark.parametrize("name", UNDETERMINED, ids=lambda name: name.replace(" ", "-"))
def test_a_method_whose_path_is_not_determined_may_serve_an_owned_path(name: str) -> None:
    report = _report([call(USERS), OWN], _below(*UNDETERMINED[name]))
    assert report.status is Status.UNDECIDED
    assert any("of Api (More), which serves" in each.story for each in report.findings)
    assert _report([call(USERS), OWN], _below(*UNDETERMINED[name], auth="AWS_IAM")).status is Status.PROVED
    assert _report([call(USERS), OWN], _below(ROOT, "GET", "other")).status is Status.PROVED


def test_a_method_whose_path_is_not_determined_may_be_cached_by_any_setting() -> None:
    cached = [{"HttpMethod": "GET", "ResourcePath": "/~1notes", "CachingEnabled": True}]
    stage = of("AWS::ApiGateway::Stage", RestApiId=ref("Api"), StageName="prod", MethodSettings=cached)
    more = {**_below(ref("Parent"), "GET", "{id}", auth="AWS_IAM"), "Stage": stage}
    report = _report([OWN], more)
    assert any("GET /{any path+} of Api may be cached" in each.story for each in report.findings)


def test_an_integration_that_is_not_read_is_named() -> None:
    for said in ({"$ref": "#/x-int/missing"}, "{{resolve:ssm:/integration}}"):
        body = {"paths": {"/a": {"get": {"x-amazon-apigateway-integration": said}}}}
        report = _report([OWN], {"Api": of("AWS::ApiGateway::RestApi", Body=body)})
        assert any("for the integration of get" in each.story for each in report.findings)
    method = of("AWS::ApiGateway::Method", RestApiId="a", HttpMethod="GET", Integration="{{resolve:ssm:/integration}}")
    assert any("More takes its integration from" in each.story for each in _report([OWN], {"More": method}).findings)


def test_an_integration_is_found_wherever_its_document_has_it() -> None:
    scan = sub("arn:aws:apigateway:${AWS::Region}:dynamodb:action/Scan")
    acts = role("apigateway.amazonaws.com", allow("dynamodb:Scan", att("Table", "Arn")))
    body = {
        "x-int": {"i": {"type": "AWS", "uri": scan, "credentials": att("Acts")}},
        "paths": {"/a": {"get": {"x-amazon-apigateway-integration": {"$ref": "#/x-int/i"}}}},
    }
    report = _report([ROWS], {"Acts": acts, "Api": of("AWS::ApiGateway::RestApi", Body=body)})
    assert report.status is Status.COUNTEREXAMPLE
    assert any("GET /a of Api, which acts on AWS with the role Acts" in each.story for each in report.findings)
