"""Resource policies of owned data and its copies: a finding for each statement and each kind of principal.

Sources: "AWS JSON policy elements: Principal", "The confused deputy problem" (IAM user guide), "The meaning of public"
(Amazon S3 user guide), "How API Gateway resource policies affect authorization workflow" (API Gateway developer guide),
"Creating a bucket policy to deploy a static website from S3 using the AWS SDKs" (Amplify Hosting user guide).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.arns import is_unknown
from constructs_lib.analysis.iam.policies import Statement
from constructs_lib.analysis.iam.principals import OWN_ACCOUNT
from constructs_lib.analysis.model.kinds.api import Api
from constructs_lib.analysis.model.kinds.bucket import Bucket
from constructs_lib.analysis.model.kinds.table import Table
from constructs_lib.analysis.proof.access_paths.cloudfront import (
    DISTRIBUTION,
    cloudfront_findings,
    distribution_findings,
    is_access_identity,
)
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.node_policies import asks, policies_of
from constructs_lib.analysis.proof.access_paths.owned_nodes import owned_apis
from constructs_lib.analysis.proof.access_paths.policy_principals import LOG_WRITERS, OF_SERVICES, is_of_account
from constructs_lib.analysis.proof.access_paths.reachable_resources import (
    Node,
    ReachableResources,
    applies_to_node,
)
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.trust_condition_keys import CHOSEN, SET
from constructs_lib.analysis.template.atoms import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.iam.policies import Condition
    from constructs_lib.analysis.proof.findings import Finding

_VARIABLE: Final = re.compile(r"\$\{([^,}]*)")
_OWN_ID: Final = "${cognito-identity.amazonaws.com:sub}"
_AMPLIFY: Final = "amplify.amazonaws.com"
"""A service that publishes what it reads, as a website."""


def grant_findings(reachable: ReachableResources, services: dict[str, tuple[str, ...]]) -> Iterator[Finding]:
    """Yield the other principals that a resource's policy allows.

    `services` receives the AWS services that act for resources of this account only, with their access.
    """
    for node in (*reachable.of(Kind.DATA), *owned_apis(reachable)):
        for policy in policies_of(node, reachable):
            for statement in policy.everything:
                if statement.allow and applies_to_node(statement, node):
                    yield from _answers(node, statement, reachable, services)
        if node.resource is None and node.service == "s3":
            # The policy of an external bucket is not visible; it may allow a distribution that names the bucket.
            may = Statement(allow=True, actions=("s3:GetObject",), resources=("*",), source="its policy, not seen here")
            for mention in reachable.names.mentions(node.name):
                if mention.by.type == DISTRIBUTION:
                    yield from (
                        replace(each, status=Status.UNDECIDED)
                        for each in distribution_findings(mention.by, node, may, reachable, services)
                    )


def _answers(
    node: Node, statement: Statement, reachable: ReachableResources, services: dict[str, tuple[str, ...]]
) -> Iterator[Finding]:
    if statement.not_principals or not statement.principals:
        story = f"{node} allows everyone except some, because of {statement}"
        yield undecided("everyone but some", node, story, statement)
        return
    for kind, value in statement.principals:
        match kind:
            case "Service":
                yield from _service(node, value, statement, reachable, services)
            case "AWS" | "*" if value == "*":
                yield from _everyone(node, statement, reachable)
            case "AWS" | "CanonicalUser" if is_access_identity(value, reachable):
                yield from cloudfront_findings(node, statement, reachable, value, services)
            case "AWS":
                yield from _aws(node, value, statement, reachable)
            case "CanonicalUser" | "Federated" if isinstance(reachable.model.holder(node.arn), Api | Bucket | Table):
                yield from _named_elsewhere(node, kind, value, statement)
            case _:
                story = f"{value} ({kind}) may reach {node}: no template determines who that is, because of {statement}"
                yield undecided(value, node, story, statement)


def _named_elsewhere(node: Node, kind: str, value: str, statement: Statement) -> Iterator[Finding]:
    # The principal of identity pools, and canonical users, are reported as other accounts: see `escalation.foreign`.
    if (kind == "Federated" and "cognito-identity" not in value) or (kind == "CanonicalUser" and "⟦" in value):
        story = f"{value} ({kind}) may reach {node}: no template determines who that is, because of {statement}"
        yield undecided(value, node, story, statement)


def _aws(node: Node, value: str, statement: Statement, reachable: ReachableResources) -> Iterator[Finding]:
    """Yield a finding for an unknown principal of this account; `escalation.foreign` reports other accounts."""
    is_checked_elsewhere = isinstance(reachable.model.holder(node.arn), Api | Bucket | Table) and not node.why
    own = ACCOUNT in value or ("⟦" in value and not is_unknown(value))
    if value in OWN_ACCOUNT or value in reachable.model.roles or (statement.doubt and is_checked_elsewhere and not own):
        return
    role = value.rpartition(":assumed-role/")[2].split("/")[0]
    if any(each.arn.endswith(f":role/{role}") for each in reachable.model.roles.values()) and ":assumed-role/" in value:
        return
    if own or not is_checked_elsewhere:
        story = f"{value} may reach {node}, and is not a role of the templates: the principal is not known"
        yield undecided(value, node, f"{story}, because of {statement}", statement)


def _everyone(node: Node, statement: Statement, reachable: ReachableResources) -> Iterator[Finding]:
    bucket = reachable.model.holder(node.arn)
    open_bucket = isinstance(bucket, Bucket) and not bucket.blocks_public_policy
    is_checked_elsewhere = isinstance(bucket, Table) or (
        open_bucket and not node.why and not _excludes_anonymous(statement)
    )
    # Identity IDs are unique among the pools of all accounts: whoever has one reaches what is theirs.
    is_own = bool(statement.resources) and all(_OWN_ID in each for each in statement.resources)
    if is_checked_elsewhere or is_own or any(_names_roles(each, reachable) for each in statement.conditions):
        return
    under = "; ".join(map(str, statement.conditions)) or "nothing"
    story = f"anyone who meets the conditions ({under}) may reach {node}: who does no template says"
    yield undecided("anyone", node, f"{story}, because of {statement}", statement)


def _excludes_anonymous(statement: Statement) -> bool:
    """Return whether a statement requires a key that only requests of other accounts may have."""
    keys = {each.key for each in statement.conditions}
    keys |= {key.lower() for text in statement.resources for key in _VARIABLE.findall(text)}
    return any(not (key in CHOSEN or key in SET or key.startswith("s3:")) for key in keys)


def _names_roles(condition: Condition, reachable: ReachableResources) -> bool:
    """Return whether a condition names only roles of the templates, which are checked one by one."""
    if not asks(condition):
        return False
    if condition.key == "aws:userid":
        # `ROLE-ID:SESSION`. Users cannot choose their session name: in their role a variable must name the session.
        callers = {caller.principal for caller in reachable.model.callers}
        ids = {each.id: each.arn in callers for each in reachable.model.roles.values()}
        by_role = ((ids.get(value.partition(":")[0]), "${" in value) for value in condition.values)
        return all(of_callers is False or (of_callers and names_session) for of_callers, names_session in by_role)
    return condition.key == "aws:principalarn" and set(condition.values) <= {*reachable.model.roles}


def _service(
    node: Node, service: str, statement: Statement, reachable: ReachableResources, services: dict[str, tuple[str, ...]]
) -> Iterator[Finding]:
    """Yield whether another account can use an AWS service as a confused deputy: a service acts for its caller."""
    if is_unknown(service):
        story = f"an unknown service may act on {node}, because of {statement}"
        yield undecided(service, node, story, statement)
        return
    if service == "cloudfront.amazonaws.com":
        yield from cloudfront_findings(node, statement, reachable, service, services)
        return
    if service == _AMPLIFY and applies_to_action(statement, "s3:GetObject"):
        yield undecided(
            service, node, f"Amplify Hosting publishes what it reads in {node}, because of {statement}", statement
        )
        return
    sources = [each for each in statement.conditions if each.key in OF_SERVICES and asks(each)]
    if any(all(is_of_account(each.key, value, reachable) for value in each.values) for each in sources):
        on_behalf = ", ".join(value for each in sources for value in each.values)
        services[f"{service} on behalf of {on_behalf}"] = node.reach
        return
    if node.why and service in LOG_WRITERS and _only_writes(statement):
        return
    story = (
        f"the service {service} may act on {node} for another account: the statement has no aws:SourceArn or "
        f"aws:SourceAccount of this account, because of {statement}"
    )
    yield undecided(service, node, story, statement)


def _only_writes(statement: Statement) -> bool:
    """Return whether a statement's actions add objects to a bucket or describe it, and read none."""
    used = {each.lower() for each in statement.actions if each not in catalogue.HARMLESS}
    return used == {"s3:putobject"}
