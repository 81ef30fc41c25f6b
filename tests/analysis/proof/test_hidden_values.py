"""Values that CloudFormation reads at deployment, and parts that are not analyzed: none may end PROVED."""

from typing import Any

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import SUB, Document, trust
from tests.analysis.proof.test_holes import EVERYTHING, proved, role
from tests.analysis.proof.test_traps import OWN, allow

SECRET = "{{resolve:ssm:/folder:1}}"
POOL_ROLES = "AWS::Cognito::IdentityPoolRoleAttachment"
INVOKE = allow(
    "execute-api:Invoke",
    {"Fn::Sub": ["arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/prod/GET/users/${s}", {"s": SUB}]},
)


def made(type_: str, **properties: Any) -> Document:
    return {"Type": type_, "Properties": properties}


REFERENCES: dict[str, tuple[list[Document], Document]] = {
    "a folder": ([OWN, allow("s3:GetObject", {"Fn::Sub": f"arn:aws:s3:::${{Bucket}}/{SECRET}/*"})], {}),
    "a folder that is put together": (
        [OWN, allow("s3:GetObject", {"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "/{{resolve:ssm:", "x}}"]]})],
        {},
    ),
    "a resource": ([OWN, allow("s3:GetObject", "{{resolve:secretsmanager:x:SecretString:arn}}")], {}),
    "an action": ([OWN, allow(SECRET, {"Fn::Sub": "${Bucket.Arn}/*"})], {}),
    "a value of a condition": ([OWN, allow("s3:ListBucket", {"Fn::Sub": "${Bucket.Arn}"},
                                           Condition={"StringLike": {"s3:prefix": SECRET}})], {}),
    "an effect": ([OWN, {**EVERYTHING, "Effect": SECRET}], {}),
    "an effect that is a list": ([OWN, {**EVERYTHING, "Effect": {"Fn::Split": [",", SECRET]}}], {}),
    "an effect that is a mapping": ([OWN, {**EVERYTHING, "Effect": {"a": "Deny"}}], {}),
    "an attribute without a name": (
        [OWN, allow("s3:GetObject", {"Fn::GetAtt": ["Bucket", {"Ref": "AWS::NoValue"}]})], {}),
    "a managed policy": ([], {"more": {"User": role([OWN], ManagedPolicyArns=[SECRET])}}),
    "an identity pool": ([OWN], {"user_trust": trust(aud=SECRET)}),
    "a role": ([OWN], {"more": {"More": made(
        POOL_ROLES, IdentityPoolId={"Ref": "Pool"}, Roles={"authenticated": SECRET})}}),
}  # fmt: skip


def ids(name: str) -> str:
    return name.replace(" ", "-")


@pytest.mark.parametrize("name", REFERENCES, ids=ids)
def test_a_dynamic_reference_equals_nothing_that_is_known(name: str) -> None:
    statements, options = REFERENCES[name]
    assert proved(statements, **options).status is not Status.PROVED


def test_a_kind_of_identity_that_cognito_lacks_is_not_left_out() -> None:
    more = {
        "Other": role([EVERYTHING]),
        "Attachment": made(
            POOL_ROLES,
            IdentityPoolId={"Ref": "Pool"},
            Roles={"authenticated": {"Fn::GetAtt": ["User", "Arn"]}, "Authenticated": {"Fn::GetAtt": ["Other", "Arn"]}},
        ),
    }
    found = [each.story for each in proved([OWN], more=more).findings]
    assert any("Authenticated, which is not a kind of identity" in each for each in found)


ROUTES: dict[str, tuple[Document, str]] = {
    "a reference to a path": ({"/x": {"$ref": "#/components/pathItems/x"}}, "has $ref"),
    "a method in capitals": ({"/x": {"GET": {}}}, "has GET"),
    "a method of a later standard": ({"/x": {"query": {}}}, "has query"),
    "a reference to an operation": ({"/x": {"get": {"$ref": "#/x"}}}, "for get"),
    "a path that is no mapping": ({"/x": SECRET}, "for its methods"),
}


@pytest.mark.parametrize("name", ROUTES, ids=ids)
def test_what_is_not_read_of_a_path_is_named(name: str) -> None:
    paths, told = ROUTES[name]
    report = proved([OWN], more={"Api": made("AWS::ApiGateway::RestApi", Body={"openapi": "3.0.1", "paths": paths})})
    assert report.status is Status.UNDECIDED
    assert any(told in each.story for each in report.findings)


@pytest.mark.parametrize("key", [{"Ref": "P"}, {"Fn::Sub": "GET /${P}"}, SECRET], ids=["whole", "path", "reference"])
def test_a_route_whose_key_is_not_known_is_named(key: Any) -> None:
    more = {
        "Api": made("AWS::ApiGatewayV2::Api", ProtocolType="HTTP"),
        "Route": made("AWS::ApiGatewayV2::Route", ApiId={"Ref": "Api"}, RouteKey=key),
    }
    report = proved([INVOKE], more=more, sections={"Parameters": {"P": {"Type": "String"}}})
    assert any("of Api (Route), which serves" in each.story for each in report.findings)
    assert report.status is Status.UNDECIDED


def test_a_method_at_a_path_that_no_template_has_is_named() -> None:
    method = made(
        "AWS::ApiGateway::Method", RestApiId={"Ref": "Api"}, ResourceId="abc123", HttpMethod="GET",
        AuthorizationType="NONE",
    )  # fmt: skip
    report = proved([INVOKE], more={"Api": made("AWS::ApiGateway::RestApi"), "Method": method})
    assert any("GET /{any path+} of Api (Method), which serves" in each.story for each in report.findings)
    assert report.status is Status.UNDECIDED


def path_api(*, keys: tuple[str, ...] = (), rights: Any = (), **stage: Any) -> tuple[list[Document], Document]:
    """An API whose users own a path with IAM authorization, with a function behind it."""
    uri = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Code.Arn}/invocations"
    more = {
        "Api": made("AWS::ApiGateway::RestApi"),
        "Users": made("AWS::ApiGateway::Resource", RestApiId={"Ref": "Api"}, PathPart="users",
                      ParentId={"Fn::GetAtt": ["Api", "RootResourceId"]}),
        "User1": made("AWS::ApiGateway::Resource", RestApiId={"Ref": "Api"}, PathPart="{id}",
                      ParentId={"Ref": "Users"}),
        "Method": made("AWS::ApiGateway::Method", RestApiId={"Ref": "Api"}, ResourceId={"Ref": "User1"},
                       HttpMethod="GET", AuthorizationType="AWS_IAM", Integration={
                           "Type": "AWS_PROXY", "Uri": {"Fn::Sub": uri}, "CacheKeyParameters": list(keys)}),
        "Code": made("AWS::Lambda::Function", Role="arn:aws:iam::123456789012:role/x", Code={"ZipFile": "x"}),
        "Stage": made("AWS::ApiGateway::Stage", RestApiId={"Ref": "Api"}, StageName="prod", **stage),
    }  # fmt: skip
    return [INVOKE, *rights], more


CACHED = {"MethodSettings": [{"HttpMethod": "*", "ResourcePath": "/*", "CachingEnabled": True}]}
DIRECT = {"Fn::GetAtt": ["Code", "Arn"]}


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({}, Status.PROVED),
        ({"keys": ("method.request.path.id",), **CACHED}, Status.PROVED),
        (CACHED, Status.UNDECIDED),
        ({"keys": ("method.request.header.x",), **CACHED}, Status.UNDECIDED),
        ({"MethodSettings": [{"CachingEnabled": {"Ref": "AWS::StackName"}}]}, Status.UNDECIDED),
        ({"rights": (allow("lambda:InvokeFunction", DIRECT),)}, Status.UNDECIDED),
        ({"rights": (allow("lambda:invoke*", {"Fn::Sub": "${Code.Arn}:live"}),)}, Status.UNDECIDED),
        ({"rights": (allow("lambda:InvokeAsync", "arn:aws:lambda:*:*:function:*"),)}, Status.UNDECIDED),
        ({"rights": (allow("lambda:InvokeFunction", "arn:aws:lambda:*:*:function:other"),)}, Status.PROVED),
    ],
    ids=["plain", "keyed", "cached", "keyed-by-a-header", "cached-perhaps", "invoked", "by-an-alias",
         "every-function", "another-function"],
)  # fmt: skip
def test_an_owned_path_is_open_by_a_cache_without_keys_and_by_the_function_behind_it(
    options: Document, status: Status
) -> None:
    statements, more = path_api(**options)
    report = proved(statements, more=more)
    assert report.status is status, [each.story for each in report.findings if each.story]


@pytest.mark.parametrize("default", ["*", "us-*", "????????-*"])
def test_a_wildcard_in_a_variables_default_is_not_taken_for_plain_text(default: str) -> None:
    folder = f"private/${{aws:PrincipalTag/x, '{default}'}}/*"
    for opening in (
        [allow("s3:GetObject", {"Fn::Sub": ["${Bucket.Arn}/${f}", {"f": folder}]})],
        [allow("s3:ListBucket", {"Fn::GetAtt": ["Bucket", "Arn"]}, {"StringLike": {"s3:prefix": folder}})],
        [EVERYTHING, {**EVERYTHING, "Effect": "Deny", "Condition": {"StringNotLike": {"aws:userid": folder}}}],
    ):
        report = proved([OWN, *opening])
        assert report.status is not Status.PROVED
