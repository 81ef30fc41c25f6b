"""The AWS managed policies that Cognito and Lambda roles most often carry.

Written down from the IAM console's policy reference; a policy that is not here is named in the report as unknown.
"""

from typing import Any, Final

DATE: Final = "2026-11-24"
AWS_MANAGED: Final = "arn:aws:iam::aws:policy/"
_LOGS: Final = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]

_ACTIONS: Final[dict[str, list[str]]] = {
    "AdministratorAccess": ["*"],
    "AmazonDynamoDBFullAccess": ["dynamodb:*", "dax:*"],
    "AmazonDynamoDBReadOnlyAccess": [
        "dynamodb:BatchGetItem", "dynamodb:Describe*", "dynamodb:List*", "dynamodb:GetItem",
        "dynamodb:GetResourcePolicy", "dynamodb:Query", "dynamodb:Scan", "dynamodb:PartiQLSelect",
    ],
    "AmazonS3FullAccess": ["s3:*", "s3-object-lambda:*"],
    "AmazonS3ReadOnlyAccess": ["s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:*"],
    "AmazonAPIGatewayInvokeFullAccess": ["execute-api:Invoke", "execute-api:ManageConnections"],
    "AWSLambdaExecute": ["logs:*", "s3:GetObject", "s3:PutObject"],
    "AWSLambda_FullAccess": ["lambda:*", "iam:PassRole"],
    "AWSLambdaRole": ["lambda:InvokeFunction"],
    "AWSXRayDaemonWriteAccess": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
    "service-role/AWSLambdaBasicExecutionRole": _LOGS,
    "service-role/AWSLambdaVPCAccessExecutionRole": [
        *_LOGS, "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface",
    ],
    "service-role/AWSLambdaDynamoDBExecutionRole": [
        *_LOGS, "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
    ],
    "AmazonCognitoPowerUser": ["cognito-idp:*", "cognito-identity:*", "cognito-sync:*"],
    "PowerUserAccess": ["*"],
    "ReadOnlyAccess": [
        "s3:Get*", "s3:List*", "dynamodb:BatchGet*", "dynamodb:Describe*", "dynamodb:Get*", "dynamodb:List*",
        "dynamodb:PartiQLSelect", "dynamodb:Query", "dynamodb:Scan",
    ],
}  # fmt: skip


def managed_policy(arn: str) -> dict[str, Any] | None:
    """Return an AWS managed policy's document, or None when it is not known here."""
    actions = _ACTIONS.get(arn.removeprefix(AWS_MANAGED))
    if actions is None or not arn.startswith(AWS_MANAGED):
        return None
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}


def aws_managed_policies() -> dict[str, str]:
    """Return the ARN of each AWS managed policy that is known here, by its name."""
    return {name.rpartition("/")[2]: f"{AWS_MANAGED}{name}" for name in _ACTIONS}
