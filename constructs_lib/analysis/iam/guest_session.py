"""The session policy that narrows a guest's role in the enhanced flow, whatever the role allows.

Source: "Identity pools authentication flow" (Amazon Cognito developer guide) and the managed policy
AmazonCognitoUnAuthedIdentitiesSessionPolicy, version 4 of 2026-05-01. The classic flow escapes it.
"""

from typing import Final

from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.policies import Policy

_SERVICES: Final = (
    "appsync", "cloudwatch", "codewhisperer", "cognito-identity", "cognito-idp", "cognito-sync", "comprehend",
    "dynamodb", "execute-api", "firehose", "gamelift", "iot", "kinesis", "lambda", "lex", "logs", "machinelearning",
    "mobileanalytics", "mobiletargeting", "personalize", "polly", "rekognition", "s3", "sdb", "ses", "sns", "sqs",
    "transcribe", "translate",
)  # fmt: skip
_SINGLE: Final = (
    "rum:PutRumEvents", "sagemaker:InvokeEndpoint", "textract:AnalyzeDocument", "textract:DetectDocumentText",
)  # fmt: skip

GUEST_SESSION: Final[Policy] = parse_policy(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": [*(f"{service}:*" for service in _SERVICES), *_SINGLE],
            "Resource": "*",
        },
    },
    "Cognito's session policy for guests",
)
