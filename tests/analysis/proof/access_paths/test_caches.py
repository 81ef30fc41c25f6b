"""Caches whose key does not say who calls may mix callers; the usual safe caches stay proved."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.access_paths.distribution_caches import CACHING_DISABLED
from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import template
from tests.analysis.proof.access_paths.openings import Document, Names, Opening, applied, att, of, ref
from tests.analysis.proof.test_traps import OWN, ROWS
from tests.proofs import proof_of

PROVED, UNDECIDED = Status.PROVED, Status.UNDECIDED
EVERY: Final = {"HttpMethod": "*", "ResourcePath": "/*", "CachingEnabled": True}
ME: Final = {"HttpMethod": "GET", "ResourcePath": "/~1me"}
AUTHORIZATION: Final = "method.request.header.Authorization"


def status(resources: Document) -> Status:
    return proof_of(applied(template([OWN, ROWS]), Names(), Opening(resources=resources))).status


def stage(*settings: Any, auth: str = "COGNITO_USER_POOLS", kind: str = "AWS_PROXY", method: str = "GET",
          source: str = "", **integration: Any) -> Document:  # fmt: skip
    made = {
        "Api": of("AWS::ApiGateway::RestApi", Name="a"),
        "Me": of("AWS::ApiGateway::Resource", RestApiId=ref("Api"), PathPart="me",
                 ParentId=att("Api", "RootResourceId")),
        "Get": of("AWS::ApiGateway::Method", RestApiId=ref("Api"), ResourceId=ref("Me"), HttpMethod=method,
                  AuthorizationType=auth, Integration={"Type": kind, "Uri": "https://example.com", **integration}),
        "Stage": of("AWS::ApiGateway::Stage", RestApiId=ref("Api"), StageName="p", MethodSettings=list(settings)),
    }  # fmt: skip
    if source:
        made["Asks"] = of("AWS::ApiGateway::Authorizer", RestApiId=ref("Api"), IdentitySource=source, Type="REQUEST")
    return made


STAGES: Final = {
    "a cached route by token": (stage(EVERY), UNDECIDED),
    "a cached route for IAM": (stage(EVERY, auth="AWS_IAM"), UNDECIDED),
    "a cached route that passes the header on": (stage(EVERY, auth="NONE"), UNDECIDED),
    "a cached route of every method": (stage(EVERY, method="ANY"), UNDECIDED),
    "a route that is perhaps cached": (stage({"CachingEnabled": ref("AWS::StackName")}), UNDECIDED),
    "settings that the template does not spell out": (stage("x"), UNDECIDED),
    "a route that is cached by itself": (stage({**ME, "CachingEnabled": "true"}), UNDECIDED),
    "a mapping with the caller": (
        stage(EVERY, kind="AWS", RequestTemplates={"a": "$context.authorizer.claims.sub"}), UNDECIDED
    ),
    "a route with the caller's credentials": (stage(EVERY, kind="AWS", Credentials="arn:aws:iam::*:user/*"), UNDECIDED),
    "a key with another header": (stage(EVERY, CacheKeyParameters=["method.request.header.Accept"]), UNDECIDED),
    "a key without the cookie that the authorizer reads": (
        stage(EVERY, auth="CUSTOM", source="method.request.header.Cookie", CacheKeyParameters=[AUTHORIZATION]),
        UNDECIDED,
    ),
    "a key with the header": (stage(EVERY, CacheKeyParameters=[AUTHORIZATION]), PROVED),
    "a key with the cookie that the authorizer reads": (
        stage(EVERY, auth="CUSTOM", source="method.request.header.Cookie",
              CacheKeyParameters=["method.request.header.cookie"]),
        PROVED,
    ),
    "a route whose own setting is off": (stage(EVERY, {**ME, "CachingEnabled": False}), PROVED),
    "another route that is cached": (
        stage({"HttpMethod": "GET", "ResourcePath": "/~1news", "CachingEnabled": True}), PROVED
    ),
    "another method that is cached": (stage({**ME, "HttpMethod": "POST", "CachingEnabled": True}), PROVED),
    "an answer that API Gateway makes": (stage(EVERY, kind="MOCK"), PROVED),
    "a mapping without the caller": (stage(EVERY, kind="AWS"), PROVED),
    "no cache": (stage({**EVERY, "CachingEnabled": False}), PROVED),
}  # fmt: skip

OPTIMIZED: Final = "658327ea-f89d-4fab-a63d-7e88639e58f6"
ALL_VIEWER: Final = "216adef6-5c7f-47e4-b989-5492eafa07d3"
CORS: Final = "59781a5b-3903-41f3-afcb-af62929ccde1"
AMPLIFY: Final = "2e54312d-136d-493c-8eb9-b001f22f67d2"


def distribution(cache: Any, sent: Any = None, origin: str = "CustomOriginConfig", **more: Document) -> Document:
    behavior = {"TargetOriginId": "o", "CachePolicyId": cache, "OriginRequestPolicyId": sent}
    said = {each: value for each, value in behavior.items() if value is not None}
    config = {
        "Origins": [{"Id": "o", "DomainName": "api.example.com", origin: {}}], "DefaultCacheBehavior": said,
        "OriginGroups": {"Items": [{"Id": "g", "Members": {"Items": [{"OriginId": "o"}]}}]},
    }  # fmt: skip
    return {"Site": of("AWS::CloudFront::Distribution", DistributionConfig=config), **more}


def cache(ttl: Any = 60, **parts: Document) -> Document:
    kept = {"MaxTTL": ttl, "ParametersInCacheKeyAndForwardedToOrigin": parts}
    return {"Kept": of("AWS::CloudFront::CachePolicy", CachePolicyConfig=kept)}


def sends(**parts: Any) -> Document:
    return {"Sent": of("AWS::CloudFront::OriginRequestPolicy", OriginRequestPolicyConfig=parts)}


def headers(*names: str, how: str = "whitelist") -> Document:
    return {"HeadersConfig": {"HeaderBehavior": how, "Headers": list(names)}}


def cookies(*names: str, how: str = "whitelist") -> Document:
    return {"CookiesConfig": {"CookieBehavior": how, "Cookies": list(names)}}


def pair(kept: Document, sent: Document) -> Document:
    return distribution(ref("Kept"), ref("Sent"), **kept, **sent)


DISTRIBUTIONS: Final = {
    "all of the viewer": (distribution(OPTIMIZED, ALL_VIEWER), UNDECIDED),
    "policies that no template has": (distribution({"Fn::ImportValue": "a"}, {"Fn::ImportValue": "b"}), UNDECIDED),
    "policies that are no texts": (distribution({"a": "b", "c": "d"}, ["e"]), UNDECIDED),
    "headers that the template does not spell out": (pair(cache(), sends(HeadersConfig="x")), UNDECIDED),
    "cookies that the template does not spell out": (pair(cache(), sends(CookiesConfig="x")), UNDECIDED),
    "query strings that the template does not spell out": (pair(cache(), sends(QueryStringsConfig="x")), UNDECIDED),
    "all headers": (pair(cache(), sends(**headers(how="allViewer"))), UNDECIDED),
    "a header of the app": (pair(cache(), sends(**headers("X-User"))), UNDECIDED),
    "cookies": (pair(cache(), sends(**cookies(how="all"))), UNDECIDED),
    "a cookie more than the key has": (pair(cache(**cookies("a")), sends(**cookies("a", "b"))), UNDECIDED),
    "query strings": (
        pair(cache(), sends(QueryStringsConfig={"QueryStringBehavior": "all"})), UNDECIDED
    ),
    "a key with Authorization, and all headers sent": (
        pair(cache(**headers("authorization")), sends(**headers(how="allViewer"))), UNDECIDED
    ),
    "a key with Authorization, and cookies sent": (
        pair(cache(**headers("authorization")), sends(**headers("Origin"), **cookies(how="all"))), UNDECIDED
    ),
    "the key of Amplify, and all headers sent": (distribution(AMPLIFY, ALL_VIEWER), UNDECIDED),
    "the key of Amplify, which has the cookies": (
        distribution(AMPLIFY, ref("Sent"), **sends(**headers("authorization"), **cookies(how="all"))), PROVED
    ),
    "a key with all headers of the viewer that are sent": (
        pair(cache(**headers("authorization", "X-User")), sends(**headers("X-User"))), PROVED
    ),
    "a key with the cookies": (pair(cache(**cookies("a")), sends(**cookies("a"))), PROVED),
    "headers of CloudFront": (pair(cache(), sends(**headers("CloudFront-Viewer-Country", "Origin"))), PROVED),
    "nothing kept": (pair(cache(0), sends(**headers(how="allViewer"))), PROVED),
    "nothing sent": (distribution(OPTIMIZED), PROVED),
    "caching disabled": (distribution(CACHING_DISABLED, ALL_VIEWER), PROVED),
    "headers of CORS": (distribution(OPTIMIZED, CORS), PROVED),
    "a bucket": (distribution(OPTIMIZED, ALL_VIEWER, origin="S3OriginConfig"), PROVED),
}  # fmt: skip


def resolver(how: str, caching: Document | None, *, auth: str = "AMAZON_COGNITO_USER_POOLS", kind: str = "AWS_LAMBDA",
             more: Any = (), **text: Any) -> Document:  # fmt: skip
    api = {"ApiId": att("Graph", "ApiId")}
    cached = {} if caching is None else {"CachingConfig": caching}
    return {
        "Graph": of("AWS::AppSync::GraphQLApi", Name="g", AuthenticationType=auth,
                    AdditionalAuthenticationProviders=list(more)),
        "Cache": of("AWS::AppSync::ApiCache", **api, ApiCachingBehavior=how, Ttl=60, Type="SMALL"),
        "Source": of("AWS::AppSync::DataSource", **api, Name="s", Type=kind),
        "Field": of("AWS::AppSync::Resolver", **api, TypeName="Query", FieldName="f", DataSourceName="s", **cached,
                    **text),
    }  # fmt: skip


PER_RESOLVER: Final = "PER_RESOLVER_CACHING"
ROWS_OF_ALL: Final = {"RequestMappingTemplate": '{"operation": "Query", "v": "$ctx.args.kind"}'}
ROWS_OF_ONE: Final = {"RequestMappingTemplate": '{"operation": "Query", "v": "$ctx.identity.sub"}'}
RESOLVERS: Final = {
    "no keys": (resolver(PER_RESOLVER, {"Ttl": 60}), UNDECIDED),
    "a key of arguments": (resolver(PER_RESOLVER, {"CachingKeys": ["$context.arguments.id"]}), UNDECIDED),
    "a key of a group": (resolver(PER_RESOLVER, {"CachingKeys": ["$context.identity.groups"]}), UNDECIDED),
    "whole operations": (resolver("OPERATION_LEVEL_CACHING", None), UNDECIDED),
    "rows of the caller": (resolver(PER_RESOLVER, {}, kind="AMAZON_DYNAMODB", **ROWS_OF_ONE), UNDECIDED),
    "rows by code elsewhere": (resolver(PER_RESOLVER, {}, kind="AMAZON_DYNAMODB", CodeS3Location="s3://x"), UNDECIDED),
    "callers with a key or a token": (
        resolver(PER_RESOLVER, {}, auth="API_KEY", more=[{"AuthenticationType": "AWS_IAM"}]),
        UNDECIDED,
    ),
    "rows by arguments": (resolver(PER_RESOLVER, {}, kind="AMAZON_DYNAMODB", **ROWS_OF_ALL), PROVED),
    "a key of the user": (resolver(PER_RESOLVER, {"CachingKeys": ["$context.identity.sub"]}), PROVED),
    "a key of the identity": (resolver(PER_RESOLVER, {"CachingKeys": ["$context.identity"]}), PROVED),
    "full requests": (resolver("FULL_REQUEST_CACHING", None), PROVED),
    "a resolver without a cache": (resolver(PER_RESOLVER, None), PROVED),
    "callers with a key": (resolver(PER_RESOLVER, {}, auth="API_KEY"), PROVED),
}
CASES: Final = {**STAGES, **DISTRIBUTIONS, **RESOLVERS}


def test_each_case_has_its_own_name() -> None:
    assert len(CASES) == len(STAGES) + len(DISTRIBUTIONS) + len(RESOLVERS)


@pytest.mark.parametrize("name", CASES)
def test_a_cache_is_proved_only_if_it_cannot_mix_callers(name: str) -> None:
    resources, expected = CASES[name]
    assert status(resources) is expected
