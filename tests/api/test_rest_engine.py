"""A REST API as a template."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template
from pydantic import BaseModel

from constructs_lib.access import allow
from constructs_lib.api import Api, Route, Throttle, UsagePlan, anyone, api_key, jwt
from constructs_lib.auth import Auth


class Share(BaseModel):
    title: str


def _body(bench: Any, *routes: Route, **options: Any) -> dict[str, Any]:
    bench.api(*routes, kind="rest", **options)
    found: dict[str, Any] = bench.only("AWS::ApiGateway::RestApi")["Body"]
    return found


def test_each_route_asks_for_its_own_kind_of_proof(bench: Any) -> None:
    body = _body(
        bench,
        Route("GET", "/shares", bench.shares, access=[allow.guest, allow.authenticated, api_key]),
        Route("GET", "/mine", bench.shares, access=[jwt("shares/read")]),
        Route("GET", "/open", bench.shares, access=[anyone]),
        usage_plans=[UsagePlan(name="partners", keys=["acme"])],
    )
    assert body["paths"]["/shares"]["get"]["security"] == [{"iam": [], "key": []}]
    assert body["paths"]["/mine"]["get"]["security"] == [{"token": ["shares/read"]}]
    assert "security" not in body["paths"]["/open"]["get"]
    assert body["components"]["securitySchemes"] == {
        "iam": {"type": "apiKey", "in": "header", "name": "Authorization", "x-amazon-apigateway-authtype": "awsSigv4"},
        "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
        "token": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "x-amazon-apigateway-authtype": "cognito_user_pools",
            "x-amazon-apigateway-authorizer": {
                "type": "cognito_user_pools",
                "providerARNs": [bench.stack.resolve(bench.auth.user_pool.user_pool_arn)],
            },
        },
    }


def test_requests_are_validated_before_the_function_runs(bench: Any) -> None:
    body = _body(
        bench,
        Route("POST", "/a", bench.shares, access=[anyone], body=Share),
        Route("GET", "/a", bench.shares, access=[anyone], query=["limit"]),
        Route("PUT", "/a", bench.shares, access=[anyone], body={"type": "object"}, query=["limit"]),
    )
    operations = body["paths"]["/a"]
    names = {method: operation.get("x-amazon-apigateway-request-validator") for method, operation in operations.items()}
    assert names == {"post": "body", "get": "query", "put": "both"}
    assert body["x-amazon-apigateway-request-validators"]["both"] == {
        "validateRequestBody": True,
        "validateRequestParameters": True,
    }
    assert operations["post"]["requestBody"] == {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Share"}}},
    }
    assert body["components"]["schemas"]["Share"]["required"] == ["title"]
    assert operations["get"]["parameters"] == [
        {"name": "limit", "in": "query", "required": True, "schema": {"type": "string"}}
    ]


def test_options_stays_open_and_errors_can_be_read_by_pages(bench: Any) -> None:
    body = _body(
        bench,
        Route("GET", "/shares/{id}", bench.shares, access=[allow.guest]),
        Route("DELETE", "/shares/{id}", bench.shares, access=[allow.group("editors")]),
        cors_origins=["https://a.example.com", "https://b.example.com"],
    )
    options = body["paths"]["/shares/{id}"]["options"]
    assert options["security"] == []
    assert options["x-amazon-apigateway-integration"]["type"] == "mock"
    answer = options["x-amazon-apigateway-integration"]["responses"]["default"]
    headers = answer["responseParameters"]
    assert headers["method.response.header.Access-Control-Allow-Methods"] == "'GET,DELETE'"
    assert headers["method.response.header.Access-Control-Allow-Origin"] == "'https://a.example.com'"
    assert '$origin == "https://b.example.com"' in answer["responseTemplates"]["application/json"]
    assert body["x-amazon-apigateway-gateway-responses"].keys() == {"DEFAULT_4XX", "DEFAULT_5XX"}


def test_the_deployment_follows_the_document(make_bench: Callable[..., Any]) -> None:
    deployments = set()
    for path in ("/a", "/b", "/b"):
        bench = make_bench()
        bench.api(Route("GET", path, bench.shares, access=[anyone]), kind="rest")
        deployments |= bench.resources("AWS::ApiGateway::Deployment").keys()
    assert len(deployments) == 2


def test_nothing_of_the_account_is_set_and_no_output_is_made(bench: Any) -> None:
    bench.api(Route("GET", "/a", bench.shares, access=[anyone]), kind="rest")
    kinds = [resource["Type"] for resource in bench.template()["Resources"].values()]
    assert "AWS::ApiGateway::Account" not in kinds
    assert kinds.count("AWS::Lambda::Permission") == 1
    assert "Outputs" not in bench.template()


def test_stage_options_reach_the_stage(bench: Any) -> None:
    bench.api(
        Route("GET", "/", bench.shares, access=[anyone], throttle=Throttle(rate=1, burst=2)),
        Route("ANY", "/a/{b}", bench.shares, access=[anyone], throttle=Throttle(rate=3, burst=4)),
        kind="rest",
        tracing=True,
        web_acl_arn="arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/a/b",
    )
    stage = bench.only("AWS::ApiGateway::Stage")
    assert stage["TracingEnabled"] is True
    assert stage["StageName"] == "v1"
    settings = {
        (each["ResourcePath"], each["HttpMethod"]): each["ThrottlingRateLimit"] for each in stage["MethodSettings"]
    }
    assert settings == {("/*", "*"): 100, ("/", "GET"): 1, ("/~1a~1{b}", "*"): 3}
    association = bench.only("AWS::WAFv2::WebACLAssociation")
    assert association["WebACLArn"] == "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/a/b"


def test_a_resource_policy_reaches_the_api(bench: Any) -> None:
    statement = iam.PolicyStatement(
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=["execute-api:Invoke"],
        resources=["execute-api:/*"],
        conditions={"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
    )
    route = Route("GET", "/a", bench.shares, access=[allow.guest])
    bench.api(route, kind="rest", policy=iam.PolicyDocument(statements=[statement]))
    (found,) = bench.only("AWS::ApiGateway::RestApi")["Policy"]["Statement"]
    assert (found["Effect"], found["Resource"]) == ("Deny", "execute-api:/*")


@pytest.mark.parametrize("option", [{"tracing": True}, {"web_acl_arn": "arn"}])
def test_an_http_api_refuses_a_rest_apis_options(bench: Any, option: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"use Api\(kind='rest'\), or remove it"):
        bench.api(Route("GET", "/a", bench.shares, access=[anyone]), **option)


def existing(bench: Any) -> Auth:
    """An Auth of a user pool that other apps may share."""
    pool = cognito.UserPool.from_user_pool_id(bench.stack, "Pool", "us-east-1_abcdef")
    client, other = (
        cognito.UserPoolClient.from_user_pool_client_id(bench.stack, name, name.lower()) for name in ("Client", "Other")
    )
    return Auth.from_existing(
        bench.stack, "Existing", user_pool=pool, user_pool_client=client, further_clients={"Other": other}
    )


def authorizers(bench: Any, auth: Auth, *scopes: tuple[str, ...]) -> dict[str, Any]:
    """Return the audience of each authorizer of a REST API, by the path of each route with it."""
    routes = [Route("GET", f"/{index}", bench.shares, access=[jwt(*each)]) for index, each in enumerate(scopes)]
    Api(bench.stack, "Second", auth=auth, kind="rest", routes=routes)
    found = Template.from_stack(bench.stack).find_resources("AWS::ApiGateway::RestApi")
    body = next(each["Properties"]["Body"] for each in found.values())
    schemes = body["components"]["securitySchemes"]
    return {
        path: schemes[next(iter(item["get"]["security"][0]))]["x-amazon-apigateway-authorizer"].get(
            "identityValidationExpression"
        )
        for path, item in body["paths"].items()
    }


def test_id_tokens_of_other_apps_clients_of_a_shared_pool_are_refused(bench: Any) -> None:
    assert authorizers(bench, existing(bench), ()) == {"/0": "^(client|other)$"}


def test_no_audience_is_asked_of_access_tokens_which_have_none(bench: Any) -> None:
    found = authorizers(bench, existing(bench), (), ("orders/read",))
    assert found == {"/0": "^(client|other)$", "/1": None}


def test_a_pool_of_the_apps_own_has_its_clients_alone(bench: Any) -> None:
    assert authorizers(bench, bench.auth, (), ("shares/read",)) == {"/0": None, "/1": None}
