"""A CDK app without this library."""

from pathlib import Path

from aws_cdk import App, CfnOutput, CfnResource, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_s3 as s3

# Deployed by many tests, none of which is about what the CDK finds in a synth: 2 s each.
app = App(builtin_cloud_formation_validation=False)
stack = Stack(app, "Bare")
bucket = s3.Bucket(stack, "Bucket", removal_policy=RemovalPolicy.DESTROY, auto_delete_objects=True)
CfnOutput(stack, "BucketName", value=bucket.bucket_name)
if Path("broken").exists():
    cognito.CfnIdentityPoolRoleAttachment(stack, "Broken", identity_pool_id="us-east-1:no-such-pool")
    sound = Stack(app, "Sound")
    CfnResource(sound, "Topic", type="AWS::SNS::Topic")
    stack.add_stack_dependency(sound)
app.synth()
