"""Roles whose sessions cannot be tagged although access depends on tags: AWS issues no credentials for them.

"Trust policies for all roles connected to the identity provider (IdP) passing tags must have the sts:TagSession
permission. For roles without this permission in the trust policy, the AssumeRole operation fails" ("Pass session tags
in AWS STS", IAM user guide). An identity pool with principal tags is such a provider ("Using attributes for access
control with Amazon Cognito identity pools", Amazon Cognito developer guide).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.proof.findings import Finding, Question, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.iam.policies import Policy
    from constructs_lib.analysis.model.model import Model

_TAG: Final = "sts:TagSession"


def untagged_sessions(model: Model) -> Iterator[Finding]:
    """Yield each role of an identity pool with principal tags whose trust policy does not allow sts:TagSession."""
    seen: set[str] = set()
    for caller in model.callers:
        if caller.tags and caller.role.arn not in seen and not _may_be_tagged(caller.role.trust):
            seen.add(caller.role.arn)
            yield Finding(
                question=Question.SESSION_TAGS,
                status=Status.UNDECIDED,
                caller=str(caller),
                subject=f"role {caller.role.name}",
                actions=(_TAG,),
                story=(
                    f"{caller} gets no credentials of the role {caller.role.name}: {caller.pool.path} passes the "
                    f"principal tags {', '.join(sorted(caller.tags))}, and its trust policy does not let it, so that "
                    f"AWS refuses the session; add {_TAG} beside sts:AssumeRoleWithWebIdentity, on the same conditions"
                ),
            )


def _may_be_tagged(trust: Policy) -> bool:
    """Return whether some statement may allow tagging a session; a statement that is not fully known may."""
    return any(each.allow and applies_to_action(each, _TAG) for each in trust.everything)
