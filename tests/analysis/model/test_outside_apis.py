"""Methods, routes and integrations that a stack adds to another stack's API are looked at like those of its own."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.conftest import Document
from tests.analysis.proof.access_paths.openings import att, of, ref, role, sub
from tests.analysis.proof.test_holes import proved
from tests.analysis.proof.test_route_authorizers import call
from tests.analysis.proof.test_traps import ROWS, allow

PARAMETERS: Final[Document] = {"Parameters": {"Shared": {"Type": "String"}}}
SHARED: Final[dict[str, Any]] = {
    "parameter": ref("Shared"),
    "import": {"Fn::ImportValue": "api"},
    "stored": "{{resolve:ssm:/api}}",
    "literal": "a1b2c3",
}
ACTS: Final = role("apigateway.amazonaws.com", allow("dynamodb:Scan", att("Table", "Arn")))
USERS: Final = "prod/GET/users/{owner}"
SCAN: Final = sub("arn:aws:apigateway:${AWS::Region}:dynamodb:action/Scan")


def _report(statements: list[Document], more: Document) -> Report:
    return proved(statements, more=more, sections=PARAMETERS)


def _rest(api: Any, auth: str, **integration: Any) -> Document:
    return of("AWS::ApiGateway::Method", RestApiId=api, ResourceId="abc", HttpMethod="GET", AuthorizationType=auth,
              Integration={"Type": "AWS", "Uri": SCAN, "Credentials": att("Acts"), **integration})  # fmt: skip


@pytest.mark.parametrize("api", SHARED.values(), ids=SHARED)
def test_a_method_of_an_api_that_no_template_has_is_looked_at(api: Any) -> None:
    report = _report([ROWS], {"Acts": ACTS, "Added": _rest(api, "NONE")})
    assert report.status is Status.UNDECIDED
    assert any("anyone on the internet can call GET /{any path+} of" in each.story for each in report.findings)
    mock = _rest(api, "NONE", Type="MOCK", Credentials="")
    assert _report([ROWS], {"Acts": ACTS, "Added": mock}).status is Status.PROVED


@pytest.mark.parametrize("target", [True, False], ids=["routed", "without-a-route"])
@pytest.mark.parametrize("api", SHARED.values(), ids=SHARED)
def test_an_integration_of_an_api_that_no_template_has_is_looked_at(api: Any, target: bool) -> None:
    more = {
        "Acts": ACTS,
        "Scans": of("AWS::ApiGatewayV2::Integration", ApiId=api, IntegrationType="AWS", IntegrationUri=SCAN,
                    CredentialsArn=att("Acts")),
        "Sent": of("AWS::ApiGatewayV2::Route", ApiId=api, RouteKey="scan",
                   Target=sub("integrations/${Scans}") if target else "integrations/x"),
    }  # fmt: skip
    report = _report([ROWS], more)
    assert report.status is Status.UNDECIDED
    told = f"an unknown caller can call {'scan' if target else 'Scans'} of"
    assert any(told in each.story for each in report.findings)


@pytest.mark.parametrize(
    ("key", "auth", "status"),
    [
        ("GET /users/{id}", "NONE", Status.UNDECIDED),
        ("GET /users/{id}", "AWS_IAM", Status.PROVED),
        ("POST /others", "NONE", Status.PROVED),
    ],
)
def test_a_path_that_policies_own_in_such_an_api_is_decided_by_its_routes(key: str, auth: str, status: Status) -> None:
    route = of("AWS::ApiGatewayV2::Route", ApiId=ref("Shared"), RouteKey=key, AuthorizationType=auth)
    assert _report([call(USERS, "Shared")], {"Added": route}).status is status


def test_a_caller_may_call_the_routes_of_such_an_api_that_other_stacks_have() -> None:
    route = of("AWS::ApiGatewayV2::Route", ApiId=ref("Shared"), RouteKey="GET /me", AuthorizationType="AWS_IAM")
    rights = [call(USERS, "Shared"), call("prod/GET/users/*", "Shared")]
    assert _report(rights, {"Added": route}).status is Status.COUNTEREXAMPLE
