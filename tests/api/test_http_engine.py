"""An HTTP API as a template."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Stack
from constructs import Construct

from constructs_lib.access import allow
from constructs_lib.api import Route, Throttle, anyone, jwt
from constructs_lib.auth import NativeClient, WebClient
from constructs_lib.functions import PythonFunction

REF = {"Ref": "ApiHttpApi2997B86B"}


@pytest.fixture
def body(bench: Any) -> dict[str, Any]:
    bench.api(
        Route("GET", "/shares", bench.shares, access=[allow.guest, allow.authenticated]),
        Route("DELETE", "/shares/{share_id}", bench.shares, access=[allow.group("editors")]),
        Route("GET", "/mine", bench.others, access=[jwt("shares/read")]),
        Route("ANY", "/open/{rest+}", bench.others, access=[anyone]),
        cors_origins=["https://a.example.com"],
    )
    properties: dict[str, Any] = bench.only("AWS::ApiGatewayV2::Api")
    # A name, a protocol or CORS beside a Body is refused at deploy.
    assert properties.keys() == {"Body", "FailOnWarnings"}
    assert properties["FailOnWarnings"] is True
    return dict(properties["Body"])


def test_each_route_asks_for_its_own_kind_of_proof(bench: Any, body: dict[str, Any]) -> None:
    paths = body["paths"]
    assert paths["/shares"]["get"]["security"] == [{"iam": []}]
    assert paths["/shares/{share_id}"]["delete"]["security"] == [{"iam": []}]
    assert paths["/mine"]["get"]["security"] == [{"token": ["shares/read"]}]
    assert "security" not in paths["/open/{rest+}"]["x-amazon-apigateway-any-method"]
    assert "security" not in body
    (rest,) = paths["/open/{rest+}"]["x-amazon-apigateway-any-method"]["parameters"]
    assert rest["name"] == "rest+"
    provider = bench.stack.resolve(bench.auth.user_pool.user_pool_provider_name)
    assert body["components"]["securitySchemes"] == {
        "iam": {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4"},
        "token": {
            "type": "oauth2",
            "x-amazon-apigateway-authorizer": {
                "type": "jwt",
                "identitySource": "$request.header.Authorization",
                "jwtConfiguration": {
                    "issuer": {"Fn::Join": ["", ["https://", provider]]},
                    "audience": [bench.stack.resolve(bench.auth.user_pool_client.user_pool_client_id)],
                },
            },
        },
    }


def test_no_route_answers_options_and_pages_are_told_by_the_api(body: dict[str, Any]) -> None:
    assert all("options" not in item for item in body["paths"].values())
    assert body["x-amazon-apigateway-cors"]["allowOrigins"] == ["https://a.example.com"]
    assert body["x-amazon-apigateway-cors"]["allowMethods"] == ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
    assert "allowCredentials" not in body["x-amazon-apigateway-cors"]


def test_routes_share_one_integration_and_one_permission_per_function(bench: Any, body: dict[str, Any]) -> None:
    reference = {"$ref": "#/components/x-amazon-apigateway-integrations/Shares-Function"}
    assert body["paths"]["/shares"]["get"]["x-amazon-apigateway-integration"] == reference
    assert body["paths"]["/shares/{share_id}"]["delete"]["x-amazon-apigateway-integration"] == reference
    integrations = body["components"]["x-amazon-apigateway-integrations"]
    assert integrations.keys() == {"Shares-Function", "Others-Function"}
    assert {part["payloadFormatVersion"] for part in integrations.values()} == {"2.0"}
    permissions = bench.resources("AWS::Lambda::Permission")
    assert permissions.keys() == {"ApiInvokeSharesFunctionF082E6C7", "ApiInvokeOthersFunction9308A31B"}
    assert permissions["ApiInvokeSharesFunctionF082E6C7"]["SourceArn"]["Fn::Join"][1][-2:] == [REF, "/*"]


def test_requests_are_logged_and_throttled(bench: Any) -> None:
    slow = Throttle(rate=1, burst=2)
    bench.api(
        Route("GET", "/a", bench.shares, access=[anyone], throttle=slow),
        Route("GET", "/b", bench.shares, access=[anyone]),
        throttle=Throttle(rate=50, burst=60),
    )
    stage = bench.only("AWS::ApiGatewayV2::Stage")
    assert stage["StageName"] == "$default"
    assert stage["AutoDeploy"] is True
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": 50, "ThrottlingBurstLimit": 60}
    assert stage["RouteSettings"] == {"GET /a": {"ThrottlingRateLimit": 1, "ThrottlingBurstLimit": 2}}
    assert stage["AccessLogSettings"]["DestinationArn"] == {"Fn::GetAtt": ["ApiAccessLogs50B185DB", "Arn"]}
    assert '"identityId":"$context.identity.cognitoIdentityId"' in stage["AccessLogSettings"]["Format"]


def test_without_origins_and_logs_nothing_speaks_of_them(bench: Any) -> None:
    bench.api(Route("GET", "/a", bench.shares, access=[anyone]), access_logs=False)
    assert "x-amazon-apigateway-cors" not in bench.only("AWS::ApiGatewayV2::Api")["Body"]
    assert "AccessLogSettings" not in bench.only("AWS::ApiGatewayV2::Stage")
    assert "securitySchemes" not in bench.only("AWS::ApiGatewayV2::Api")["Body"]["components"]


def test_tokens_of_every_client_are_taken(make_bench: Callable[..., Any]) -> None:
    bench = make_bench(clients=[WebClient(name="Web"), NativeClient(name="Phone")])
    bench.api(Route("GET", "/a", bench.shares, access=[jwt()]))
    token = bench.only("AWS::ApiGatewayV2::Api")["Body"]["components"]["securitySchemes"]["token"]
    audience = token["x-amazon-apigateway-authorizer"]["jwtConfiguration"]["audience"]
    expected = [bench.stack.resolve(client.user_pool_client_id) for client in bench.auth.clients.values()]
    assert audience == expected
    assert len(audience) == 2


def test_functions_whose_places_read_alike_answer_their_own_routes(bench: Any, tmp_path: Path) -> None:
    """`A-B` and `A/B`; and a stack called as a construct of the API's own stack."""
    function = partial(PythonFunction, id="F", entry=tmp_path)
    own = Construct(bench.stack, "Other")
    made = {
        "/dash": function(Construct(bench.stack, "A-B")),
        "/slash": function(Construct(Construct(bench.stack, "A"), "B")),
        "/own": function(own),
        "/foreign": function(Stack(bench.stack.node.root, "Other")),
    }
    bench.api(*(Route("GET", path, handler, access=[anyone]) for path, handler in made.items()))
    body = bench.only("AWS::ApiGatewayV2::Api")["Body"]
    integrations = body["components"]["x-amazon-apigateway-integrations"]
    called = {
        path: integrations[item["get"]["x-amazon-apigateway-integration"]["$ref"].rpartition("/")[2]]["uri"]
        for path, item in body["paths"].items()
    }
    assert called.keys() == made.keys()
    assert len({json.dumps(uri) for uri in called.values()}) == len(made)
    assert len(bench.resources("AWS::Lambda::Permission")) == len(made)
