"""Preflights and throttling of HTTP APIs, from a template, through real requests."""

import http.client
from typing import Any

import pytest

from tests.local.emulator.http_apis import answering_function, path_of_created

pytestmark = pytest.mark.slow
ORIGIN = "https://app.example"


@pytest.fixture(scope="module")
def api(emulator: Any) -> str:
    """An HTTP API with CORS, routes for any method, and one that lets through two requests at once."""
    resources: dict[str, Any] = {
        "Api": ("Api", {"Name": "limits", "ProtocolType": "HTTP", "CorsConfiguration": {
            "AllowOrigins": [ORIGIN], "AllowMethods": ["*"], "AllowHeaders": ["authorization"]}}),
        "Target": ("Integration", {"ApiId": {"Ref": "Api"}, "IntegrationType": "AWS_PROXY",
                                   "IntegrationUri": answering_function(emulator), "PayloadFormatVersion": "2.0"}),
        "Stage": ("Stage", {"ApiId": {"Ref": "Api"}, "StageName": "$default", "AutoDeploy": True,
                            "DefaultRouteSettings": {"ThrottlingRateLimit": 1000, "ThrottlingBurstLimit": 1000},
                            "RouteSettings": {"GET /few": {"ThrottlingRateLimit": 0.01, "ThrottlingBurstLimit": 2}}}),
        "Few": _route("GET /few"), "Open": _route("ANY /open"),
        "Signed": _route("ANY /signed", AuthorizationType="AWS_IAM"),
        "Given": _route("ANY /given", AuthorizationType="AWS_IAM"), "Way": _route("OPTIONS /given"),
    }  # fmt: skip
    return path_of_created(emulator, resources)


def _route(key: str, **options: str) -> tuple[str, dict[str, Any]]:
    target = {"Fn::Join": ["/", ["integrations", {"Ref": "Target"}]]}
    return "Route", {"ApiId": {"Ref": "Api"}, "RouteKey": key, "Target": target, **options}


def send(emulator: Any, method: str, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(emulator.cloud.endpoint_url.removeprefix("http://"))
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize(("route", "expected"), [("open", 204), ("signed", 403), ("given", 204)])
def test_a_preflight_passes_unless_a_route_of_any_method_asks_for_authorization(
    emulator: Any, api: str, route: str, expected: int
) -> None:
    answer = send(emulator, "OPTIONS", f"{api}/{route}", Origin=ORIGIN, Access_Control_Request_Method="PUT")
    assert answer.status == expected


def test_a_route_refuses_what_exceeds_its_own_throttling(emulator: Any, api: str) -> None:
    statuses = [send(emulator, "GET", f"{api}/few").status for _ in range(4)]
    assert statuses == [200, 200, 429, 429]
    assert send(emulator, "GET", f"{api}/open").status == 200
