"""What a guest's role can reach at most in the enhanced flow; the classic flow has no such limit. Pure.

Source: "Identity pools authentication flow" (Amazon Cognito developer guide) on the inline session policy for
unauthenticated identities, and the managed policy AmazonCognitoUnAuthedIdentitiesSessionPolicy, version 4 of
2026-05-01. What either lists, a guest may be given.
"""

from typing import Any, Final

_INLINE: Final = (
    "appsync:*", "cloudwatch:*", "codewhisperer:*", "cognito-identity:*", "cognito-idp:*", "cognito-sync:*",
    "comprehend:*", "dynamodb:*", "execute-api:*", "firehose:*", "gamelift:*", "iot:*", "kinesis:*", "lambda:*",
    "lex:*", "logs:*", "machinelearning:*", "mobileanalytics:*", "mobiletargeting:*", "personalize:*", "polly:*",
    "rekognition:*", "s3:*", "sagemaker:InvokeEndpoint", "sdb:*", "ses:*", "sns:*", "sqs:*",
    "textract:AnalyzeDocument", "textract:DetectDocumentText", "transcribe:*", "translate:*",
)  # fmt: skip
_MANAGED: Final = (
    "geo:*DevicePosition*", "geo:*Geofence", "geo:*Geofences", "geo:CalculateRoute*", "geo:GetMap*", "geo:GetPlace",
    "geo:ListMaps", "geo:SearchPlaceIndex*", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair", "kms:GenerateDataKeyPairWithoutPlaintext", "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom", "kms:ReEncryptTo", "rum:PutRumEvents",
)  # fmt: skip
"""What the managed policy lists and the inline one does not."""

GUEST_SESSION_POLICY: Final[dict[str, Any]] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": [*_INLINE, *_MANAGED], "Resource": "*"}],
}
"""The session policy; what it does not list is refused to guests whatever their role allows."""
