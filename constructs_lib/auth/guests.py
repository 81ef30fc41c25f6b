"""What guests can be given at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Validations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs import Construct

    from constructs_lib.access import Statement

# "Identity pools authentication flow" on the session policies of unauthenticated identities, and the managed policy
# AmazonCognitoUnAuthedIdentitiesSessionPolicy. What is in neither is refused to guests whatever their role allows.
GUEST_SERVICES: Final = frozenset(
    {
        "appsync", "cloudwatch", "codewhisperer", "cognito-identity", "cognito-idp", "cognito-sync", "comprehend",
        "dynamodb", "execute-api", "firehose", "gamelift", "geo", "iot", "kinesis", "lambda", "lex", "logs",
        "machinelearning", "mobileanalytics", "mobiletargeting", "personalize", "polly", "rekognition", "rum", "s3",
        "sagemaker", "sdb", "ses", "sns", "sqs", "textract", "transcribe", "translate",
    }
)  # fmt: skip


def warn_of_services(scope: Construct, statements: Iterable[Statement]) -> None:
    """Warn of rights that a guest's session would not carry."""
    services = {
        action.partition(":")[0] for statement in statements if not statement.deny for action in statement.actions
    }
    for service in sorted(services - GUEST_SERVICES):
        Validations.of(scope).add_warning(
            f"cognito-app:Auth.guestService.{service}",
            f"guests are given rights in {service}, which the session policy of unauthenticated identities does not "
            "carry: their calls will be refused. Have a function do it for them, or let users sign in first",
        )
