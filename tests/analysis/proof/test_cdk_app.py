"""An app of the CDK's own constructs in two stacks, synthesized as it is: nobody reaches another's data."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_cognito_identitypool as identitypool
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as notifications
from aws_cdk import aws_sqs as sqs

from constructs_lib.analysis import build_model
from constructs_lib.analysis.proof.access_paths import distribution_caches
from constructs_lib.analysis.proof.findings import Report, Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.analysis.template.templates import load_templates
from tests.synthesis import new_function

SUB: Final = "${cognito-identity.amazonaws.com:sub}"
DISABLED: Final = cloudfront.CachePolicy.CACHING_DISABLED


def proved(folder: Path, cache: cloudfront.ICachePolicy, prefix: str = f"private/{SUB}") -> Report:
    app = App(outdir=str(folder), analytics_reporting=False)
    api, function = _data(Stack(app, "Data"), prefix)
    _site(Stack(app, "Site"), api, function, cache)
    app.synth()
    return prove(build_model(load_templates(folder)))


def _data(stack: Stack, prefix: str) -> tuple[apigateway.RestApi, lambda_.FunctionUrl]:
    """Files and rows of users, code that uploads and changes run, and an API in front of it."""
    users = cognito.UserPool(stack, "Users")
    provider = identitypool.UserPoolAuthenticationProvider(user_pool=users, user_pool_client=users.add_client("Web"))
    pool = identitypool.IdentityPool(
        stack,
        "Pool",
        authentication_providers=identitypool.IdentityPoolAuthenticationProviders(user_pools=[provider]),
    )
    files = s3.Bucket(stack, "Files", block_public_access=s3.BlockPublicAccess.BLOCK_ALL)
    key = dynamodb.Attribute(name="userId", type=dynamodb.AttributeType.STRING)
    notes = dynamodb.Table(stack, "Notes", partition_key=key, stream=dynamodb.StreamViewType.NEW_IMAGE)
    worker = new_function(stack, "Worker", dead_letter_queue_enabled=True)
    notes.grant_read_write_data(worker)
    files.grant_read_write(worker)
    files.add_event_notification(s3.EventType.OBJECT_CREATED, notifications.LambdaDestination(worker))
    failed = sources.SqsDlq(sqs.Queue(stack, "Failed"))
    start = lambda_.StartingPosition.LATEST
    worker.add_event_source(sources.DynamoEventSource(notes, starting_position=start, on_failure=failed))
    api = apigateway.RestApi(stack, "Api")
    integration = apigateway.LambdaIntegration(worker)
    route = api.root.add_method("GET", integration, authorization_type=apigateway.AuthorizationType.IAM)
    for actions, resource, conditions in _rights(files, notes, route, prefix):
        pool.authenticated_role.add_to_principal_policy(
            iam.PolicyStatement(actions=actions, resources=[resource], conditions=conditions)
        )
    return api, worker.add_function_url(auth_type=lambda_.FunctionUrlAuthType.AWS_IAM)


def _rights(
    files: s3.Bucket, notes: dynamodb.Table, route: apigateway.Method, prefix: str
) -> Iterator[tuple[list[str], str, dict[str, Any]]]:
    yield ["s3:GetObject", "s3:PutObject"], files.arn_for_objects(f"{prefix}/*"), {}
    yield ["s3:ListBucket"], files.bucket_arn, {"StringLike": {"s3:prefix": f"private/{SUB}/*"}}
    leading = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [SUB]}}
    yield ["dynamodb:GetItem", "dynamodb:Query"], notes.table_arn, leading
    yield ["execute-api:Invoke"], route.method_arn, {}


def _site(stack: Stack, api: apigateway.RestApi, function: lambda_.FunctionUrl, cache: cloudfront.ICachePolicy) -> None:
    """A distribution of pages, and of the API and the function of the other stack."""
    pages = origins.S3BucketOrigin.with_origin_access_control(s3.Bucket(stack, "Pages"))
    sent = cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER
    behaviors = {
        path: cloudfront.BehaviorOptions(origin=origin, cache_policy=cache, origin_request_policy=sent)
        for path, origin in (("/api/*", origins.RestApiOrigin(api)), ("/f/*", origins.FunctionUrlOrigin(function)))
    }
    default = cloudfront.BehaviorOptions(origin=pages)
    cloudfront.Distribution(stack, "Cdn", default_behavior=default, additional_behaviors=behaviors)


def test_a_plain_app_is_proved(tmp_path: Path) -> None:
    report = proved(tmp_path, DISABLED)
    assert report.status is Status.PROVED, [each.story for each in report.findings if each.story]


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"cache": cloudfront.CachePolicy.CACHING_OPTIMIZED}, Status.UNDECIDED),
        ({"cache": DISABLED, "prefix": "private"}, Status.COUNTEREXAMPLE),
    ],
    ids=["cached", "everyone's"],
)
def test_the_same_app_with_one_mistake_is_not(tmp_path: Path, options: dict[str, Any], status: Status) -> None:
    assert proved(tmp_path, **options).status is status


def test_the_ids_of_managed_policies_are_those_of_the_cdk() -> None:
    sent = cloudfront.OriginRequestPolicy
    assert DISABLED.cache_policy_id == distribution_caches.CACHING_DISABLED
    assert cloudfront.CachePolicy.AMPLIFY.cache_policy_id == distribution_caches._AMPLIFY
    harmless = (sent.CORS_CUSTOM_ORIGIN, sent.CORS_S3_ORIGIN, sent.USER_AGENT_REFERER_HEADERS)
    assert {each.origin_request_policy_id for each in harmless} <= distribution_caches._SENDS_NO_USER
