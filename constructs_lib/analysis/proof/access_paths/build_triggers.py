"""Builds and pipelines that run the code of pull requests, whose authors may be anyone.

Sources: "Best practices for using webhooks", "Filter GitHub webhook events", "Pull request comment approval" (AWS
CodeBuild user guide), "AWS::CodeBuild::Project WebhookFilter", "AWS::CodePipeline::Pipeline GitConfiguration"
(CloudFormation template reference).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.model.resources import as_list, may_be_true
from constructs_lib.analysis.template.scalars import text_of

if TYPE_CHECKING:
    from constructs_lib.analysis.model.resources import Resource

_PUSHES: Final = frozenset({"PUSH"})
_PULLS: Final = "PULL_REQUEST_"
_APPROVED: Final = frozenset({"ALL_PULL_REQUESTS", "FORK_PULL_REQUESTS"})
_TEAM: Final = frozenset(
    {
        "BITBUCKET_ADMIN", "BITBUCKET_WRITE", "GITHUB_ADMIN", "GITHUB_MAINTAIN", "GITHUB_WRITE", "GITLAB_DEVELOPER",
        "GITLAB_MAINTAINER", "GITLAB_OWNER",
    }
)  # fmt: skip
"""The roles that may write to a repository: their pull requests are built without approval."""
_ID: Final = r"(?:\d+|\\?\{[0-9a-f-]+\\?\})"
_ACCOUNTS: Final = re.compile(rf"^(?:\^{_ID}\$|\^\({_ID}(?:\|{_ID})*\)\$|\^{_ID}\$(?:\|\^{_ID}\$)+)$")
"""A regular expression that matches whole account IDs alone; without anchors it matches a part of another's ID."""
REMEDY: Final = (
    "ask for the event PUSH alone, an ACTOR_ACCOUNT_ID with a pattern of whole IDs such as ^12345$, or the approval of "
    "those who may write to the repository"
)


def builds_pull_requests(resource: Resource) -> bool:
    """Return whether a build project or pipeline may run the code of a pull request of any author.

    False for every other type.
    """
    if resource.type == "AWS::CodePipeline::Pipeline":
        return resource.get("Triggers") is not None and not all(map(_is_push, as_list(resource.get("Triggers"))))
    triggers = resource.get("Triggers") if resource.type == "AWS::CodeBuild::Project" else None
    if triggers is None:
        return False
    if not isinstance(triggers, Mapping):
        return True
    if not may_be_true(triggers.get("Webhook")):
        return False
    groups, approved = as_list(triggers.get("FilterGroups")), _is_approved(triggers.get("PullRequestBuildPolicy"))
    return not all(_is_of_the_team(group, approved=approved) for group in groups) if groups else not approved


def _is_push(trigger: Any) -> bool:
    """Return whether a trigger of a pipeline starts it on pushes alone."""
    settings = trigger.get("GitConfiguration") if isinstance(trigger, Mapping) else None
    return isinstance(settings, Mapping) and settings.get("PullRequest") is None


def _is_approved(policy: Any) -> bool:
    """Return whether a comment of the team must approve a pull request of anyone else."""
    if not isinstance(policy, Mapping) or text_of(policy.get("RequiresCommentApproval")) not in _APPROVED:
        return False
    roles = policy.get("ApproverRoles")
    return roles is None or all(isinstance(each, str) and each in _TEAM for each in as_list(roles))


def _is_of_the_team(group: Any, *, approved: bool) -> bool:
    """Return whether a group of filters, all of which must match, requires write access, an account or an approval."""
    filters = [
        each
        for each in as_list(group)
        if isinstance(each, Mapping) and not may_be_true(each.get("ExcludeMatchedPattern"))
    ]
    every = [{each.strip() for each in str(one.get("Pattern")).split(",")} for one in filters if _is(one, "EVENT")]
    if any(_ACCOUNTS.match(str(each.get("Pattern"))) for each in filters if _is(each, "ACTOR_ACCOUNT_ID")):
        return True
    return any(
        all(name in _PUSHES or (approved and name.startswith(_PULLS)) for name in events) for events in every
    )  # fmt: skip


def _is(one: Mapping[str, Any], type_: str) -> bool:
    return one.get("Type") == type_
