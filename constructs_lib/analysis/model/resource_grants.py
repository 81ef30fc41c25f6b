"""What the policies and ACLs of resources allow: within one account that is enough, whatever a role's own policies say.

Sources: "Policy evaluation logic" (IAM user guide), "Canned ACL", "Blocking public access to your Amazon S3 storage"
(Amazon S3 user guide).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.actions import S3_VERBS
from constructs_lib.analysis.iam.arns import is_unknown
from constructs_lib.analysis.iam.policies import Statement
from constructs_lib.analysis.model.kinds.bucket import Bucket
from constructs_lib.analysis.model.policy_documents import resource_policies

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.resources import Resource

_OF_KINDS: Final = ("AWS::ApiGateway::RestApi", "AWS::S3::BucketPolicy")
"""Types whose policies the kinds of resources read."""
NO_GRANTS: Final = ("AWS::EC2::VPCEndpoint", "AWS::IAM::", "AWS::Organizations::")
"""Types whose policies allow nothing on a resource: limits of what others allow, and policies of principals ("Control
access to VPC endpoints using endpoint policies", AWS PrivateLink guide; "Resource control policies", AWS Organizations
user guide)."""
_WITHOUT_PARTS: Final = tuple(
    f"arn:aws:{service}:" for service in ("events", "kinesis", "kms", "lambda", "secretsmanager", "sns", "sqs")
)
"""The starts of ARNs that are whole in the policies of their resources."""
_EVERYONE: Final = ("*", "*")
_ALL_WITH_CREDENTIALS: Final = ("AWS", "*")


def resource_grants(resources: Collection[Resource], holders: Collection[Holder]) -> Iterator[Statement]:
    """Yield the Allows of the resources' policies and ACLs, in which a star as resource is what the policy is for."""
    for holder in holders:
        for each in holder.policy.everything:
            if each.allow:
                said = _about(each, _all_of(holder.arn))
                yield _for_accounts(said) if holder.refuses_anonymous_callers else said
        if isinstance(holder, Bucket) and holder.public_acl:
            yield _of_acl(holder)
    ours = {each.id: each.arn for each in resources}
    for resource, policy in resource_policies(resources):
        if not resource.type.startswith((*_OF_KINDS, *NO_GRANTS)):
            own = tuple(_own_arns(resource, ours))
            for each in policy.everything:
                # A document without principals is a policy of callers, such as the devices of IoT.
                if each.allow and each.principals:
                    yield _about(each, own)


def _about(statement: Statement, own: tuple[str, ...]) -> Statement:
    texts = statement.resources or (() if statement.not_resources else ("*",))
    return replace(statement, resources=tuple(arn for text in texts for arn in (own if text == "*" else (text,))))


def _all_of(arn: str) -> tuple[str, ...]:
    """Return an ARN and those of everything in it."""
    return (arn,) if arn.startswith(_WITHOUT_PARTS) else (arn, f"{arn}/*", f"{arn}:*")


def _for_accounts(statement: Statement) -> Statement:
    """Return a statement without callers who have no credentials."""
    kept = (_ALL_WITH_CREDENTIALS if each == _EVERYONE else each for each in statement.principals)
    return replace(statement, principals=tuple(kept))


def _of_acl(bucket: Bucket) -> Statement:
    verbs = [each for each in S3_VERBS if bucket.public_acl == "PublicReadWrite" or each.value in {"get", "list"}]
    return Statement(
        allow=True,
        actions=tuple(each for verb in verbs for each in S3_VERBS[verb]),
        resources=(bucket.arn, f"{bucket.arn}/*"),
        principals=(_EVERYONE,),
        source=f"the ACL of {bucket.name}",
    )


def _own_arns(resource: Resource, ours: Mapping[str, str]) -> Iterator[str]:
    """Yield the ARNs that a star in a policy means: of the resources that it is for, or any if they are not known."""
    lists = (value if isinstance(value, list) else [value] for value in resource.properties.values())
    texts = [each for values in lists for each in values if isinstance(each, str)]
    named = [ours.get(text, text) for text in texts if text in ours or text.startswith("arn:")]
    if not resource.type.endswith("Policy"):
        named.append(resource.arn)
    known = bool(named) and not any(map(is_unknown, named))
    yield from (text for arn in named for text in _all_of(arn)) if known else ("*",)
