"""The findings of cdk-nag's AwsSolutions pack that the document stack lives with, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Acknowledgment, Token, Validations

if TYPE_CHECKING:
    from constructs import IConstruct

    from stacks.document_stack import DocumentStack

_PACK: Final = "AwsSolutions::AwsSolutions-"
_FOLDER: Final = "a folder is a key prefix, so its ARN ends in a wildcard; which prefixes, the access rules say"
_PARAMETER: Final = "a path parameter is a wildcard in an ARN; the routes are checked not to reach one another by it"
_OWNER: Final = "<cognito-identity.amazonaws.com:sub>"


def acknowledge_findings(stack: DocumentStack) -> None:
    """Record each finding on the narrowest construct it is about."""
    auth = stack.auth
    _acknowledge(auth.user_pool, "COG8", "threat protection needs the Plus plan, paid per user: each app's choice")
    _acknowledge(auth.user_pool, "COG2", "a second factor is each user's choice in this app")
    _acknowledge(auth.identity_pool, "COG7", "guests read what is public; their role says what that is")
    _acknowledge(stack.handler.function, "L1", "Python 3.13 is what the locked wheels of the handler are built for")
    bucket = f"Resource::<{stack.resolve(stack.documents.bucket.bucket_arn)['Fn::GetAtt'][0]}.Arn>"
    api_id = stack.resolve(stack.api.api_id)["Ref"]
    api = f"Resource::arn:<AWS::Partition>:execute-api:{_place(stack)}:<{api_id}>/$default"
    for name in ("GuestPolicy", "AuthenticatedPolicy", "GroupeditorsPolicy"):
        policy = auth.node.find_child(name)
        _acknowledge(policy, f"IAM5[{bucket}/public/*]", _FOLDER)
        if name != "GuestPolicy":
            _acknowledge(policy, f"IAM5[{bucket}/private/{_OWNER}/*]", _FOLDER)
            _acknowledge(policy, f"IAM5[{api}/DELETE/users/{_OWNER}/shares/*]", _PARAMETER)
        if name == "GroupeditorsPolicy":
            _acknowledge(policy, f"IAM5[{api}/DELETE/shares/*]", _PARAMETER)
    _acknowledge(stack.documents.bucket, "S1", "CloudTrail data events record object access where that is asked for")


def _acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    Validations.of(construct).acknowledge(Acknowledgment(id=f"{_PACK}{rule}", reason=reason))


def _place(stack: DocumentStack) -> str:
    """Return the stack's region and account as cdk-nag writes them."""
    region = "<AWS::Region>" if Token.is_unresolved(stack.region) else stack.region
    account = "<AWS::AccountId>" if Token.is_unresolved(stack.account) else stack.account
    return f"{region}:{account}"
