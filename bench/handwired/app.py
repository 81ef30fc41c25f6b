"""The resources of the document stack, created with the CDK's L2 constructs in Python and without this library."""

from pathlib import Path

from aws_cdk import App, CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigwv2
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

ME = "${cognito-identity.amazonaws.com:sub}"
ROW_ACTIONS = [
    f"dynamodb:{each}"
    for each in ("BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem")
]

app = App()
stack = Stack(app, "Handwired")

user_pool = cognito.UserPool(
    stack,
    "UserPool",
    self_sign_up_enabled=True,
    sign_in_aliases=cognito.SignInAliases(email=True),
    auto_verify=cognito.AutoVerifiedAttrs(email=True),
    standard_attributes=cognito.StandardAttributes(email=cognito.StandardAttribute(required=True, mutable=True)),
    mfa=cognito.Mfa.OPTIONAL,
    mfa_second_factor=cognito.MfaSecondFactor(sms=False, otp=True),
    password_policy=cognito.PasswordPolicy(min_length=12, require_symbols=True),
    account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
    deletion_protection=True,
    removal_policy=RemovalPolicy.RETAIN,
)
client = user_pool.add_client(
    "Web",
    auth_flows=cognito.AuthFlow(user_srp=True),
    disable_o_auth=True,
    prevent_user_existence_errors=True,
    supported_identity_providers=[cognito.UserPoolClientIdentityProvider.COGNITO],
)
identity_pool = cognito.CfnIdentityPool(
    stack,
    "IdentityPool",
    allow_unauthenticated_identities=True,
    allow_classic_flow=False,
    cognito_identity_providers=[
        cognito.CfnIdentityPool.CognitoIdentityProviderProperty(
            client_id=client.user_pool_client_id,
            provider_name=user_pool.user_pool_provider_name,
            server_side_token_check=True,
        )
    ],
)


def role(name: str, amr: str) -> iam.Role:
    """Create a role for callers of the identity pool."""
    conditions = {
        "StringEquals": {"cognito-identity.amazonaws.com:aud": identity_pool.ref},
        "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": amr},
    }
    principal = iam.WebIdentityPrincipal("cognito-identity.amazonaws.com", conditions)
    return iam.Role(stack, name, assumed_by=principal)


guest, user, editor = role("Guest", "unauthenticated"), role("User", "authenticated"), role("Editor", "authenticated")
cognito.UserPoolGroup(stack, "Editors", user_pool=user_pool, group_name="editors", precedence=0, role=editor)
cognito.CfnIdentityPoolRoleAttachment(
    stack,
    "Roles",
    identity_pool_id=identity_pool.ref,
    roles={"authenticated": user.role_arn, "unauthenticated": guest.role_arn},
    role_mappings={
        "Web": cognito.CfnIdentityPoolRoleAttachment.RoleMappingProperty(
            type="Token",
            ambiguous_role_resolution="AuthenticatedRole",
            identity_provider=f"{user_pool.user_pool_provider_name}:{client.user_pool_client_id}",
        )
    },
)

bucket = s3.Bucket(
    stack,
    "Documents",
    block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
    encryption=s3.BucketEncryption.S3_MANAGED,
    object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforce_ssl=True,
    minimum_tls_version=1.2,
    versioned=True,
    removal_policy=RemovalPolicy.RETAIN,
)


def table(name: str, partition: str, sort: str) -> dynamodb.TableV2:
    """Create a table."""
    string = dynamodb.AttributeType.STRING
    return dynamodb.TableV2(
        stack,
        name,
        partition_key=dynamodb.Attribute(name=partition, type=string),
        sort_key=dynamodb.Attribute(name=sort, type=string),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        deletion_protection=True,
        removal_policy=RemovalPolicy.RETAIN,
    )


notes, shares = table("Notes", "owner", "note_id"), table("Shares", "feed", "share_id")


def may_list(*prefixes: str) -> iam.PolicyStatement:
    """Return the statement that allows to list folders."""
    conditions = {"StringLike": {"s3:prefix": list(prefixes)}}
    return iam.PolicyStatement(actions=["s3:ListBucket"], resources=[bucket.bucket_arn], conditions=conditions)


private, public = bucket.arn_for_objects(f"private/{ME}/*"), bucket.arn_for_objects("public/*")
change = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
rows = iam.PolicyStatement(
    actions=ROW_ACTIONS,
    resources=[notes.table_arn],
    conditions={
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [ME]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    },
)
guest.add_to_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=[public]))
guest.add_to_policy(may_list("public/*"))
for each, whole in ((user, [private]), (editor, [private, public])):
    each.add_to_policy(iam.PolicyStatement(actions=change, resources=whole))
    each.add_to_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=[public]))
    each.add_to_policy(may_list(f"private/{ME}/*", "public/*"))
    each.add_to_policy(rows)

function_logs = logs.LogGroup(stack, "FunctionLogs", retention=logs.RetentionDays.ONE_YEAR)
function = lambda_.Function(
    stack,
    "Function",
    runtime=lambda_.Runtime.PYTHON_3_13,
    architecture=lambda_.Architecture.ARM_64,
    handler="shares.handler.handler",
    code=lambda_.Code.from_asset(str(Path(__file__).parents[2] / "lambda_src")),
    log_group=function_logs,
    memory_size=256,
    environment={"SHARES_TABLE": shares.table_name, "OWNER": "identity"},
)
shares.grant(function, "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Query")

api = apigwv2.HttpApi(stack, "Api", create_default_stage=False)
access_logs = logs.LogGroup(stack, "AccessLogs", retention=logs.RetentionDays.ONE_YEAR)
stage = apigwv2.HttpStage(
    stack,
    "Stage",
    http_api=api,
    auto_deploy=True,
    throttle=apigwv2.ThrottleSettings(burst_limit=200, rate_limit=100),
)
cfn_stage = stage.node.default_child
assert isinstance(cfn_stage, apigwv2.CfnStage)  # noqa: S101 - an escape hatch
cfn_stage.access_log_settings = apigwv2.CfnStage.AccessLogSettingsProperty(
    destination_arn=access_logs.log_group_arn, format='{"requestId":"$context.requestId","status":"$context.status"}'
)
integration = integrations.HttpLambdaIntegration("Shares", function)
for method, path, callers in (
    (apigwv2.HttpMethod.GET, "/shares", (guest, user, editor)),
    (apigwv2.HttpMethod.POST, "/shares", (user, editor)),
    (apigwv2.HttpMethod.DELETE, "/shares/{share_id}", (editor,)),
    (apigwv2.HttpMethod.DELETE, "/users/{owner}/shares/{share_id}", (user, editor)),
):
    [route] = api.add_routes(
        path=path, methods=[method], integration=integration, authorizer=authorizers.HttpIamAuthorizer()
    )
    for caller in callers:
        route.grant_invoke(caller)

for key, value in {
    "UserPoolId": user_pool.user_pool_id,
    "UserPoolClientId": client.user_pool_client_id,
    "IdentityPoolId": identity_pool.ref,
    "BucketName": bucket.bucket_name,
    "NotesTableName": notes.table_name,
    "ApiUrl": api.api_endpoint,
}.items():
    CfnOutput(stack, key, value=value)
app.synth()
