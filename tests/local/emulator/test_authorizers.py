"""Authorization of REST and HTTP APIs by tokens and signatures, CORS, and request validators."""

import base64
import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from constructs_lib.explain.recorded_calls import chosen, explain_recorded, read_log
from constructs_lib.explain.sources import Lines
from tests.local.emulator.http_apis import answering_function, path_of_created

pytestmark = pytest.mark.slow
ORIGIN = "https://app.example.com"


@dataclass(frozen=True, slots=True)
class Reply:
    """Response of an API."""

    status: int
    headers: Mapping[str, str]
    body: str


def send(emulator: Any, method: str, path: str, headers: Mapping[str, str] | None = None, body: str = "") -> Reply:
    connection = http.client.HTTPConnection(emulator.cloud.endpoint_url.removeprefix("http://"))
    connection.request(method, path, body or None, dict(headers or {}))
    answer = connection.getresponse()
    found = Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read().decode())
    connection.close()
    return found


def with_claims(emulator: Any, token: str, **changes: Any) -> str:
    """Return the token with changed claims, signed with the pool's own keys."""
    head, body, _ = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    pem = (emulator.signing_keys / f"{emulator.user_pool}-{claims['token_use']}.pem").read_bytes()
    key = serialization.load_pem_private_key(pem, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    changed = base64.urlsafe_b64encode(json.dumps({**claims, **changes}).encode()).rstrip(b"=").decode()
    signature = key.sign(f"{head}.{changed}".encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{head}.{changed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def signed(emulator: Any, caller: Any, method: str, path: str) -> dict[str, str]:
    given = caller.credentials
    request = AWSRequest(method=method, url=emulator.cloud.endpoint_url + path)
    signer = SigV4Auth(
        Credentials(given["AccessKeyId"], given["SecretKey"], given["SessionToken"]), "execute-api", "us-east-1"
    )
    signer.add_auth(request)
    return dict(request.headers)


@pytest.fixture(scope="module")
def rest(emulator: Any) -> str:
    """A REST API whose methods are guarded in three ways, and the path of its stage."""
    client = emulator.admin("apigateway")
    api = client.create_rest_api(name="rest")["id"]
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    arn = f"arn:aws:cognito-idp:us-east-1:000000000000:userpool/{emulator.user_pool}"
    authorizer = client.create_authorizer(
        restApiId=api, name="pool", type="COGNITO_USER_POOLS", providerARNs=[arn],
        identitySource="method.request.header.Authorization",
    )["id"]  # fmt: skip
    audiences = {
        name: client.create_authorizer(
            restApiId=api, name=name, type="COGNITO_USER_POOLS", providerARNs=[arn],
            identitySource="method.request.header.Authorization", identityValidationExpression=f"^(another|{name})$",
        )["id"]
        for name in (emulator.app_client, "other")
    }  # fmt: skip
    user_scope = ["aws.cognito.signin.user.admin"]
    guards: dict[str, dict[str, Any]] = {
        "token": {"authorizationType": "COGNITO_USER_POOLS", "authorizerId": authorizer},
        "scoped": {"authorizationType": "COGNITO_USER_POOLS", "authorizerId": authorizer,
                   "authorizationScopes": user_scope},
        "ours": {"authorizationType": "COGNITO_USER_POOLS", "authorizerId": audiences[emulator.app_client]},
        "theirs": {"authorizationType": "COGNITO_USER_POOLS", "authorizerId": audiences["other"]},
        "iam": {"authorizationType": "AWS_IAM"},
    }  # fmt: skip
    for name, guard in guards.items():
        resource = client.create_resource(restApiId=api, parentId=root, pathPart=name)["id"]
        where = {"restApiId": api, "resourceId": resource, "httpMethod": "GET"}
        client.put_method(**where, **guard)
        client.put_method_response(**where, statusCode="200")
        client.put_integration(**where, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
        client.put_integration_response(**where, statusCode="200")
    client.create_deployment(restApiId=api, stageName="v1")
    return f"/restapis/{api}/v1/_user_request_"


@pytest.mark.parametrize(
    ("path", "use", "changes", "expected"),
    [
        ("token", "IdToken", {}, 200),
        ("token", "AccessToken", {}, 401),
        ("token", "IdToken", {"exp": 1}, 401),
        ("scoped", "AccessToken", {}, 200),
        ("scoped", "IdToken", {}, 401),
        ("scoped", "AccessToken", {"exp": 1}, 401),
        ("ours", "IdToken", {}, 200),
        ("theirs", "IdToken", {}, 401),
        ("ours", "AccessToken", {}, 401),
    ],
    ids=[
        "an ID token",
        "an access token",
        "an expired ID token",
        "a scope",
        "no scope",
        "an expired scope",
        "of a client",
        "of another client",
        "without an audience",
    ],
)
def test_a_rest_method_takes_the_token_that_aws_takes(
    emulator: Any, rest: str, path: str, use: str, changes: dict[str, int], expected: int
) -> None:
    token = with_claims(emulator, emulator.user()[use], **changes)
    assert send(emulator, "GET", f"{rest}/{path}", {"Authorization": token}).status == expected


@pytest.mark.parametrize(("client", "expected"), [("", 200), ("other", 401)])
def test_the_audience_in_a_document_of_a_rest_api_is_compared(emulator: Any, client: str, expected: int) -> None:
    authorizer = {
        "type": "cognito_user_pools", "identityValidationExpression": f"^({client or emulator.app_client})$",
        "providerARNs": [f"arn:aws:cognito-idp:us-east-1:000000000000:userpool/{emulator.user_pool}"],
    }  # fmt: skip
    scheme = {"type": "apiKey", "in": "header", "name": "Authorization",
              "x-amazon-apigateway-authtype": "cognito_user_pools", "x-amazon-apigateway-authorizer": authorizer,
              }  # fmt: skip
    answer = {"statusCode": "200"}
    integration = {"type": "mock", "requestTemplates": {"application/json": '{"statusCode": 200}'},
                   "responses": {"default": answer}}  # fmt: skip
    operation = {"responses": {"200": {"description": ""}}, "security": [{"token": []}],
                 "x-amazon-apigateway-integration": integration}  # fmt: skip
    body = {"openapi": "3.0.1", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"get": operation}},
            "components": {"securitySchemes": {"token": scheme}}}  # fmt: skip
    resources = {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": body}},
        "Deployment": {"Type": "AWS::ApiGateway::Deployment", "Properties": {
            "RestApiId": {"Ref": "Api"}, "StageName": "v1"}},
    }  # fmt: skip
    template = {"Resources": resources, "Outputs": {"Api": {"Value": {"Ref": "Api"}}}}
    admin, stack = emulator.admin("cloudformation"), emulator.name("stack")
    admin.create_stack(StackName=stack, TemplateBody=json.dumps(template))
    admin.get_waiter("stack_create_complete").wait(StackName=stack, WaiterConfig={"Delay": 0.1})
    api = admin.describe_stacks(StackName=stack)["Stacks"][0]["Outputs"][0]["OutputValue"]
    headers = {"Authorization": emulator.user()["IdToken"]}
    assert send(emulator, "GET", f"/restapis/{api}/v1/_user_request_/a", headers).status == expected


def test_a_rest_method_refuses_a_caller_whose_role_does_not_name_it(emulator: Any, rest: str) -> None:
    api = rest.split("/")[2]
    grant = {"Effect": "Allow", "Action": "execute-api:Invoke"}
    arn = f"arn:aws:execute-api:us-east-1:000000000000:{api}/v1/GET"
    member = emulator.member([{**grant, "Resource": f"{arn}/iam"}])
    other = emulator.member([{**grant, "Resource": f"{arn}/elsewhere"}])
    path = f"{rest}/iam"
    assert send(emulator, "GET", path, signed(emulator, member, "GET", path)).status == 200
    assert send(emulator, "GET", path, signed(emulator, other, "GET", path)).status == 403
    assert send(emulator, "GET", path).status == 403


def test_an_api_answers_under_the_host_name_that_aws_gives_it(emulator: Any, rest: str) -> None:
    headers = {"Host": f"{rest.split('/')[2]}.execute-api.us-east-1.amazonaws.com",
               "Authorization": emulator.user()["IdToken"]}  # fmt: skip
    assert send(emulator, "GET", "/v1/token", headers).status == 200
    assert send(emulator, "GET", "/v1/token", {"Host": headers["Host"]}).status == 401


def by_routes(function: str, issuer: str, audience: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """An HTTP API as one resource per route."""
    api = {"ApiId": {"Ref": "Api"}}
    target = {"Target": {"Fn::Join": ["/", ["integrations", {"Ref": "Integration"}]]}}
    return {
        "Api": ("Api", {"Name": "http", "ProtocolType": "HTTP", "CorsConfiguration": {
            "AllowOrigins": [ORIGIN], "AllowMethods": ["GET"], "AllowHeaders": ["authorization"], "MaxAge": 60}}),
        "Integration": ("Integration", {**api, "IntegrationType": "AWS_PROXY", "IntegrationUri": function,
                                        "PayloadFormatVersion": "2.0"}),
        "Authorizer": ("Authorizer", {**api, "Name": "pool", "AuthorizerType": "JWT",
                                      "IdentitySource": ["$request.header.Authorization"],
                                      "JwtConfiguration": {"Issuer": issuer, "Audience": [audience]}}),
        "Open": ("Route", {**api, **target, "RouteKey": "GET /open"}),
        "Jwt": ("Route", {**api, **target, "RouteKey": "GET /jwt", "AuthorizationType": "JWT",
                          "AuthorizerId": {"Ref": "Authorizer"}}),
        "Iam": ("Route", {**api, **target, "RouteKey": "GET /iam", "AuthorizationType": "AWS_IAM"}),
    }  # fmt: skip


def by_document(function: str, issuer: str, audience: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """The same API as one OpenAPI document."""
    integration = {"x-amazon-apigateway-integration": {"type": "aws_proxy", "uri": function, "httpMethod": "POST",
                                                       "payloadFormatVersion": "2.0"}}  # fmt: skip
    authorizer = {"type": "jwt", "identitySource": "$request.header.Authorization",
                  "jwtConfiguration": {"issuer": issuer, "audience": [audience]}}  # fmt: skip
    return {"Api": ("Api", {"Body": {
        "openapi": "3.0.1",
        "info": {"title": "http", "version": "1"},
        "paths": {
            "/open": {"get": integration},
            "/jwt": {"get": {**integration, "security": [{"pool": []}]}},
            "/iam": {"get": {**integration, "x-amazon-apigateway-auth": {"type": "AWS_IAM"}}},
        },
        "components": {"securitySchemes": {"pool": {
            "type": "oauth2", "flows": {}, "x-amazon-apigateway-authorizer": authorizer}}},
        "x-amazon-apigateway-cors": {"allowOrigins": [ORIGIN], "allowMethods": ["GET"],
                                     "allowHeaders": ["authorization"], "maxAge": 60},
    }})}  # fmt: skip


@pytest.fixture(scope="module", params=[by_routes, by_document])
def http_api(emulator: Any, request: pytest.FixtureRequest) -> str:
    """An HTTP API with an open, a JWT and an IAM route, from a template, and its path."""
    issuer = f"https://cognito-idp.us-east-1.amazonaws.com/{emulator.user_pool}"
    resources = request.param(answering_function(emulator), issuer, emulator.app_client)
    resources["Stage"] = ("Stage", {"ApiId": {"Ref": "Api"}, "StageName": "$default", "AutoDeploy": True})
    return path_of_created(emulator, resources)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, 200), ({"exp": int(time.time()) - 60}, 401), ({"aud": "another"}, 401), ({"iss": "https://other"}, 401)],
    ids=["as it is", "expired", "another client's", "another issuer's"],
)
def test_a_jwt_route_takes_a_current_token_of_its_client(
    emulator: Any, http_api: str, changes: dict[str, Any], expected: int
) -> None:
    token = with_claims(emulator, emulator.user()["IdToken"], **changes)
    assert send(emulator, "GET", f"{http_api}/jwt", {"Authorization": f"Bearer {token}"}).status == expected


def test_a_jwt_route_refuses_a_refresh_token_and_what_is_inside(emulator: Any, http_api: str) -> None:
    refresh = emulator.user()["RefreshToken"]
    for token in (refresh, ".".join(refresh.split(".")[1:-1])):
        assert send(emulator, "GET", f"{http_api}/jwt", {"Authorization": f"Bearer {token}"}).status == 401


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"exp": int(time.time()) - 60}, "the token has expired"),
        ({"aud": "another"}, "the token is of another client"),
        ({"iss": "https://other"}, "the token is of another user pool"),
    ],
)
def test_a_refused_token_is_found_by_its_request_id_and_told(
    emulator: Any, http_api: str, changes: dict[str, Any], words: str
) -> None:
    token = with_claims(emulator, emulator.user()["IdToken"], **changes)
    reply = send(emulator, "GET", f"{http_api}/jwt", {"Authorization": f"Bearer {token}"})
    entry = chosen(
        read_log(emulator.cloud.requests),
        reply.headers.get("x-amzn-requestid", reply.headers.get("apigw-requestid", "-")),
    )
    assert entry is not None
    assert words in explain_recorded(entry, [], {}, Lines()).sentence
    assert token.split(".")[2] not in emulator.cloud.requests.read_text()


def test_an_iam_route_takes_a_signature_whose_role_names_it(emulator: Any, http_api: str) -> None:
    api = http_api.split("/")[3]
    arn = f"arn:aws:execute-api:us-east-1:000000000000:{api}/$default/GET/iam"
    member = emulator.member([{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": arn}])
    other = emulator.member([{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": f"{arn}/more"}])
    path = f"{http_api}/iam"
    assert send(emulator, "GET", path, signed(emulator, member, "GET", path)).status == 200
    assert send(emulator, "GET", path, signed(emulator, other, "GET", path)).status == 403
    for unsigned in ({}, {"Authorization": f"Bearer {emulator.user()['IdToken']}"}, {"Authorization": "garbage"}):
        assert send(emulator, "GET", path, unsigned).status == 403
    without_token = {k: v for k, v in signed(emulator, member, "GET", path).items() if k != "X-Amz-Security-Token"}
    assert send(emulator, "GET", path, without_token).status == 403


def test_an_http_api_answers_the_origins_its_template_names(emulator: Any, http_api: str) -> None:
    asked = {"Access-Control-Request-Method": "GET"}
    preflight = send(emulator, "OPTIONS", f"{http_api}/open", {"Origin": ORIGIN, **asked})
    assert preflight.headers["access-control-allow-origin"] == ORIGIN
    assert preflight.headers["access-control-max-age"] == "60"
    assert (
        send(emulator, "GET", f"{http_api}/open", {"Origin": ORIGIN}).headers["access-control-allow-origin"] == ORIGIN
    )
    for stranger in ("https://evil.example.com", "null"):
        for reply in (
            send(emulator, "OPTIONS", f"{http_api}/open", {"Origin": stranger, **asked}),
            send(emulator, "GET", f"{http_api}/open", {"Origin": stranger}),
        ):
            assert "access-control-allow-origin" not in reply.headers


def test_refusals_say_why_to_the_pages_that_may_ask(emulator: Any, http_api: str) -> None:
    host = {"Host": f"{http_api.split('/')[3]}.execute-api.us-east-1.amazonaws.com"}
    refused = send(emulator, "GET", "/iam", {**host, "Origin": ORIGIN})
    assert (refused.status, refused.headers["access-control-allow-origin"]) == (403, ORIGIN)
    stranger = send(emulator, "GET", "/iam", {**host, "Origin": "https://evil.example.com"})
    assert "access-control-allow-origin" not in stranger.headers


def test_a_bucket_answers_the_origins_its_rules_name(emulator: Any) -> None:
    bucket = emulator.bucket()
    rule = {"AllowedOrigins": [ORIGIN], "AllowedMethods": ["GET"], "AllowedHeaders": ["*"], "ExposeHeaders": ["ETag"]}
    emulator.admin("s3").put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    asked = {"Access-Control-Request-Method": "GET"}
    good = send(emulator, "OPTIONS", f"/{bucket}/a", {"Origin": ORIGIN, **asked})
    assert (good.status, good.headers["access-control-allow-origin"]) == (200, ORIGIN)
    for headers in ({"Origin": "https://evil.example.com", **asked},
                    {"Origin": ORIGIN, "Access-Control-Request-Method": "PUT"}):  # fmt: skip
        bad = send(emulator, "OPTIONS", f"/{bucket}/a", headers)
        assert bad.status == 403
        assert "access-control-allow-origin" not in bad.headers


def test_a_validator_refuses_a_body_its_model_refuses(emulator: Any) -> None:
    model = {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}}
    rest_id = {"RestApiId": {"Ref": "Api"}}
    ok = {"StatusCode": "200"}
    resources = {
        "Api": ("RestApi", {"Name": "validated"}),
        "Notes": ("Resource", {**rest_id, "ParentId": {"Fn::GetAtt": ["Api", "RootResourceId"]}, "PathPart": "notes"}),
        "Model": ("Model", {**rest_id, "Name": "Note", "ContentType": "application/json", "Schema": model}),
        "Validator": ("RequestValidator", {**rest_id, "ValidateRequestBody": True}),
        "Method": ("Method", {
            **rest_id, "ResourceId": {"Ref": "Notes"}, "HttpMethod": "POST", "AuthorizationType": "NONE",
            "RequestModels": {"application/json": {"Ref": "Model"}}, "RequestValidatorId": {"Ref": "Validator"},
            "MethodResponses": [ok],
            "Integration": {"Type": "MOCK", "RequestTemplates": {"application/json": '{"statusCode": 200}'},
                            "IntegrationResponses": [ok]}}),
        "Deployment": ("Deployment", {**rest_id, "StageName": "v1"}),
    }  # fmt: skip
    template: dict[str, Any] = {
        "Resources": {key: {"Type": f"AWS::ApiGateway::{kind}", "Properties": properties}
                      for key, (kind, properties) in resources.items()},
        "Outputs": {"Api": {"Value": {"Ref": "Api"}}},
    }  # fmt: skip
    template["Resources"]["Deployment"]["DependsOn"] = "Method"
    client, stack = emulator.admin("cloudformation"), emulator.name("stack")
    client.create_stack(StackName=stack, TemplateBody=json.dumps(template))
    client.get_waiter("stack_create_complete").wait(StackName=stack, WaiterConfig={"Delay": 0.1})
    api = client.describe_stacks(StackName=stack)["Stacks"][0]["Outputs"][0]["OutputValue"]
    path, kind = f"/restapis/{api}/v1/_user_request_/notes", {"Content-Type": "application/json"}
    assert send(emulator, "POST", path, kind, '{"title": "a"}').status == 200
    assert send(emulator, "POST", path, kind, '{"title": 7}').status == 400
    assert send(emulator, "POST", path, kind, "{}").status == 400
