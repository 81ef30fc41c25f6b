"""Refusals of IAM and KMS: exceeded quotas of a role, and a key policy that locks out all administrators."""

from collections.abc import Callable, Iterator
from typing import Final

from constructs_lib.analysis.replacements.refusals import Refusal
from constructs_lib.analysis.replacements.resource import Resource
from constructs_lib.analysis.replacements.template_rules.template_view import (
    Found,
    View,
    allows,
    entries,
    get,
    least_size,
    statements,
)
from constructs_lib.analysis.replacements.value_comparison import same

MOST_INLINE: Final = 10_240
"""Characters without white space of all inline policies of a role: IAM and AWS STS quotas."""
INLINE: Final = Refusal(
    message="Maximum policy size of 10240 bytes exceeded for role",
    way_out="Join statements, use prefixes in place of lists, or move a part into a managed policy.",
    source="https://github.com/aws/aws-cdk/issues/4465",
)
_MANAGED: Final = Refusal(
    message="Cannot exceed quota for PolicySize: 6144",
    way_out="Split the managed policy in two.",
    source="https://github.com/ministryofjustice/cloud-platform-environments/pull/14473",
)
_TRUST: Final = Refusal(
    message="Cannot exceed quota for ACLSizePerRole: 2048",
    way_out="Shorten the trust policy, or raise the quota of the account (up to 8192).",
    source="https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2718",
)
_COUNT: Final = Refusal(
    message="Cannot exceed quota for PoliciesPerRole: 10",
    way_out="Join managed policies, or raise the quota of the account.",
    source="https://github.com/aws/eks-hybrid/pull/741",
)
_LOCKED_OUT: Final = Refusal(
    message="The new key policy will not allow you to update the key policy in the future",
    way_out="Allow kms:* (or kms:PutKeyPolicy) to the account's root, so that IAM policies can give it.",
    source="https://github.com/widdix/aws-cf-templates/issues/259",
)
_MOST_MANAGED: Final = 6_144
_MOST_TRUST: Final = 2_048
_MOST_POLICIES: Final = 10


def inline_sizes(view: View, role: Resource) -> dict[tuple[str, str], int]:
    """Return the minimum size of each inline policy of a role, by its resource and name."""
    sizes = {
        (role.logical_id, str(each.get("PolicyName"))): least_size(each.get("PolicyDocument"))
        for each in entries(role, "Policies")
    }
    for policy in view.of("IAM::Policy", "IAM::RolePolicy"):
        if role in view.named(get(policy, "Roles") or get(policy, "RoleName")):
            sizes[policy.logical_id, str(get(policy, "PolicyName"))] = least_size(get(policy, "PolicyDocument"))
    return sizes


def _inline(view: View) -> Iterator[Found]:
    for role in view.of("IAM::Role"):
        size = sum(inline_sizes(view, role).values())
        if size > MOST_INLINE:
            yield role, INLINE, "Policies", f"Its inline policies have {size:,} characters at the least", True


def _managed(view: View) -> Iterator[Found]:
    for policy in view.of("IAM::ManagedPolicy"):
        size = least_size(get(policy, "PolicyDocument"))
        if size > _MOST_MANAGED:
            yield policy, _MANAGED, "PolicyDocument", f"It has {size:,} characters at the least", True


def _trust(view: View) -> Iterator[Found]:
    for role in view.of("IAM::Role"):
        size = least_size(get(role, "AssumeRolePolicyDocument"))
        if size > _MOST_TRUST:
            what = f"The trust policy has {size:,} characters at the least, more than an account takes by default"
            yield role, _TRUST, "AssumeRolePolicyDocument", what, False


def _count(view: View) -> Iterator[Found]:
    for role in view.of("IAM::Role"):
        listed = get(role, "ManagedPolicyArns")
        attached = [each for each in view.of("IAM::ManagedPolicy") if role in view.named(get(each, "Roles"))]
        count = (len(listed) if isinstance(listed, list) else 0) + len(attached)
        if count > _MOST_POLICIES:
            what = f"The role has {count} managed policies, more than an account takes by default"
            yield role, _COUNT, "ManagedPolicyArns", what, False


def _keys(view: View) -> Iterator[Found]:
    for key in view.of("KMS::Key"):
        written = statements(get(key, "KeyPolicy"))
        if same(get(key, "BypassPolicyLockoutSafetyCheck"), True) or not written:
            continue
        if not any(allows(each, "kms:PutKeyPolicy") for each in written):
            yield key, _LOCKED_OUT, "KeyPolicy", "The key policy allows no principal to change it", True


RULES: Final[tuple[Callable[[View], Iterator[Found]], ...]] = (_inline, _managed, _trust, _count, _keys)
