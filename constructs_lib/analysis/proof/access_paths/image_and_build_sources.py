"""Trusted code from external sources: images of a registry that others may push to, and builds of pull requests.

Source: "Private repository policies in Amazon ECR". Callers with the right to push are reported by `escalation.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.iam import principals
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.proof.access_paths.build_triggers import REMEDY, builds_pull_requests
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.trusted_code import TRUSTED, code_nodes, does_with_role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_PUSHES: Final = ("ecr:PutImage", "ecr:SetRepositoryPolicy")


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
    """Yield the principals that the policy of an image's repository allows to push."""
    named = reachable.names.within(by.properties, by)
    for repository in repositories:
        if repository.place in named:
            policy = parse_policy(repository.get("RepositoryPolicyText"), repository.name)
            for statement in (*policy.statements, *policy.possible):
                for who in _pushers(statement, reachable):
                    story = (
                        f"{who} may push the image that {node} runs, to {repository.name}, and {node} "
                        f"{does_with_role(node, reachable) or TRUSTED}, because of {statement}"
                    )
                    yield undecided(who, node, story, statement)


def _pushers(statement: Statement, reachable: ReachableResources) -> Iterator[str]:
    if statement.allow and any(applies_to_action(statement, action) for action in _PUSHES):
        yield from (str(each) for each in reachable.model.callers if principals.speaks_of(statement, each.principal))


def _by_pull_request(node: Node, by: Resource, reachable: ReachableResources) -> Iterator[Finding]:
    """Yield the builds that run the code of pull requests, by their own trigger or by that of a pipeline."""
    starters = (each.by for each in reachable.names.mentions(node.name))
    runs = next((each for each in (by, *starters) if builds_pull_requests(each)), None)
    does = "" if runs is None else does_with_role(node, reachable)
    if runs is not None and does:
        story = f"any author of a pull request can have {node} run it (Triggers of {runs.name}), and {node} {does}"
        yield undecided("an unknown caller", node, f"{story}: {REMEDY}")


__all__ = ["pushed_findings"]
