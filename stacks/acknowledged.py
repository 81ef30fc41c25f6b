"""Findings of cdk-nag's AwsSolutions pack that the document stack accepts, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Acknowledgment, Token, Validations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import Stack
    from constructs import IConstruct

    from constructs_lib.api import Api
    from constructs_lib.auth import Auth
    from constructs_lib.functions import PythonFunction
    from constructs_lib.hosting import Hosting
    from constructs_lib.storage import Storage

_PACK: Final = "AwsSolutions::AwsSolutions-"
_FOLDER: Final = "a folder is a key prefix, so its ARN ends in a wildcard; the access rules determine the prefixes"
_PARAMETER: Final = "a path parameter is a wildcard in an ARN; a check ensures that it matches no other route"
_OWNER: Final = "<cognito-identity.amazonaws.com:sub>"


def acknowledge_findings(
    stack: Stack, *, auth: Auth, documents: Storage, handler: PythonFunction, api: Api, page: Hosting | None
) -> None:
    """Acknowledge each finding on the narrowest construct that it concerns."""
    _acknowledge(
        auth.user_pool,
        {
            "COG8": "threat protection requires the Plus plan, which is charged per user: each app decides",
            "COG2": "a second factor is optional for each user of this app",
        },
    )
    _acknowledge(auth.identity_pool, {"COG7": "guests read public files; their role limits them to these"})
    _acknowledge(handler.function, {"L1": "the locked wheels are built for Python 3.13"})
    bucket_arn, api_ref = stack.resolve([documents.bucket.bucket_arn, api.api_id])
    bucket = f"Resource::<{bucket_arn['Fn::GetAtt'][0]}.Arn>"
    routes = f"Resource::arn:<AWS::Partition>:execute-api:{_region_and_account(stack)}:<{api_ref['Ref']}>/$default"
    public = {f"IAM5[{bucket}/public/*]": _FOLDER}
    own = {
        f"IAM5[{bucket}/private/{_OWNER}/*]": _FOLDER,
        f"IAM5[{routes}/DELETE/users/{_OWNER}/shares/*]": _PARAMETER,
    }
    policies = {
        "GuestPolicy": public,
        "AuthenticatedPolicy": public | own,
        "GroupeditorsPolicy": public | own | {f"IAM5[{routes}/DELETE/shares/*]": _PARAMETER},
    }
    node = auth.node
    for name, reasons in policies.items():
        _acknowledge(node.find_child(name), reasons)
    if page is not None:
        _acknowledge_page(stack, page)
    _acknowledge(documents.bucket, {"S1": "CloudTrail data events record object access if they are enabled"})


def _acknowledge_page(stack: Stack, page: Hosting) -> None:
    _acknowledge(page.bucket, {"S1": "the bucket contains public files, which only CloudFront reads"})
    _acknowledge(
        page.distribution,
        {
            "CFR1": "the page is available in every country",
            "CFR2": "static files need no web ACL; Hosting(web_acl_arn=...) adds one",
            "CFR3": "the bucket and the API log the calls that access data",
            "CFR4": "a minimum of TLS 1.2 requires a custom domain name: Hosting(domain_names=...)",
        },
    )
    [copier] = [child for child in stack.node.children if child.node.id.startswith("Custom::CDKBucketDeployment")]
    logs = "arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    assets = "arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*"
    bucket = f"<{stack.resolve(page.bucket.bucket_arn)['Fn::GetAtt'][0]}.Arn>/*"
    actions = ("s3:GetBucket*", "s3:GetObject*", "s3:List*", "s3:Abort*", "s3:DeleteObject*")
    rules = (
        "L1",
        f"IAM4[Policy::{logs}]",
        *(f"IAM5[Action::{action}]" for action in actions),
        *(f"IAM5[Resource::{resource}]" for resource in (assets, bucket, "*")),
    )
    _acknowledge(copier, dict.fromkeys(rules, "the CDK's function that copies files into the page's bucket"))


def _acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Acknowledge rules of the pack, each with a reason."""
    Validations.of(construct).acknowledge(
        *(Acknowledgment(id=f"{_PACK}{rule}", reason=reason) for rule, reason in reasons.items())
    )


def _region_and_account(stack: Stack) -> str:
    """Return the stack's region and account in the format of cdk-nag's findings."""
    region = "<AWS::Region>" if Token.is_unresolved(stack.region) else stack.region
    account = "<AWS::AccountId>" if Token.is_unresolved(stack.account) else stack.account
    return f"{region}:{account}"
