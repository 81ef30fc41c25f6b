"""Trusted code from external sources: images of a registry that others may push to, and builds of pull requests.

Sources: "Private repository policies in Amazon ECR", "Filter GitHub webhook events" (AWS CodeBuild user guide). Callers
with the right to push are reported by `escalation.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.iam import principals
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.model.resources import as_list, may_be_true
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind

if TYPE_CHECKING:
    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_PUSHES: Final = ("ecr:PutImage", "ecr:SetRepositoryPolicy")
_APPROVED: Final = frozenset({"ALL_PULL_REQUESTS", "FORK_PULL_REQUESTS"})


def pushed_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the principals who may push code that trusted code runs."""
    for node in reachable.of(Kind.CODE):
        if node.resource is not None:
            yield from _by_image(node, node.resource, reachable)
            yield from _by_pull_request(node, node.resource)


def _by_image(node: Node, by: Resource, reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the principals that the policy of an image's repository allows to push."""
    named = reachable.names.within(by.properties, by)
    for repository in reachable.model.resources:
        if repository.type == "AWS::ECR::Repository" and repository.place in named:
            policy = parse_policy(repository.get("RepositoryPolicyText"), repository.name)
            for statement in (*policy.statements, *policy.possible):
                for who in _pushers(statement, reachable):
                    story = (
                        f"{who} may push the image that {node} runs, to {repository.name}, and {node} may reach "
                        f"{', '.join(node.reach)} {node.why}, because of {statement}"
                    )
                    yield undecided(who, node, story, statement)


def _pushers(statement: Statement, reachable: ReachableResources) -> Iterator[str]:
    if statement.allow and any(applies_to_action(statement, action) for action in _PUSHES):
        yield from (str(each) for each in reachable.model.callers if principals.speaks_of(statement, each.principal))


def _by_pull_request(node: Node, project: Resource) -> Iterator[Finding]:
    """Yield a finding that a build runs the code of pull requests."""
    triggers = project.get("Triggers") if project.type == "AWS::CodeBuild::Project" else None
    if triggers is None:
        return
    known = isinstance(triggers, Mapping)
    if known and not may_be_true(triggers.get("Webhook")):
        return
    if (known and _is_approved(triggers)) or (known and _only_of_the_team(triggers.get("FilterGroups"))):
        return
    story = (
        f"any author of a pull request can have {node} run it (Triggers), and {node} may reach {', '.join(node.reach)} "
        f"{node.why}: ask for the event PUSH alone, an ACTOR_ACCOUNT_ID, or a comment that approves it"
    )
    yield undecided("an unknown caller", node, story)


def _is_approved(triggers: Mapping[str, Any]) -> bool:
    policy = triggers.get("PullRequestBuildPolicy")
    return isinstance(policy, Mapping) and policy.get("RequiresCommentApproval") in _APPROVED


def _only_of_the_team(groups: Any) -> bool:
    """Whether each group of filters requires a push, which needs write access to the repository, or an account."""
    every = as_list(groups)
    return bool(every) and all(_requires_write_access(group) for group in every)


def _requires_write_access(group: Any) -> bool:
    filters = [
        each
        for each in as_list(group)
        if isinstance(each, Mapping) and not may_be_true(each.get("ExcludeMatchedPattern"))
    ]
    patterns = {str(each.get("Type")): str(each.get("Pattern")) for each in filters}
    events = {each.strip() for each in patterns.get("EVENT", "").split(",")}
    return events == {"PUSH"} or "ACTOR_ACCOUNT_ID" in patterns


__all__ = ["pushed_findings"]
