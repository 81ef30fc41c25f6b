"""Trusted code from external sources: images of a registry that others may push to, and builds of pull requests.

Sources: "Private repository policies in Amazon ECR", "Granting registry permissions for cross account replication in
Amazon ECR" (Amazon ECR user guide). Callers with the right to push are reported by `escalation.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.proof.access_paths.build_triggers import REMEDY, builds_pull_requests
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.policy_principals import untrusted_principals
from constructs_lib.analysis.proof.access_paths.trusted_code import TRUSTED, code_nodes, does_with_role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_PUSHES: Final = ("ecr:PutImage", "ecr:ReplicateImage", "ecr:SetRepositoryPolicy")
_REGISTRY_POLICY: Final = "AWS::ECR::RegistryPolicy"


def pushed_findings(reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the principals who may push code that trusted code runs."""
    repositories = [each for each in reachable.model.resources if each.type == "AWS::ECR::Repository"]
    for node in code_nodes(reachable):
        if node.resource is not None:
            if repositories:
                yield from _by_image(node, node.resource, repositories, reachable)
            yield from _by_pull_request(node, node.resource, reachable)


def _by_image(
    node: Node, by: Resource, repositories: Sequence[Resource], reachable: ReachableResources
) -> Iterator[Finding]:
    """Yield the principals that the policy of an image's repository, or of the registry, allows to push."""
    named = reachable.names.within(by.properties, by)
    registry = [(each.get("PolicyText"), each) for each in reachable.model.resources if each.type == _REGISTRY_POLICY]
    for repository in (each for each in repositories if each.place in named):
        for text, of in ((repository.get("RepositoryPolicyText"), repository), *registry):
            policy = parse_policy(text, of.name)
            for statement in (each for each in policy.everything if _pushes(each)):
                for who in untrusted_principals(statement, reachable):
                    story = (
                        f"{who} may push the image that {node} runs, to {repository.name}, and {node} "
                        f"{does_with_role(node, reachable) or TRUSTED}, because of {statement}"
                    )
                    yield undecided(who, node, story, statement)


def _pushes(statement: Statement) -> bool:
    return statement.allow and any(applies_to_action(statement, action) for action in _PUSHES)


def _by_pull_request(node: Node, by: Resource, reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the builds that run the code of pull requests, by their own trigger or by that of a pipeline."""
    starters = (each.by for each in reachable.names.mentions(node.name))
    runs = next((each for each in (by, *starters) if builds_pull_requests(each)), None)
    does = "" if runs is None else does_with_role(node, reachable)
    if runs is not None and does:
        story = f"any author of a pull request can have {node} run it (Triggers of {runs.name}), and {node} {does}"
        yield undecided("an unknown caller", node, f"{story}: {REMEDY}")
