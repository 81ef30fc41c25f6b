"""A role for sessions with principal tags needs sts:TagSession in its trust policy."""

from typing import Any

import pytest

from constructs_lib.analysis.proof.findings import Question, Status
from tests.analysis.conftest import Document
from tests.analysis.proof.test_tenants import changed


@pytest.mark.parametrize("action", ["sts:AssumeRoleWithWebIdentity", ["sts:AssumeRole*"], "sts:TagSessio?s"])
def test_a_role_whose_sessions_cannot_be_tagged_is_named_with_what_to_add(action: Any) -> None:
    def untagged(resources: Document) -> None:
        resources["Admin"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Action"] = action

    report = changed(untagged)
    assert report.status is Status.UNDECIDED
    [found] = [each for each in report.findings if each.question is Question.SESSION_TAGS]
    assert (found.caller, found.subject) == ("a member of group 'admins'", "role Admin")
    assert "passes the principal tags tenant, and its trust policy does not let it" in found.story
    assert "add sts:TagSession beside sts:AssumeRoleWithWebIdentity" in found.story


@pytest.mark.parametrize("action", ["sts:*", "sts:Tag*", "*"])
def test_one_whose_trust_names_the_action_by_a_wildcard_is_not(action: str) -> None:
    def tagged(resources: Document) -> None:
        statement = resources["Admin"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
        statement["Action"] = ["sts:AssumeRoleWithWebIdentity", action]

    assert changed(tagged).status is Status.PROVED


def test_a_pool_without_tags_needs_no_right_to_tag() -> None:
    def plain(resources: Document) -> None:
        resources.pop("Tags")
        for name in ("User", "Admin"):
            statement = resources[name]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
            statement["Action"] = "sts:AssumeRoleWithWebIdentity"

    assert Question.SESSION_TAGS not in {each.question for each in changed(plain).findings}
