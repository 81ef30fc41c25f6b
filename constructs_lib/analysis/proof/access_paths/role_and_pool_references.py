"""Resources that name a caller's role or a pool, and may change who gets the role or what it allows.

A caller's role reaches only its own owner's data, and a pool reaches none, so references to them are followed nowhere
else. Policies, trust policies and the Cognito types are read; a type without a review is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind, rule_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources
    from constructs_lib.analysis.proof.access_paths.resource_references import Reference
    from constructs_lib.analysis.proof.findings import Finding

_POOLS: Final = frozenset({"AWS::Cognito::IdentityPool", "AWS::Cognito::UserPool"})
_READ: Final = ("AWS::Cognito::", "AWS::IAM::")
"""Types that the model reads: who gets which role, and what it allows."""
_FOR_PEOPLE: Final = frozenset({"Tags", "Description", "GroupDescription"})
"""Properties, at any depth, that hold texts for people and set nothing."""
_FOR_CODE: Final = frozenset({"Environment", "EnvironmentVariables", "UserData"})
"""Properties of AWS's types, at any depth, that hold texts for code: what it does with them is trusted."""
_ACTS: Final = (
    "AWS::Budgets::", "AWS::CloudFormation::StackSet", "AWS::Config::", "AWS::SSM::Association", "AWS::Scheduler::",
)  # fmt: skip
"""Types that may change a pool or role with a role of their own; others change none but Cognito's."""
_IN_POLICIES: Final = frozenset({"Principal", "NotPrincipal", "Condition", "Resource", "NotResource"})
"""Elements of a policy, which the model reads as one."""
_HOLDS_NAMES: Final = (
    "AWS::Amplify::", "AWS::ApiGateway", "AWS::AppConfig::", "AWS::AppRunner::", "AWS::AppSync::",
    "AWS::ApplicationAutoScaling::", "AWS::Batch::",
    "AWS::CertificateManager::", "AWS::CloudFormation::CustomResource", "AWS::CloudFormation::Stack",
    "AWS::CloudFront::", "AWS::CloudWatch::", "AWS::CodeBuild::Project", "AWS::ECS::", "AWS::ElasticLoadBalancingV2::",
    "AWS::Events::", "AWS::Lambda::", "AWS::Logs::", "AWS::OpenSearchService::", "AWS::Pinpoint::", "AWS::RUM::",
    "AWS::Route53", "AWS::S3::", "AWS::SNS::", "AWS::SQS::", "AWS::SSM::Parameter", "AWS::SecretsManager::",
    "AWS::Serverless::", "AWS::StepFunctions::", "AWS::VerifiedPermissions::", "AWS::WAFv2::", "Custom::",
)  # fmt: skip
"""Types that pass the name on, sign users in with a pool, or act with a role of their own, whose powers are asked.

Sources: their pages in "Template reference" (AWS CloudFormation): no property changes a pool or another's role.
"""


def setting_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the resources of types without a review that name a caller's role, an identity pool or a user pool."""
    roles = {caller.principal for caller in reachable.model.callers if caller.of_pool}
    told = set[str]()
    for target in reachable.model.resources:
        if target.arn in roles or target.type in _POOLS:
            for each in reachable.names.mentions(target.place):
                if each.by.place not in told and not _is_reviewed(each, target):
                    told.add(each.by.place)
                    story = (
                        f"{each.by.name} ({each.by.type}) has the name of {target.name}, in its property "
                        f"{each.property or '(top)'}: whether it changes who may do what has not been reviewed"
                    )
                    yield undecided("an unknown caller", each.by.name, story)


def _is_reviewed(reference: Reference, target: Resource) -> bool:
    by = reference.by
    path = set(reference.path)
    if by.type.startswith((*_READ, *_HOLDS_NAMES)) or _FOR_PEOPLE & path:
        return True
    if not by.type.startswith("AWS::"):
        return False
    if _FOR_CODE & path or ("Statement" in path and _IN_POLICIES & path):
        return True
    if target.type in _POOLS:
        return not by.type.startswith(_ACTS)
    return rule_of(by.type, (*reference.path, "")[0], Kind.ROLE) is not None
