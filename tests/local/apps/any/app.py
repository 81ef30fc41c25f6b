"""A third-party app: pinned, with a parameter, two regions, its own bootstrap, and Node functions."""

import os

from aws_cdk import App, CfnOutput, CfnParameter, DefaultStackSynthesizer, Environment, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_lambda as lambda_
from aws_cdk import custom_resources as custom

# What the CDK finds in a synth is not asked here: it takes 2 s for each stack.
app = App(builtin_cloud_formation_validation=False)
account, region = "111122223333", "eu-west-1"
main = Stack(app, "Main", env=Environment(account=account, region=region))
name = CfnParameter(main, "Prefix", type="String", default="unset")
pool = cognito.UserPool(main, "Pool", user_pool_name=name.value_as_string)
described = custom.AwsCustomResource(
    main,
    "Describe",
    on_update=custom.AwsSdkCall(
        service="CognitoIdentityServiceProvider",
        action="describeUserPool",
        parameters={"UserPoolId": pool.user_pool_id},
        physical_resource_id=custom.PhysicalResourceId.of("described"),
    ),
    policy=custom.AwsCustomResourcePolicy.from_sdk_calls(resources=[pool.user_pool_arn]),
    install_latest_aws_sdk=False,
)
CfnOutput(main, "Name", value=described.get_response_field("UserPool.Name"))
CfnOutput(main, "Arn", value=pool.user_pool_arn)
CfnOutput(main, "Said", value=str(app.node.try_get_context("said")))
esm = lambda_.Function(
    main,
    "Esm",
    runtime=lambda_.Runtime.NODEJS_22_X,
    handler="index.handler",
    code=lambda_.Code.from_asset(os.path.join(os.path.dirname(__file__), "esm")),  # noqa: PTH118, PTH120 - as many apps write it
)
CfnOutput(main, "Function", value=esm.function_name)
other = Stack(
    app,
    "Other",
    env=Environment(account=account, region="us-east-1"),
    synthesizer=DefaultStackSynthesizer(qualifier="custom"),
)
cognito.UserPool(other, "Pool")
app.synth()
