"""A build of a pull request runs the code of its author, who must be of the team or have its approval."""

from typing import Any

import pytest

from constructs_lib.analysis.model.resources import Resource
from constructs_lib.analysis.proof.access_paths.build_triggers import builds_pull_requests

PULL = {"Type": "EVENT", "Pattern": "PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED"}
PUSH = {"Type": "EVENT", "Pattern": "PUSH"}
UNKNOWN = "⟦Stack/P⟧"


def project(triggers: Any) -> Resource:
    return _resource("AWS::CodeBuild::Project", triggers)


def _resource(type_: str, triggers: Any) -> Resource:
    properties = {"Triggers": triggers}
    return Resource(id="Pj", logical_id="Pj", name="Pj", type=type_, properties=properties, place="Stack/Pj")


def webhook(*group: Any, **more: Any) -> Resource:
    return project({"Webhook": True, "FilterGroups": [[*group]], **more})


def actor(pattern: Any, **more: Any) -> dict[str, Any]:
    return {"Type": "ACTOR_ACCOUNT_ID", "Pattern": pattern, **more}


def approved(kind: Any = "ALL_PULL_REQUESTS", **roles: Any) -> dict[str, Any]:
    return {"PullRequestBuildPolicy": {"RequiresCommentApproval": kind, **roles}}


@pytest.mark.parametrize("pattern", ["^12345$", "^(12345|678)$", "^12345$|^678$", r"^\{0a1b-2c\}$"])
def test_a_pattern_of_whole_account_ids_keeps_others_out(pattern: str) -> None:
    assert not builds_pull_requests(webhook(PULL, actor(pattern)))


@pytest.mark.parametrize(
    "pattern", ["12345", "^12345", "12345$", ".*", "", "^.*$", "^12345$|.*", "^1.5$", "^(12345|.*)$", UNKNOWN, None]
)
def test_a_pattern_that_matches_a_part_of_an_account_id_lets_others_in(pattern: Any) -> None:
    assert builds_pull_requests(webhook(PULL, actor(pattern)))
    assert builds_pull_requests(webhook(PULL, actor("^12345$", ExcludeMatchedPattern=True)))
    assert builds_pull_requests(webhook(PULL, actor("^12345$", ExcludeMatchedPattern=UNKNOWN)))


def test_each_group_of_filters_must_keep_others_out() -> None:
    assert not builds_pull_requests(project({"Webhook": True, "FilterGroups": [[PUSH], [PULL, actor("^1$")]]}))
    assert builds_pull_requests(project({"Webhook": True, "FilterGroups": [[PUSH], [PULL]]}))
    assert builds_pull_requests(project({"Webhook": True, "FilterGroups": [[PUSH], UNKNOWN]}))
    assert builds_pull_requests(project({"Webhook": True, "FilterGroups": []}))
    assert builds_pull_requests(webhook({"Type": "EVENT", "Pattern": UNKNOWN}))
    assert builds_pull_requests(webhook({"Type": "EVENT", "Pattern": "PUSH, WORKFLOW_JOB_QUEUED"}))


def test_an_approval_counts_if_those_who_give_it_may_write_to_the_repository() -> None:
    safe: tuple[dict[str, Any], ...] = ({}, {"ApproverRoles": ["GITHUB_WRITE", "GITLAB_OWNER"]}, {"ApproverRoles": []})
    for roles in safe:
        assert not builds_pull_requests(project({"Webhook": True, **approved(**roles)})), roles
        assert not builds_pull_requests(webhook(PULL, **approved("FORK_PULL_REQUESTS", **roles))), roles
    for role in ("GITHUB_READ", "GITHUB_TRIAGE", "GITLAB_GUEST", "GITLAB_REPORTER", "BITBUCKET_READ", UNKNOWN, None):
        assert builds_pull_requests(webhook(PULL, **approved(ApproverRoles=["GITHUB_WRITE", role]))), role
    assert builds_pull_requests(webhook(PULL, **approved(ApproverRoles=UNKNOWN)))
    for kind in ("DISABLED", UNKNOWN, None, ["ALL_PULL_REQUESTS"]):
        assert builds_pull_requests(webhook(PULL, **approved(kind))), kind
    assert builds_pull_requests(webhook(PULL, PullRequestBuildPolicy=UNKNOWN))


def test_an_approval_is_asked_for_pull_requests_alone() -> None:
    queued = {"Type": "EVENT", "Pattern": "WORKFLOW_JOB_QUEUED"}
    assert builds_pull_requests(webhook(queued, **approved()))


def test_without_a_webhook_no_pull_request_is_built() -> None:
    assert not builds_pull_requests(project({"Webhook": False}))
    assert builds_pull_requests(project({"Webhook": UNKNOWN}))
    assert builds_pull_requests(project(UNKNOWN))
    assert not builds_pull_requests(project(None))
    assert not builds_pull_requests(_resource("AWS::Glue::Trigger", {"Webhook": True}))


def test_a_pipeline_is_started_by_pull_requests_if_a_trigger_says_so() -> None:
    def pipeline(*git: Any) -> bool:
        return builds_pull_requests(
            _resource("AWS::CodePipeline::Pipeline", [{"GitConfiguration": each} for each in git])
        )

    push = {"SourceActionName": "S", "Push": [{"Branches": {"Includes": ["main"]}}]}
    assert not pipeline(push)
    assert pipeline(push, {"SourceActionName": "S", "PullRequest": [{"Events": ["OPEN"]}]})
    assert pipeline(UNKNOWN)
    assert builds_pull_requests(_resource("AWS::CodePipeline::Pipeline", UNKNOWN))
    assert not builds_pull_requests(_resource("AWS::CodePipeline::Pipeline", None))
