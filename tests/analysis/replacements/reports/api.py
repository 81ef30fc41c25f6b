"""Reports about REST and HTTP APIs."""

from typing import Any, Final

from tests.analysis.replacements.reports.report import CDK, Report, Resources, of, ref
from tests.analysis.replacements.reports.updates import HTTP


def route(key: str, **properties: Any) -> Resources:
    return of("ApiGatewayV2::Route", ApiId=ref("Http"), RouteKey=key, **properties)


USERS: Final = of("ApiGatewayV2::Authorizer", ApiId=ref("Http"), Name="users", AuthorizerType="JWT")
GUARDED: Final = {"AuthorizationType": "JWT", "AuthorizerId": ref("Users")}

REPORTS: Final = [
    Report(
        what="A REST API is deployed before it has methods", says="The REST API doesn't contain any methods",
        source="https://github.com/cloudtools/troposphere/issues/496",
        new={
            "Api": of("ApiGateway::RestApi", Name="a"),
            "Deployment": of("ApiGateway::Deployment", RestApiId=ref("Api")),
            "Get": of("ApiGateway::Method", RestApiId=ref("Api"), HttpMethod="GET", AuthorizationType="AWS_IAM",
                      ResourceId={"Fn::GetAtt": ["Api", "RootResourceId"]}, Integration={"Type": "MOCK"}),
        },
    ),
    Report(
        what="An authorizer of a REST API without a name",
        says="Value null at 'createAuthorizerInput.name' failed to satisfy constraint", source=f"{CDK}/5678",
        rule="F3003",
        new={"Api": of("ApiGateway::RestApi", Name="a"),
             "Users": of("ApiGateway::Authorizer", RestApiId=ref("Api"), Type="TOKEN")},
    ),
    Report(
        what="A variable in a path of an HTTP API is renamed",
        says="has a conflicting variable on the same hierarchical level",
        source="https://github.com/plutomi/plutomi/issues/271",
        old=HTTP | {"One": route("GET /orgs/{orgId}/stages/{stageId}")},
        new=HTTP | {"Two": route("GET /orgs/{orgId}/stages/{stage_id}")},
    ),
    Report(
        what="A route of an HTTP API becomes public, and its authorizer is removed at the same time",
        says="Cannot delete authorizer, is referenced in route",
        source="https://github.com/github-aws-runners/terraform-aws-github-runner/pull/3000",
        old=HTTP | {"Users": USERS, "Get": route("GET /notes", **GUARDED)}, new=HTTP | {"Get": route("GET /notes")},
    ),
    Report(
        what="A stage throttles a route that no longer exists",
        says="Unable to find Route by key within the provided RouteSettings",
        source="https://github.com/DianaIonita/serverless-api-gateway-throttling/issues/33",
        new=HTTP | {"Get": route("GET /world2"), "Stage": of(
            "ApiGatewayV2::Stage", ApiId=ref("Http"), StageName="$default",
            RouteSettings={"GET /world": {"ThrottlingBurstLimit": 1}})},
    ),
    Report(
        what="An HTTP API allows credentials from every origin",
        says="allow-credentials is not supported if 'allow-origin' is *", source=f"{CDK}/9076",
        new={"Http": of("ApiGatewayV2::Api", Name="h", ProtocolType="HTTP",
                        CorsConfiguration={"AllowCredentials": True, "AllowOrigins": ["*"]})},
    ),
]  # fmt: skip
