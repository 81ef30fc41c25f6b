"""Each route that serves an owned path uses its own authorizer, and calls that no route serves do not count."""

from typing import Any

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from constructs_lib.analysis.proof.prove import prove
from tests.analysis.conftest import SUB, Document, template
from tests.analysis.proof.test_traps import OWN, allow
from tests.proofs import models_of, proof_of

PROVED, CEX, UNDECIDED = Status.PROVED, Status.COUNTEREXAMPLE, Status.UNDECIDED
MOCK = {"Integration": {"Type": "MOCK"}}
POOL_ARN = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_x"


def call(where: str, api: str = "Api") -> Document:
    text = f"arn:aws:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{api}}}/{where}".replace("{owner}", "${!S}")
    return allow("execute-api:Invoke", {"Fn::Sub": text.replace("${!S}", SUB.replace("${", "${!"))})


def http(*routes: tuple[str, str], **api: Any) -> Document:
    """An HTTP API of routes, each with its authorization."""
    made: Document = {"Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "HTTP", **api}}}
    for number, (key, auth) in enumerate(routes):
        properties = {"ApiId": {"Ref": "Api"}, "RouteKey": key, "AuthorizationType": auth}
        made[f"Route{number}"] = {"Type": "AWS::ApiGatewayV2::Route", "Properties": properties}
    return made


def rest(*methods: tuple[str, str, str], api: Document | None = None, **more: Document) -> Document:
    """A REST API of methods: path, HTTP method, authorization, and more properties by path and method."""
    made: Document = {"Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "a", **(api or {})}}}
    known: Document = {"": {"Fn::GetAtt": ["Api", "RootResourceId"]}}
    for number, (path, method, auth) in enumerate(methods):
        for depth in range(1, len(path.strip("/").split("/")) + 1):
            above, here = ("/".join(path.strip("/").split("/")[:length]) for length in (depth - 1, depth))
            if here and here not in known:
                known[here] = {"Ref": f"Path{len(known)}"}
                made[known[here]["Ref"]] = {
                    "Type": "AWS::ApiGateway::Resource",
                    "Properties": {
                        "RestApiId": {"Ref": "Api"}, "ParentId": known[above], "PathPart": here.rpartition("/")[2]
                    },
                }  # fmt: skip
        properties = {"RestApiId": {"Ref": "Api"}, "ResourceId": known[path.strip("/")], "HttpMethod": method}
        made[f"Method{number}"] = {
            "Type": "AWS::ApiGateway::Method",
            "Properties": {**properties, "AuthorizationType": auth, **more.get(f"m{number}", {})},
        }
    return made


def document(paths: Document, schemes: Document | None = None, **more: Any) -> Document:
    body = {"openapi": "3.0.1", "paths": paths, "components": {"securitySchemes": schemes or {}}, **more}
    return {"Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": body}}}


SCHEMES: Document = {
    "iam": {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4"},
    "key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
    "token": {
        "type": "apiKey", "name": "Authorization", "in": "header",
        "x-amazon-apigateway-authorizer": {"type": "cognito_user_pools", "providerARNs": [POOL_ARN]},
    },
    "code": {"type": "apiKey", "name": "Authorization", "in": "header",
             "x-amazon-apigateway-authorizer": {"type": "request", "authorizerUri": "arn"}},
    "odd": {"type": "mutualTLS"},
}  # fmt: skip


def one(security: Any = None, **more: Any) -> Document:
    operation = {**({} if security is None else {"security": security}), **more}
    return document({"/users/{id}": {"get": operation}}, SCHEMES)


USERS = "*/GET/users/{owner}"
BELOW = "*/GET/users/{owner}/*"
GET_USER = "GET /users/{id}"
CASES: dict[str, tuple[Document, str, Status]] = {
    "a route for IAM, any stage": (http((GET_USER, "AWS_IAM")), USERS, PROVED),
    "a route for IAM, one stage": (http((GET_USER, "AWS_IAM")), "prod/GET/users/{owner}", PROVED),
    "a route for IAM, any method": (http((GET_USER, "AWS_IAM")), "prod/*/users/{owner}", PROVED),
    "a route for IAM, any stage and method": (http((GET_USER, "AWS_IAM")), "*/users/{owner}", PROVED),
    "a greedy route for IAM, any stage": (http(("GET /{proxy+}", "AWS_IAM")), USERS, CEX),
    "a greedy route for IAM, one stage": (http(("GET /{proxy+}", "AWS_IAM")), "prod/GET/users/{owner}", PROVED),
    "an open route": (http((GET_USER, "NONE")), USERS, CEX),
    "a route by token": (http((GET_USER, "JWT")), USERS, UNDECIDED),
    "a route by code": (http((GET_USER, "CUSTOM")), USERS, UNDECIDED),
    "a route of a kind that is new": (http((GET_USER, "MUTUAL_TLS")), USERS, UNDECIDED),
    "one route for IAM and one open, both below": (
        http(("GET /users/{id}/notes", "AWS_IAM"), ("GET /users/{id}/photos", "NONE")), BELOW, CEX
    ),
    "one route for IAM and one by token, both below": (
        http(("GET /users/{id}/notes", "AWS_IAM"), ("GET /users/{id}/photos", "JWT")), BELOW, UNDECIDED
    ),
    "an open route of another method": (http((GET_USER, "AWS_IAM"), ("POST /users/{id}", "NONE")), USERS, PROVED),
    "an open route of every method": (http(("ANY /users/{id}", "NONE")), USERS, CEX),
    "an open default that another route is before": (
        http((GET_USER, "AWS_IAM"), ("$default", "NONE")), "prod/GET/users/{owner}", PROVED
    ),
    "an open default below": (http((GET_USER, "AWS_IAM"), ("$default", "NONE")), BELOW, CEX),
    "an open greedy route that a longer one is before": (
        http(("GET /users/{id}/{rest+}", "AWS_IAM"), ("GET /{proxy+}", "NONE")), "prod/GET/users/{owner}/*", PROVED
    ),
    "an open greedy route that is before the default": (
        http(("GET /users/{rest+}", "NONE"), ("$default", "AWS_IAM")), "prod/GET/users/{owner}", CEX
    ),
    "an open route of every method beside one for IAM": (
        http((GET_USER, "AWS_IAM"), ("ANY /users/{id}", "NONE")), "prod/GET/users/{owner}", PROVED
    ),
    "an open literal route that no owner's ID is": (
        http((GET_USER, "AWS_IAM"), ("GET /users/me", "NONE")), "prod/GET/users/{owner}", PROVED
    ),
    "a quick API": (http(Target="arn:aws:lambda:us-east-1:123456789012:function:f"), USERS, CEX),
    "a quick API whose route is changed elsewhere": (
        {**http((GET_USER, "AWS_IAM")), "Override": {
            "Type": "AWS::ApiGatewayV2::ApiGatewayManagedOverrides",
            "Properties": {"ApiId": {"Ref": "Api"}, "Route": {"AuthorizationType": "NONE"}}}}, USERS, UNDECIDED
    ),
    "an open route that nobody's address leads to": (
        http((GET_USER, "NONE"), DisableExecuteApiEndpoint=True), USERS, UNDECIDED
    ),
    "an open route that a domain name leads to": (
        {**http((GET_USER, "NONE"), DisableExecuteApiEndpoint=True), "Mapping": {
            "Type": "AWS::ApiGatewayV2::ApiMapping",
            "Properties": {"ApiId": {"Ref": "Api"}, "DomainName": "d", "Stage": "$default"}}}, USERS, CEX
    ),
    "routes that are elsewhere": (
        http((GET_USER, "AWS_IAM"), BodyS3Location={"Bucket": "b", "Key": "k"}), USERS, UNDECIDED
    ),
    "a method for IAM": (rest(("/users/{id}", "GET", "AWS_IAM")), USERS, PROVED),
    "an open method": (rest(("/users/{id}", "GET", "NONE")), USERS, CEX),
    "a method by key": (rest(("/users/{id}", "GET", "NONE"), m0={"ApiKeyRequired": True}), USERS, CEX),
    "a method for IAM and by key": (
        rest(("/users/{id}", "GET", "AWS_IAM"), m0={"ApiKeyRequired": True}), USERS, PROVED
    ),
    "a method by token": (rest(("/users/{id}", "GET", "COGNITO_USER_POOLS")), USERS, UNDECIDED),
    "a method by code": (rest(("/users/{id}", "GET", "CUSTOM")), USERS, UNDECIDED),
    "a proxy that is open beside a method for IAM": (
        rest(("/users/{id}", "GET", "AWS_IAM"), ("/{proxy+}", "ANY", "NONE")), "prod/GET/users/{owner}", PROVED
    ),
    "an open proxy": (rest(("/users/{proxy+}", "ANY", "NONE")), BELOW, CEX),
    "a preflight beside a method for IAM": (
        rest(("/users/{id}", "GET", "AWS_IAM"), ("/users/{id}", "OPTIONS", "NONE"), m1=MOCK), "prod/*/users/{owner}",
        PROVED,
    ),
    "an open method of OPTIONS that is no preflight": (
        rest(("/users/{id}", "GET", "AWS_IAM"), ("/users/{id}", "OPTIONS", "NONE")), "prod/*/users/{owner}", CEX
    ),
    "an open method of a private API": (
        rest(("/users/{id}", "GET", "NONE"), api={"EndpointConfiguration": {"Types": ["PRIVATE"]}}), USERS, UNDECIDED
    ),
    "an open method whose API lets in an address": (
        rest(("/users/{id}", "GET", "NONE"), api={"Policy": {"Version": "2012-10-17", "Statement": [
            allow("execute-api:Invoke", "execute-api:/*", Principal="*", Condition={
                "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})]}}), "prod/GET/users/{owner}", UNDECIDED
    ),
    "an open method whose API lets in a role of no template": (
        rest(("/users/{id}", "GET", "NONE"), api={"Policy": {"Version": "2012-10-17", "Statement": [
            allow("execute-api:Invoke", "execute-api:/*", Principal={
                "AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/admin"}})]}}), "prod/GET/users/{owner}",
        UNDECIDED,
    ),
    "an open method whose API lets in by a text that is no resource": (
        rest(("/users/{id}", "GET", "NONE"), api={"Policy": {"Version": "2012-10-17", "Statement": [
            allow("execute-api:Invoke", "execute-api:*", Principal="*")]}}), "prod/GET/users/{owner}", UNDECIDED
    ),
    "an open method whose API denies by a text that is no resource": (
        rest(("/users/{id}", "GET", "NONE"), api={"Policy": {"Version": "2012-10-17", "Statement": [
            allow("execute-api:Invoke", "execute-api:/*", Principal="*"),
            {**allow("execute-api:Invoke", "execute-api:prod/*", Principal="*"), "Effect": "Deny"}]}}),
        "prod/GET/users/{owner}", CEX,
    ),
    "an open method whose API denies all but a text that is no resource": (
        rest(("/users/{id}", "GET", "NONE"), api={"Policy": {"Version": "2012-10-17", "Statement": [
            allow("execute-api:Invoke", "execute-api:/*", Principal="*"),
            {"Effect": "Deny", "Action": "execute-api:Invoke", "NotResource": "execute-api:*", "Principal": "*"}]}}),
        "prod/GET/users/{owner}", UNDECIDED,
    ),
    "an operation for IAM": (one([{"iam": []}]), USERS, PROVED),
    "an operation for IAM, said by the extension": (
        one(**{"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}), USERS, PROVED
    ),
    "an operation that the extension opens": (
        one([{"iam": []}], **{"x-amazon-apigateway-auth": {"type": "NONE"}}), USERS, CEX
    ),
    "an operation without security": (one(), USERS, CEX),
    "an operation that takes the document's security away": (
        document({"/users/{id}": {"get": {"security": []}}}, SCHEMES, security=[{"iam": []}]), USERS, CEX
    ),
    "an operation by the document's security": (
        document({"/users/{id}": {"get": {}}}, SCHEMES, security=[{"iam": []}]), USERS, PROVED
    ),
    "an operation that asks or does not": (one([{"iam": []}, {}]), USERS, CEX),
    "an operation by key": (one([{"key": []}]), USERS, CEX),
    "an operation for IAM and by key": (one([{"iam": [], "key": []}]), USERS, PROVED),
    "an operation for IAM or by key": (one([{"iam": []}, {"key": []}]), USERS, CEX),
    "an operation by token": (one([{"token": []}]), USERS, UNDECIDED),
    "an operation by code": (one([{"code": []}]), USERS, UNDECIDED),
    "an operation by a scheme of a new kind": (one([{"odd": []}]), USERS, UNDECIDED),
    "an operation by a scheme that is not there": (one([{"none": []}]), USERS, UNDECIDED),
    "an operation whose security is no list": (one("iam"), USERS, UNDECIDED),
    "a document of every method": (
        document({"/users/{id}": {"x-amazon-apigateway-any-method": {}}}, SCHEMES), USERS, CEX
    ),
    "a document of a default": (
        document({"/$default": {"x-amazon-apigateway-any-method": {"isDefaultRoute": True}}}, SCHEMES), USERS, CEX
    ),
    "a document's policy for everyone": (
        document({"/users/{id}": {"get": {"security": [{"iam": []}]}}}, SCHEMES, **{
            "x-amazon-apigateway-policy": {"Version": "2012-10-17", "Statement": [
                allow("execute-api:Invoke", "execute-api:/*", Principal="*")]}}), USERS, CEX
    ),
    "a connection for IAM": (
        http(("$connect", "AWS_IAM"), ("send", "NONE"), ProtocolType="WEBSOCKET"), "prod/send{owner}", PROVED
    ),
}  # fmt: skip


def proved(resources: Document, where: str) -> Report:
    return proof_of(template([OWN, call(where)], more=resources))


@pytest.mark.parametrize("name", CASES)
def test_a_route_decides_by_its_own_authorizer(name: str) -> None:
    resources, where, expected = CASES[name]
    report = proved(resources, where)
    assert report.status is expected, [each.story for each in report.findings if each.story]
    assert any("Api" in each for each in report.owned) or where == "prod/send{owner}"


def test_a_route_by_token_is_accepted_by_name() -> None:
    from constructs_lib.analysis.proof.prove import Accepted  # noqa: PLC0415 - for this test only

    models = models_of(template([OWN, call(USERS)], more=http((GET_USER, "JWT"))))
    meant = [Accepted.parse("Api */GET/users/{owner}*:other:a signed-in user")]
    report = prove(models, accepted=meant)
    assert report.status is PROVED
    assert Status.ACCEPTED in {each.status for each in report.findings}
