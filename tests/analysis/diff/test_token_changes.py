"""A route that accepts other tokens than before is access gained and lost."""

from typing import Any

import pytest

from tests.analysis.conftest import Document
from tests.analysis.diff.test_setting_changes import POOL, diff, resource, silent, with_more

ISSUER = "https://a.example.com"
API = {"ApiId": {"Ref": "Api"}}


def jwt(issuer: str = ISSUER, audience: Any = ("one",), scopes: Any = ("a/read",)) -> Document:
    configuration = {"Issuer": issuer, "Audience": list(audience)}
    return with_more(
        Api=resource("ApiGatewayV2::Api", ProtocolType="HTTP"),
        Token=resource("ApiGatewayV2::Authorizer", **API, AuthorizerType="JWT", JwtConfiguration=configuration),
        X=resource(
            "ApiGatewayV2::Route",
            **API,
            RouteKey="GET /a",
            AuthorizationType="JWT",
            AuthorizerId={"Ref": "Token"},
            AuthorizationScopes=list(scopes),
        ),
    )


def document(issuer: str = ISSUER, audience: Any = ("one",), scopes: Any = ("a/read",)) -> Document:
    configuration = {"issuer": issuer, "audience": list(audience)}
    scheme = {"type": "oauth2", "x-amazon-apigateway-authorizer": {"type": "jwt", "jwtConfiguration": configuration}}
    paths: Document = {"/a": {"get": {"security": [{"token": list(scopes)}]}}}
    body = {"openapi": "3.0.1", "paths": paths, "components": {"securitySchemes": {"token": scheme}}}
    return with_more(Api=resource("ApiGatewayV2::Api", Body=body))


def rest(pools: Any, scopes: Any = ()) -> Document:
    api = {"RestApiId": {"Ref": "Api"}}
    return with_more(
        Api=resource("ApiGateway::RestApi"),
        Token=resource("ApiGateway::Authorizer", **api, Type="COGNITO_USER_POOLS", ProviderARNs=list(pools)),
        X=resource(
            "ApiGateway::Method",
            **api,
            HttpMethod="GET",
            ResourceId={"Fn::GetAtt": ["Api", "RootResourceId"]},
            AuthorizationType="COGNITO_USER_POOLS",
            AuthorizerId={"Ref": "Token"},
            AuthorizationScopes=list(scopes),
        ),
    )


WIDER: dict[str, tuple[Document, Document, str]] = {
    "an audience": ({}, {"audience": ["one", "two"]}, " for two with the scope a/read"),
    "a scope": ({}, {"scopes": ["a/read", "a/write"]}, " for one with the scope a/write"),
    "no scope at all": ({}, {"scopes": []}, " for one"),
}


@pytest.mark.parametrize("make", [jwt, document])
@pytest.mark.parametrize("name", WIDER)
def test_a_wider_authorizer_is_access_gained_and_a_narrower_one_lost(make: Any, name: str) -> None:
    narrow, wide, tokens = WIDER[name]
    found, back = diff(make(**narrow), make(**wide)), diff(make(**wide), make(**narrow))
    assert [each.who for each in found.gained] == [(f"A holder of a token of {ISSUER}{tokens}",)]
    assert not found.lost
    assert [each.who for each in back.lost] == [(f"A holder of a token of {ISSUER}{tokens}",)]
    assert not back.gained
    assert found.undecided == back.undecided == ()


@pytest.mark.parametrize("make", [jwt, document])
def test_another_issuer_is_access_gained_and_lost(make: Any) -> None:
    found = diff(make(), make(issuer="https://b.example.com"))
    assert [len(found.gained), len(found.lost)] == [1, 1]
    assert "https://b.example.com" in found.gained[0].sentence


def test_one_more_user_pool_of_a_rest_api_is_access_gained() -> None:
    found = diff(rest(["arn:one"]), rest(["arn:one", "arn:two"]))
    assert [each.who for each in found.gained] == [("A holder of a token of arn:two",)]
    assert not found.lost


def test_the_order_of_audiences_is_no_change() -> None:
    assert silent(diff(jwt(audience=["one", "two"]), jwt(audience=["two", "one"])))


def by_code(uri: str) -> Document:
    scheme = {"type": "apiKey", "x-amazon-apigateway-authorizer": {"type": "request", "authorizerUri": uri}}
    paths: Document = {"/a": {"get": {"security": [{"code": []}]}}}
    body = {"openapi": "3.0.1", "paths": paths, "components": {"securitySchemes": {"code": scheme}}}
    return with_more(Api=resource("ApiGatewayV2::Api", Body=body))


def test_other_code_that_decides_calls_is_not_decided() -> None:
    assert any("another authorizer" in each for each in diff(by_code("arn:one"), by_code("arn:two")).undecided)


def by(auth: str, issuer: Any = ISSUER) -> Document:
    """Return the route of `jwt` with another kind of authorization, unless it is JWT."""
    body = jwt(issuer)
    body["Resources"]["Users"] = POOL
    if auth != "JWT":
        body["Resources"]["X"]["Properties"] |= {"AuthorizationType": auth, "AuthorizerId": {"Ref": "AWS::NoValue"}}
    return body


OWN = {"Fn::Sub": "https://cognito-idp.${AWS::Region}.amazonaws.com/${Users}"}


def test_tokens_of_an_issuer_without_users_of_the_app_in_place_of_iam_are_not_decided_and_named() -> None:
    for old, new, verb in ((by("AWS_IAM"), by("JWT"), "now"), (by("JWT"), by("AWS_IAM"), "no longer")):
        assert any(f"GET /a {verb} accepts tokens of {ISSUER}" in each for each in diff(old, new).undecided)
    assert not diff(by("AWS_IAM", OWN), by("JWT", OWN)).undecided
    assert not diff(by("NONE"), by("JWT")).undecided


def test_an_authorizer_of_another_stack_in_place_of_the_own_one_is_not_decided() -> None:
    old = by("JWT", OWN)
    new = by("JWT", OWN)
    new["Parameters"] = {"Elsewhere": {"Type": "String"}}
    new["Resources"]["X"]["Properties"]["AuthorizerId"] = {"Ref": "Elsewhere"}
    assert any("another authorizer decides calls of GET /a" in each for each in diff(old, new).undecided)


def test_an_expression_for_the_audience_takes_the_tokens_of_other_clients() -> None:
    def asked(**more: str) -> Document:
        body = rest(["arn:pool"])
        body["Resources"]["Token"]["Properties"].update(more)
        return body

    one, two = asked(IdentityValidationExpression="^(one)$"), asked(IdentityValidationExpression="^(one|two)$")
    narrower, wider = diff(asked(), one), diff(one, two)
    assert ([each.who for each in narrower.lost], narrower.gained) == ([("A holder of a token of arn:pool",)], ())
    assert [each.who for each in wider.gained] == [("A holder of a token of arn:pool for ^(one|two)$",)]


def test_a_second_way_into_a_route_of_code_is_access_gained() -> None:
    def ways(*names: str) -> Document:
        body = by_code("arn:one")
        api = body["Resources"]["Api"]["Properties"]["Body"]
        pool = {"type": "cognito_user_pools", "providerARNs": ["arn:pool"]}
        api["components"]["securitySchemes"]["pool"] = {"x-amazon-apigateway-authorizer": pool}
        api["paths"]["/a"]["get"]["security"] = [{name: []} for name in names]
        return body

    found = diff(ways("code"), ways("code", "pool"))
    assert [each.who for each in found.gained] == [("A holder of a token of arn:pool",)]
