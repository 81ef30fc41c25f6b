"""An app with one slip of each kind, for both engines: `python sick_app.py native|own FOLDER`."""

import sys

from aws_cdk import Acknowledgment, App, CfnResource, Environment, Stack, Validations

from constructs_lib.validation import CloudFormationPlugin


def sick_app(folder: str, *, native: bool) -> App:
    """Build the app, checked by the native engine or by the CDK's own."""
    app = App(outdir=folder, builtin_cloud_formation_validation=not native)
    if native:
        Validations.of(app).add_plugins(CloudFormationPlugin())
    here = Stack(app, "Here", env=Environment(account="111111111111", region="eu-west-1"))
    CfnResource(here, "Misspelt", type="AWS::S3::Bucket", properties={"BuketName": "files"})
    CfnResource(here, "Choice", type="AWS::DynamoDB::Table", properties={"BillingMode": "PER_CALL"})
    CfnResource(here, "Unknown", type="AWS::S3::Bukket")
    known = CfnResource(here, "Known", type="AWS::S3::Bucket", properties={"BuketName": "files"})
    why = "shows that a finding can be acknowledged"
    Validations.of(known).acknowledge(Acknowledgment(id="CloudFormation-Validate::F3002", reason=why))
    anywhere = Stack(app, "Anywhere")
    # Only the rules of aws-cdk-lib itself know that ports are not the other way round.
    port = {"FromPort": 2000, "ToPort": 1000, "IpRange": "10.0.0.0/8", "Protocol": "TCP"}
    fleet = {"Name": "fleet", "BuildId": "build-1", "EC2InstanceType": "c5.large", "EC2InboundPermissions": [port]}
    CfnResource(anywhere, "Fleet", type="AWS::GameLift::Fleet", properties=fleet)
    return app


if __name__ == "__main__":
    sick_app(sys.argv[2], native=sys.argv[1] == "native").synth()
