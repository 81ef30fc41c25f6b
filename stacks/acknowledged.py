"""The findings of cdk-nag's AwsSolutions pack that the document stack lives with, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Acknowledgment, Validations

if TYPE_CHECKING:
    from constructs import IConstruct

    from stacks.document_stack import DocumentStack

_PACK: Final = "AwsSolutions::AwsSolutions-"
_FOLDER: Final = "a folder is a key prefix, so its ARN ends in a wildcard; which prefixes, the access rules say"


def acknowledge_findings(stack: DocumentStack) -> None:
    """Record each finding on the narrowest construct it is about."""
    auth = stack.auth
    _acknowledge(auth.user_pool, "COG8", "threat protection needs the Plus plan, paid per user: each app's choice")
    _acknowledge(auth.user_pool, "COG2", "a second factor is each user's choice in this app")
    _acknowledge(auth.identity_pool, "COG7", "guests read what is public; their role says what that is")
    bucket = f"Resource::<{stack.resolve(stack.documents.bucket.bucket_arn)['Fn::GetAtt'][0]}.Arn>"
    for name in ("GuestPolicy", "AuthenticatedPolicy", "GroupeditorsPolicy"):
        policy = auth.node.find_child(name)
        _acknowledge(policy, f"IAM5[{bucket}/public/*]", _FOLDER)
        if name != "GuestPolicy":
            _acknowledge(policy, f"IAM5[{bucket}/private/<cognito-identity.amazonaws.com:sub>/*]", _FOLDER)
    _acknowledge(stack.documents.bucket, "S1", "CloudTrail data events record object access where that is asked for")


def _acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    Validations.of(construct).acknowledge(Acknowledgment(id=f"{_PACK}{rule}", reason=reason))
